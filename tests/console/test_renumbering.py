"""A temporary number that came out differently is remembered for ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.console.renumbering import REMEMBERED_FOR, Renumbering
from app.incident.projections.decisions import Decision
from app.incident.state import IncidentState

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def _state(number: int, *, is_provisional: bool) -> IncidentState:
    decision = Decision(
        decision_id="d",
        number=number,
        title="roll back",
        reason="",
        proposed_by="priya",
        proposed_at=NOON,
        position=1,
        console="desk",
        is_provisional=is_provisional,
    )
    return IncidentState(decisions=(decision,))


def test_a_decision_that_got_another_number_says_what_it_was() -> None:
    numbers = Renumbering()
    numbers.note(_state(7, is_provisional=True), NOON)
    numbers.note(_state(8, is_provisional=False), NOON)

    assert numbers.former(NOON) == {"d": "D-7*"}
    assert numbers.former(NOON + REMEMBERED_FOR - timedelta(seconds=1)) == {"d": "D-7*"}
    assert numbers.former(NOON + REMEMBERED_FOR) == {}


def test_a_decision_that_kept_its_number_says_nothing() -> None:
    numbers = Renumbering()
    numbers.note(_state(7, is_provisional=True), NOON)
    numbers.note(_state(7, is_provisional=False), NOON)

    assert numbers.former(NOON) == {}


def test_the_first_temporary_number_is_forgotten_for_the_last() -> None:
    numbers = Renumbering()
    numbers.note(_state(7, is_provisional=True), NOON)
    numbers.note(_state(8, is_provisional=True), NOON)
    numbers.note(_state(8, is_provisional=False), NOON)

    assert numbers.former(NOON) == {}
