"""What the organisation's log says: people, teams, services, who calls whom, who may write."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Standing
from app.events.fact import UnreadableFact
from app.organisation.kinds import (
    ConsoleRegistered,
    ConsoleRevoked,
    DependencyRecorded,
    DependencyRemoved,
    PersonRecorded,
    ServiceRecorded,
    ServiceRetired,
    SourceRegistered,
    SourceRevoked,
    TeamRecorded,
)
from app.organisation.state import (
    EMPTY_ORGANISATION,
    foresee_organisation,
    replay_organisation,
)
from tests.organisation.records import NOON, organisation_after, records_of

FACTS = (
    PersonRecorded(person="maria", name="Maria Silva"),
    PersonRecorded(person="maria", name="Maria da Silva"),
    TeamRecorded(team="shop", name="Shop team", on_call="maria"),
    ServiceRecorded(service="checkout", name="Checkout", team="shop"),
    ServiceRecorded(service="order", name="Order"),
    DependencyRecorded(caller="checkout", callee="order"),
    DependencyRemoved(caller="checkout", callee="order"),
    ServiceRetired(service="order"),
    SourceRegistered(source="monitor", format="alertmanager", token_sha256="0" * 64),
    SourceRevoked(source="monitor"),
    ConsoleRegistered(console="c1", public_key="k", person="maria"),
    ConsoleRevoked(console="c1"),
    UnreadableFact(stored_kind="future@1", data=b"{}", problem="unknown kind"),
)


def test_the_last_word_on_a_person_holds():
    people = organisation_after(FACTS[:2]).people

    assert {id_: one.name for id_, one in people.items()} == {"maria": "Maria da Silva"}


def test_a_retired_service_takes_its_dependencies_with_it():
    state = organisation_after([*FACTS[3:6], ServiceRetired(service="order")])

    assert set(state.services) == {"checkout"}
    assert state.dependencies == {}


def test_a_removed_dependency_leaves_its_services():
    state = organisation_after(FACTS[3:7])

    assert set(state.services) == {"checkout", "order"}
    assert state.dependencies == {}


def test_a_service_without_a_name_on_call_is_its_teams():
    state = organisation_after(FACTS[:5])

    assert state.owner_of("checkout") == "Shop team"
    assert state.owner_of("order") == ""
    assert state.owner_of("nothing") == ""


def test_a_revoked_console_stays_known_with_the_position_of_its_end():
    state = organisation_after(FACTS[10:12])

    assert set(state.consoles) == {"c1"}
    assert dict(state.revoked_consoles) == {"c1": 2}


def test_a_revoked_source_sends_no_more():
    assert organisation_after(FACTS[8:10]).sources == {}


def test_what_is_quarantined_takes_no_effect():
    state = replay_organisation(records_of(FACTS, standing=Standing.QUARANTINED))

    assert not state.people
    assert not state.services


def test_what_cannot_be_read_is_counted():
    assert organisation_after(FACTS).unreadable == 1


def test_a_pending_fact_is_foreseen_without_a_position():
    log = records_of(FACTS[:1])

    foreseen = foresee_organisation(EMPTY_ORGANISATION, [log[0].event])

    assert foreseen.people["maria"].name == "Maria Silva"
    assert foreseen.position == EMPTY_ORGANISATION.position


@given(st.lists(st.sampled_from(FACTS)), st.integers(0, 20))
def test_a_log_in_two_parts_is_the_log_at_once(facts, cut):
    log = records_of(facts)

    parts = replay_organisation(log[cut:], replay_organisation(log[:cut]))

    assert parts == replay_organisation(log)


def test_the_moment_of_the_catalogue_is_when_the_server_recorded_the_last_of_it():
    later = NOON + timedelta(hours=1)
    catalogue = [fact for fact in FACTS if isinstance(fact, ServiceRecorded)][:1]
    people = [fact for fact in FACTS if isinstance(fact, PersonRecorded)][:1]

    before = organisation_after(catalogue)
    after = organisation_after(people, before, at=later)

    assert EMPTY_ORGANISATION.catalogue_at is None
    assert before.catalogue_at == after.catalogue_at == NOON
    assert organisation_after(catalogue, after, at=later).catalogue_at == later
