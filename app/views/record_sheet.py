"""The sheet that shows one decision, or one entry of the timeline, in full."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.incident.projections.decisions import Decision
from app.incident.projections.timeline import TimelineEntry
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.doubt import Doubt
from app.views.desk import Desk
from app.views.proof_badge import ProofBadge
from app.views.record_words import decision_findings, entry_findings, proof_of
from app.views.side_sheet import SideSheet

_MOST_LINES = 200
"""So many lines one text takes at most: what somebody pasted is read here or nowhere."""


class RecordSheet(SideSheet):
    """Opened by Enter in the decision log and in the timeline; open, it follows the incident."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent, most_lines=_MOST_LINES)
        self._decision = ""
        self._entry = ""
        self._state = BEFORE_ANYTHING
        self._signed = 0
        self._doubt: Doubt | None = None
        self.badge = ProofBadge(desk, self)
        self.top.insertWidget(1, self.badge)

    def open_decision(self, decision: Decision, state: IncidentState) -> None:
        """Show a decision of `state` and take the keyboard."""
        self._decision, self._entry = decision.decision_id, ""
        self._open(state)

    def open_entry(self, entry: TimelineEntry, state: IncidentState) -> None:
        """Show an entry of `state` and take the keyboard."""
        self._decision, self._entry = "", entry.event_id
        self._open(state)

    @Slot(object)
    def show_signed(self, position: int) -> None:
        """Say of records up to this position that they are what the server signed."""
        self._signed = position
        self._show_proof()

    @Slot(object)
    def show_doubt(self, doubt: Doubt | None) -> None:
        """Say which records did not verify; None when all did."""
        self._doubt = doubt
        self._show_proof()

    def _show_proof(self) -> None:
        if self.isVisible():
            self._show(self._state)

    def show_state(self, state: IncidentState) -> None:
        """Say what is known by now; what is not known at a moment looked back to is not shown."""
        if self.isVisible() and not self._show(state):
            self.dismiss()

    def _open(self, state: IncidentState) -> None:
        if self._show(state):
            self.open()

    def _show(self, state: IncidentState) -> bool:
        """Show what was opened as it is in `state`; whether it is there."""
        self._state = state
        times = self._desk.times
        known = (one for one in state.decisions if one.decision_id == self._decision)
        decision, entry = next(known, None), state.timeline.row_of(self._entry)
        if decision is not None:
            findings = decision_findings(decision, state, times)
            self.badge.show_proof(None)
            self.show_findings(f"Decision {decision.label}", findings)
        elif entry is not None:
            proof = proof_of(entry, self._signed, self._doubt)
            self.badge.show_proof(proof)
            self.show_findings("Timeline entry", entry_findings(entry, state, times, proof))
        return decision is not None or entry is not None
