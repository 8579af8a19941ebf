"""Sources disagree: every word is kept with its source and time, and a person settles it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Draft, Event, Recorded
from app.events.fact import Fact
from app.graph.catalog import Catalog, Criticality, Dependency, Kind, Money, Service
from app.graph.catalogue_facts import catalogue_facts
from app.organisation.disagreements import (
    Disagreement,
    disagreements,
    disagreements_about,
    settled_for,
    words_of,
)
from app.organisation.kinds import ServiceRecorded
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState, replay_organisation
from app.organisation.words import service_as_said
from app.protocol.kinds import full_codec

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


class Log:
    """An organisation's log in memory; every import is a minute after the one before."""

    def __init__(self) -> None:
        self.state: OrganisationState = EMPTY_ORGANISATION
        self.now = NOON
        self._codec = full_codec()

    def hear(
        self, source: str, *services: Service, calls: Sequence[Dependency] = ()
    ) -> list[Fact]:
        """Import a whole catalogue; what was recorded."""
        self.now += timedelta(minutes=1)
        catalog = Catalog(services=services, dependencies=tuple(calls))
        return self.record(catalogue_facts(catalog, self.state, source))

    def record(self, drafts: Sequence[Draft], actor: str = "integration:x") -> list[Fact]:
        events = [self._event(draft, number, actor) for number, draft in enumerate(drafts, 1)]
        read = [self._codec.read_event(self._codec.write_body(one)) for one in events]
        records = [
            Recorded(position=self.state.position + number, received_at=self.now, event=one)
            for number, one in enumerate(read, 1)
        ]
        self.state = replay_organisation(records, self.state)
        return [one.fact for one in read]

    def settle(self, found: Disagreement, source: str) -> None:
        self.now += timedelta(minutes=1)
        self.record([Draft(fact=settled_for(found, source))], actor="person:priya")

    def _event(self, draft: Draft, number: int, actor: str) -> Event:
        return Event(
            id=f"{self.state.position + number}",
            log="organisation",
            actor=actor,
            console="c",
            n=number,
            seen=0,
            epoch="",
            made_at=self.now,
            occurred_at=draft.occurred_at,
            fact=draft.fact,
        )


def checkout(team: str = "", **facts: Any) -> Service:
    return Service(id="checkout", name="Checkout", team=team, **facts)


def one_of(log: Log) -> Disagreement:
    (found,) = disagreements(log.state)
    return found


def test_two_owners_are_both_kept_with_source_and_time_and_the_first_counts():
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout"))

    found = one_of(log)

    assert (found.subject, found.fact, found.is_open) == (("checkout", ""), "team", True)
    assert [(one.source, one.value, one.since) for one in found.words] == [
        ("backstage", "payments", NOON + timedelta(minutes=1)),
        ("cmdb", "checkout", NOON + timedelta(minutes=2)),
    ]
    assert found.counts.source == "backstage"
    assert log.state.owner_of("checkout") == "Payments"


def test_sources_that_agree_or_leave_open_do_not_disagree():
    log = Log()
    log.hear("backstage", checkout("Payments", tier=0))
    log.hear("labels", checkout("Payments", environment="prod"))
    log.hear("traffic", checkout())

    assert disagreements(log.state) == ()
    service = log.state.services["checkout"]
    assert (service.environment, service.sources) == ("prod", ("backstage", "labels", "traffic"))


def test_the_same_words_again_record_nothing():
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout"))

    assert log.hear("backstage", checkout("Payments")) == []
    assert log.hear("cmdb", checkout("Checkout")) == []


def test_settling_makes_the_chosen_word_hold_at_once_and_the_next_import_leaves_it():
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout"))

    log.settle(one_of(log), "cmdb")

    found = one_of(log)
    assert log.state.owner_of("checkout") == "Checkout"
    assert found.settled is not None
    assert (found.settled.by, found.counts.source) == ("priya", "cmdb")
    assert log.hear("backstage", checkout("Payments")) == []
    assert log.hear("cmdb", checkout("Checkout")) == []


@pytest.mark.parametrize("source", ["backstage", "cmdb"])
def test_it_stays_settled_until_a_source_changes_its_word(source: str) -> None:
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout"))
    log.settle(one_of(log), "cmdb")

    log.hear(source, checkout("Platform"))

    found = one_of(log)
    assert found.is_open
    assert found.is_reopened
    assert found.counts.source == "backstage"
    owner = "Platform" if source == "backstage" else "Payments"
    assert log.state.owner_of("checkout") == owner


