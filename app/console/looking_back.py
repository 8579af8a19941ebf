"""The window's side of looking back: asks for moments, shows answers, and comes back to now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.views.commander_view import CommanderView

if TYPE_CHECKING:
    from app.console.past_moments import PastMoment


class LookingBack(QObject):
    """Keeps the view at one moment until it returns to live.

    `look` asks the worker for a moment under a number.  `shows` carries the `PastMoment` that
    shows from now on, or None when the view is live again.
    """

    shows = Signal(object)

    def __init__(
        self, view: CommanderView, look: Callable[[datetime, int], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._look = look
        self._asked = 0
        self._answered = 0
        view.moment_asked.connect(self.ask)

    @Slot(object)
    def ask(self, moment: datetime | None) -> None:
        """Ask for a moment, or return to live: then whatever is still on its way is dropped."""
        self._asked += 1
        if moment is not None:
            self._look(moment, self._asked)
            return
        self._answered = self._asked
        self._view.show_live()
        self.shows.emit(None)

    @Slot(object)
    def show(self, moment: PastMoment) -> None:
        """Show an answer, or what was found out about it, unless a newer one shows already."""
        if moment.number < self._answered:
            return
        if moment.number > self._answered:
            self._answered = moment.number
            self._view.show_past(moment.incident, moment.moment)
        self.shows.emit(moment)
