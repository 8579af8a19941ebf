"""The sheet that shows one decision, or one entry of the timeline, in full."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.incident.projections.decisions import Decision
from app.incident.projections.timeline import TimelineEntry
from app.incident.state import IncidentState
from app.views.desk import Desk
from app.views.record_words import decision_findings, entry_findings
from app.views.side_sheet import SideSheet

_MOST_LINES = 200
"""So many lines one text takes at most: what somebody pasted is read here or nowhere."""


class RecordSheet(SideSheet):
    """Opened by Enter in the decision log and in the timeline; open, it follows the incident."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent, most_lines=_MOST_LINES)
        self._decision = ""
        self._entry = ""

    def open_decision(self, decision: Decision, state: IncidentState) -> None:
        """Show a decision of `state` and take the keyboard."""
        self._decision, self._entry = decision.decision_id, ""
        self._open(state)

    def open_entry(self, entry: TimelineEntry, state: IncidentState) -> None:
        """Show an entry of `state` and take the keyboard."""
        self._decision, self._entry = "", entry.event_id
        self._open(state)

    def show_state(self, state: IncidentState) -> None:
        """Say what is known by now; what is not known at a moment looked back to is not shown."""
        if self.isVisible() and not self._show(state):
            self.dismiss()

    def _open(self, state: IncidentState) -> None:
        if self._show(state):
            self.open()

    def _show(self, state: IncidentState) -> bool:
        """Show what was opened as it is in `state`; whether it is there."""
        times = self._desk.times
        known = (one for one in state.decisions if one.decision_id == self._decision)
        decision, entry = next(known, None), state.timeline.row_of(self._entry)
        if decision is not None:
            findings = decision_findings(decision, state, times)
            self.show_findings(f"Decision {decision.label}", findings)
        elif entry is not None:
            self.show_findings("Timeline entry", entry_findings(entry, state, times))
        return decision is not None or entry is not None