def test_a_source_that_was_filled_in_can_change_its_word():
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout(on_call="Jae Park"))

    log.hear("cmdb", checkout(on_call="Maria Silva"))

    assert log.state.services["checkout"].on_call == "Maria Silva"


def test_what_only_a_source_said_goes_with_it():
    log = Log()
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout", slo="99.9% in 30 days"))

    log.hear("cmdb")

    service = log.state.services["checkout"]
    assert (service.slo, service.team, service.sources) == ("", "payments", ("backstage",))
    assert disagreements(log.state) == ()


def test_a_source_that_only_named_the_service_first_has_no_word():
    log = Log()
    log.hear("traffic", Service(id="checkout", name="checkout"))
    log.hear("backstage", checkout("Payments"))
    log.hear("cmdb", checkout("Checkout"))

    found = one_of(log)

    assert [one.source for one in found.words] == ["backstage", "cmdb"]
    assert log.state.services["checkout"].name == "Checkout"


def test_what_a_person_recorded_is_not_overwritten_by_a_source() -> None:
    log = Log()
    by_hand = ServiceRecorded(service="checkout", name="Checkout", team="payments", tier=0)
    log.record([Draft(fact=by_hand)], actor="person:maria")

    log.hear("traffic", Service(id="checkout", name="checkout"))
    log.hear("cmdb", checkout("Checkout"))

    service = log.state.services["checkout"]
    assert (service.team, service.tier) == ("payments", 0)
    assert [one.source for one in one_of(log).words] == ["", "cmdb"]
    log.hear("cmdb")
    assert log.state.services["checkout"].team == "payments"
    assert disagreements(log.state) == ()


def test_amount_and_currency_are_one_word():
    log = Log()
    log.hear("backstage", checkout(money=Money(amount=100.0, currency="EUR")))
    log.hear("cmdb", checkout(money=Money(amount=90.0, currency="USD")))

    log.settle(one_of(log), "cmdb")

    service = log.state.services["checkout"]
    assert (service.money_per_minute, service.currency) == (90.0, "USD")
    assert one_of(log).counts.value == "90.0 USD"


def test_kinds_disagree_only_when_both_say_more_than_a_plain_service():
    log = Log()
    log.hear("jaeger", Service(id="db", name="db"))
    log.hear("backstage", Service(id="db", name="db", kind=Kind.DATASTORE))
    log.hear("kiali", Service(id="db", name="db", kind=Kind.EXTERNAL))

    found = one_of(log)

    assert (found.fact, found.counts.value) == ("service_kind", "datastore")


def call(criticality: Criticality, *, assumed: bool = False) -> list[Dependency]:
    return [
        Dependency(caller="web", callee="db", criticality=criticality, is_assumed=assumed),
    ]


def ends() -> tuple[Service, Service]:
    return Service(id="web", name="web"), Service(id="db", name="db")


def test_how_critical_a_dependency_is_can_be_in_dispute_and_settled():
    log = Log()
    log.hear("backstage", *ends(), calls=call(Criticality.HARD))
    log.hear("cmdb", *ends(), calls=call(Criticality.SOFT))

    (found,) = disagreements_about(log.state, "web")
    log.settle(found, "cmdb")

    assert found.subject == ("web", "db")
    assert log.state.dependencies["web", "db"].criticality == "soft"
    assert log.hear("backstage", *ends(), calls=call(Criticality.HARD)) == []


def test_hard_that_nobody_said_gives_way_to_what_somebody_says():
    log = Log()
    log.hear("jaeger", *ends(), calls=call(Criticality.HARD, assumed=True))
    log.hear("backstage", *ends(), calls=call(Criticality.SOFT))

    assert disagreements(log.state) == ()
    assert log.state.dependencies["web", "db"].criticality == "soft"


TEAMS = st.sampled_from(["", "A", "B"])
HEARD = st.tuples(st.sampled_from("xyz"), TEAMS, st.sampled_from([None, 0, 1]))


@given(st.lists(HEARD, max_size=8), st.integers(0, 3))
def test_what_holds_is_always_what_the_words_come_to(
    heard: list[tuple[str, str, int]], pick: int
) -> None:
    log = Log()
    for source, team, tier in heard:
        log.hear(source, checkout(team, tier=tier))
        for found in disagreements(log.state)[:pick]:
            log.settle(found, found.words[-1].source)

        subject = ("checkout", "")
        words = words_of(log.state, subject)
        service = log.state.services["checkout"]
        settled = log.state.settlements.get(subject, {})
        assert service_as_said(service, words, settled) == service
        assert log.hear(source, checkout(team, tier=tier)) == []
