"""Open actions as a list, the one to check back on first at the top."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Slot

from app.incident.projections.actions import Action
from app.incident.state import IncidentState
from app.models.rows import RowsModel

_LAST = datetime.max.replace(tzinfo=UTC)


class ActionModel(RowsModel[Action]):
    """Shows the open actions of a state; overdue ones come first by their own time."""

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the actions of `state` that still have to be done."""
        self.show_rows(
            sorted(state.open_actions, key=lambda one: (one.check_back_at or _LAST, one.number))
        )

    def sentence(self, row: Action) -> str:
        owner = row.owner.name if row.owner is not None else "no owner"
        return f"{row.label}, {row.text}, {owner}"
