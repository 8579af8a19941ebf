"""The window's side of a log that a newer version wrote: asks, then shows it read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.console.apart import Apart
from app.console.sync_watch import SyncWatch
from app.views.desk import Desk
from app.views.newer_sheet import NewerSheet
from app.views.safe_text import SafeMessageBox
from app.views.viewing import kept_at
from app.views.window import Window

if TYPE_CHECKING:
    from app.console.only_reading import Offer

LOST = "What you typed cannot be kept in this log. Close anyway?"


class TypedQuestion(Protocol):
    """Whoever answers whether a window may close with words in its bar that are kept nowhere."""

    def whether_to_close(self, typed: str) -> bool:
        """Ask; whether to close."""


class TypedDialog:
    """Asks the person at `window`."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def whether_to_close(self, typed: str) -> bool:
        """See `TypedQuestion`."""
        box = SafeMessageBox(self._window, title="Close Watchfloor", text=f"{LOST}\n\n{typed}")
        keep = box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole)
        close = box.addButton("Close", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        return box.clickedButton() is close


class NewerLog(QObject):
    """Lives in the user interface's thread.  `agreed`: the person wants to see it read only."""

    agreed = Signal()

    def __init__(
        self, window: Window, desk: Desk, apart: Apart, watch: SyncWatch, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._desk = desk
        self._apart = apart
        self._watch = watch
        self._offer: Offer | None = None
        self.question: TypedQuestion = TypedDialog(window)
        self.sheet = NewerSheet(desk, window.view)
        self.sheet.open_chosen.connect(self.agreed)
        self.sheet.close_chosen.connect(window.close)

    @Slot(object)
    def ask(self, offer: Offer) -> None:
        """Ask whether to show what was kept; nothing is written from here on."""
        self._offer = offer
        self._window.may_close = self.may_close
        self._window.forget_layout()
        self._window.view.show_sync(self._watch.only_read(offer.until))
        self._apart.queue_sheet.be_read_only()
        when = kept_at(offer.until, self._desk.times)
        self.sheet.ask(
            f"Read only, the incident shows as it was kept at {when}. Nothing in the file is "
            "changed; nothing is sent or fetched.",
            f"To write again, {offer.way_out}.",
        )

    @Slot()
    def begin(self) -> None:
        """Show what arrives now as the end of what is known: there is no live view."""
        if self._offer is not None:
            self._desk.clock.end_at(self._offer.until)

    def may_close(self) -> bool:
        """Whether the window may close: with words in the bar, its person is asked."""
        typed = self._window.view.capture.field.line.strip()
        return not typed or self.question.whether_to_close(typed)
