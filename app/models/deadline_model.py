"""Compliance clocks as a list, in the order they were armed."""

from __future__ import annotations

from PySide6.QtCore import Slot

from app.incident.projections.reporting import Deadline
from app.incident.state import IncidentState
from app.models.rows import RowsModel


class DeadlineModel(RowsModel[Deadline]):
    """Shows `IncidentState.deadlines`."""

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the clocks of `state`."""
        self.show_rows(state.deadlines)

    def sentence(self, row: Deadline) -> str:
        due = f", due {row.due_at:%H:%M} UTC" if row.due_at is not None else ""
        return f"{row.name}, {row.status.value}, {row.basis}{due}"
