"""Ending an incident while something is still open takes a reason, and never loses words."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from app.capture.grammar import parse
from app.commands.desk import Act, Desk
from app.commands.entries import log_entry
from app.commands.incident import change_phase
from app.commands.vocabulary import vocabulary_of
from app.incident.kinds.decisions import DecisionProposed, PollOpened
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.kinds.situation import IncidentDeclared, Phase, PhaseChanged
from app.incident.kinds.work import NoteWritten
from app.incident.replay import replay
from app.incident.state import IncidentState
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import ME, NOW, LogWriter, checkout_state

ORGANISATION = shop_organisation()


def desk(state: IncidentState) -> Desk:
    numbers = count(1)
    return Desk(
        person=ME,
        state=state,
        organisation=ORGANISATION,
        now=NOW,
        new_id=lambda: f"id-{next(numbers)}",
    )


def typed(line: str, state: IncidentState) -> Act:
    entry = parse(line, vocabulary_of(state, ORGANISATION))
    return log_entry(entry, desk(state))


def declared(*facts) -> IncidentState:
    writer = LogWriter()
    writer.add("13:41", ME, IncidentDeclared(number="INC-1", title="Broken", severity=1))
    for fact in facts:
        writer.add("14:00", ME, fact)
    return replay(writer.log)


def test_resolving_while_services_fail_is_kept_as_a_note_and_names_the_upstream_one():
    act = typed("/s resolved", checkout_state())

    assert isinstance(act.drafts[0].fact, NoteWritten)
    assert "resolved" in act.drafts[0].fact.text
    assert act.hint.startswith("orders-db is still failing, and 7 others are unhealthy.")
    assert act.hint.endswith("Write /s resolved because … Saved as a note.")


def test_a_reason_ends_it_all_the_same_and_is_recorded():
    act = typed("/s resolved because traffic moved to us-east", checkout_state())

    assert act.drafts[0].fact == PhaseChanged(
        phase=Phase.RESOLVED, reason="traffic moved to us-east"
    )


def test_one_service_is_named_alone():
    state = declared(HealthChanged(service="orders-db", health=Health.DEGRADED))

    assert typed("/s resolved", state).hint.startswith("orders-db is still degraded. Write")


def test_an_open_poll_speaks_against_ending():
    proposal = DecisionProposed(title="Roll back")
    writer = LogWriter()
    writer.add("13:41", ME, IncidentDeclared(number="INC-1", title="Broken", severity=1))
    decision = writer.add("14:00", ME, proposal)
    poll = PollOpened(decision=decision, required=(ME,), closes_at=NOW + timedelta(minutes=1))
    writer.add("14:01", ME, poll)

    act = typed("/s resolved", replay(writer.log))

    assert act.hint.startswith("D-1 has no verdict yet. Write /s resolved because …")


@pytest.mark.parametrize("health", [Health.NORMAL, Health.RECOVERING])
def test_nothing_speaks_against_ending_once_services_are_back(health):
    state = declared(
        HealthChanged(service="orders-db", health=Health.FAILING),
        HealthChanged(service="orders-db", health=health),
    )

    act = typed("/s resolved", state)

    assert act.drafts[0].fact == PhaseChanged(phase=Phase.RESOLVED)
    assert not act.hint


def test_a_service_that_fell_silent_is_not_back():
    silent = declared(
        HealthChanged(service="orders-db", health=Health.FAILING),
        HealthChanged(service="orders-db", health=Health.NO_DATA),
    )
    more = declared(
        HealthChanged(service="orders-db", health=Health.NO_DATA),
        HealthChanged(service="cart", health=Health.NO_DATA),
        HealthChanged(service="order", health=Health.FAILING),
    )

    assert typed("/s resolved", silent).hint.startswith("orders-db gives no data. Write")
    hint = typed("/s resolved", more).hint
    assert hint.startswith("order is still failing. orders-db gives no data, nor does one other.")


def test_other_phases_need_no_reason():
    act = typed("/s monitoring", checkout_state())

    assert act.drafts[0].fact == PhaseChanged(phase=Phase.MONITORING)


def test_the_command_without_words_records_nothing_until_there_is_a_reason():
    state = declared(HealthChanged(service="unheard-of", health=Health.FAILING))

    refused = change_phase(desk(state), Phase.CLOSED)
    reasoned = change_phase(desk(state), Phase.CLOSED, "false alarm of the monitor")

    assert refused.drafts == ()
    assert "unheard-of is still failing." in refused.hint
    assert reasoned.drafts
