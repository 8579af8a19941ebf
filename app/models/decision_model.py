"""The decision log as a list, newest first, without the decision the poll card shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Slot

from app.incident.kinds.decisions import Verdict
from app.incident.projections.decisions import Decision, DecisionStatus
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.models.rows import Index, RowsModel

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

    `decider` is who decided, else who proposed; `replaced_by` the label of its successor;
    `was` what it was called before it got its number (`D-7*`).
    """

    decision: Decision
    decider: str
    replaced_by: str = ""
    was: str = ""

    @property
    def answerable(self) -> str:
        """Who answers for where it stands: its owner, or whoever reversed or decided it."""
        is_reversed = self.decision.reversed_because is not None
        return self.decider if is_reversed else self.decision.owner_name or self.decider

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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = BEFORE_ANYTHING
        self._former: Mapping[str, str] = {}

    def use_former(self, former: Mapping[str, str]) -> None:
        """Say what decisions were called before, by their ids."""
        if former != self._former:
            self._former = former
            self.show_state(self._state)

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the decisions of `state`."""
        self._state = state
        card = state.open_decision
        labels = {decision.decision_id: decision.label for decision in state.decisions}
        self.show_rows(
            [
                _row(state, decision, labels, self._former.get(decision.decision_id, ""))
                for decision in reversed(state.decisions)
                if card is None or decision.decision_id != card.decision_id
            ]
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self.row(index)
            is_provisional = row is not None and row.decision.is_provisional
            return "The number may change" if is_provisional else None
        return super().data(index, role)

    def sentence(self, row: DecisionRow) -> str:
        decision = row.decision
        outcome = decision.reversed_because or decision.outcome or decision.reason
        was = f"was {row.was}" if row.was else ""
        owner = f"owner {decision.owner_name}" if decision.owner_name else ""
        parts = [decision.label, was, decision.title, row.standing, row.decider, owner, outcome]
        return ", ".join(part for part in parts if part)


def _row(
    state: IncidentState, decision: Decision, labels: dict[str, str], was: str
) -> DecisionRow:
    who = decision.proposed_by
    if decision.reversed_by:
        who = decision.reversed_by
    elif decision.rulings:
        who = decision.rulings[-1].value.decided_by
    successor = labels.get(decision.superseded_by[-1], "") if decision.superseded_by else ""
    return DecisionRow(
        decision=decision, decider=state.name_of(who), replaced_by=successor, was=was
    )
