"""The decision log as a list, newest first, without the decision the poll card shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot

from app.incident.kinds.decisions import Verdict
from app.incident.projections.decisions import Decision, DecisionStatus
from app.incident.state import IncidentState
from app.models.rows import RowsModel

VERDICT_WORDS = {Verdict.GO: "Go", Verdict.NOGO: "No-go", Verdict.HOLD: "Hold"}

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "Proposed",
    DecisionStatus.POLLING: "Objections poll",
    DecisionStatus.DECIDED: "Decided",
    DecisionStatus.REVERSED: "Reversed",
    DecisionStatus.WITHDRAWN: "Withdrawn",
    DecisionStatus.SUPERSEDED: "Replaced",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision, and the names that belong to it.

    `decider` is who decided, else who proposed; `replaced_by` the label of its successor.
    """

    decision: Decision
    decider: str
    replaced_by: str = ""

    @property
    def standing(self) -> str:
        """Where it stands, in one or two words: "Go", "Reversed", "Verdicts differ"."""
        if self.decision.status is DecisionStatus.DECIDED:
            ruling = self.decision.ruling
            return VERDICT_WORDS[ruling.verdict] if ruling is not None else "Verdicts differ"
        if self.replaced_by:
            return f"Replaced by {self.replaced_by}"
        return _STATUS_WORDS[self.decision.status]


class DecisionModel(RowsModel[DecisionRow]):
    """Shows `IncidentState.decisions`."""

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the decisions of `state`."""
        card = state.open_decision
        labels = {decision.decision_id: decision.label for decision in state.decisions}
        self.show_rows(
            [
                _row(state, decision, labels)
                for decision in reversed(state.decisions)
                if card is None or decision.decision_id != card.decision_id
            ]
        )

    def sentence(self, row: DecisionRow) -> str:
        decision = row.decision
        outcome = decision.reversed_because or decision.outcome
        parts = [decision.label, decision.title, row.standing, row.decider, outcome]
        return ", ".join(part for part in parts if part)


def _row(state: IncidentState, decision: Decision, labels: dict[str, str]) -> DecisionRow:
    who = decision.proposed_by
    if decision.reversed_by:
        who = decision.reversed_by
    elif decision.rulings:
        who = decision.rulings[-1].value.decided_by
    successor = labels.get(decision.superseded_by[-1], "") if decision.superseded_by else ""
    return DecisionRow(decision=decision, decider=state.name_of(who), replaced_by=successor)
