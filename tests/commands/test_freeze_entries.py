"""Lifting a freeze from the capture bar: always by a decision, never by accident."""

from __future__ import annotations

import pytest

from app.incident.kinds.decisions import DecisionDecided, DecisionProposed, Verdict
from app.incident.kinds.freezes import FreezeLifted
from app.incident.kinds.work import NoteWritten
from tests.commands.test_entries import SCRIBE, STATE, facts, typed

(FREEZE,) = STATE.freeze.freezes


def test_lifting_for_a_reason_records_the_decision_that_lifts_it():
    act = typed("/f lift because the rollback is out")

    proposed, decided, lifted = facts(act)
    assert isinstance(proposed, DecisionProposed)
    assert proposed.title == "Lift the change freeze, prod-eu"
    assert isinstance(decided, DecisionDecided)
    assert decided.verdict is Verdict.GO
    assert lifted == FreezeLifted(
        freeze=FREEZE.freeze_id,
        reason="the rollback is out",
        decision=act.drafts[0].event_id,
    )


def test_lifting_by_a_decision_that_was_taken_names_it():
    decision = STATE.decision("D-6")
    assert decision is not None

    (lifted,) = facts(typed("/f lift prod-eu D-6"))

    assert isinstance(lifted, FreezeLifted)
    assert (lifted.freeze, lifted.decision) == (FREEZE.freeze_id, decision.decision_id)


def test_somebody_who_does_not_command_proposes_to_lift_it():
    act = typed("/f lift because the rollback is out", by=SCRIBE)

    (proposed,) = facts(act)
    assert isinstance(proposed, DecisionProposed)
    assert act.hint == "Proposed. The commander decides on a freeze."


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/f lift", "Lifting needs a decision or a reason"),
        ("/f lift prod-us because it is over", "Which freeze? Write /f lift prod-eu"),
        ("/f lift checkout because it is over", "Which freeze?"),
        ("/f lift D-7", "D-7 is not decided go."),
        ("/f lift D-99", "D-99 is not decided go."),
    ],
)
def test_a_freeze_is_not_lifted_by_half_a_line(line: str, hint: str):
    act = typed(line)

    assert [type(fact) for fact in facts(act)] == [NoteWritten]
    assert act.hint.startswith(hint)
