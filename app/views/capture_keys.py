"""What the keys of the capture bar do, and the history of lines they walk through."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent

from app.views.capture_field import CaptureField
from app.views.completion_offers import CompletionOffers
from app.views.intentions import AndThen

LONGEST_HISTORY = 200


class LineTaker(Protocol):
    """The bar as its keys know it."""

    field: CaptureField
    offers: CompletionOffers

    def log(self, and_then: AndThen) -> None:
        """Log the line."""

    def undo(self) -> bool:
        """Undo typing, else the last log; whether there was something to undo."""

    def stop_rewriting(self) -> bool:
        """Give up correcting a note; whether one was being corrected."""


class CaptureKeys(QObject):
    """Decides about the keys the field passes on."""

    def __init__(self, bar: LineTaker, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._lines: list[str] = []
        self._place: int | None = None

    def remember(self, line: str) -> None:
        """Add a line to the history."""
        if line.strip() and self._lines[-1:] != [line]:
            self._lines = [*self._lines, line][-LONGEST_HISTORY:]
        self._place = None

    def log_and_decide(self) -> None:
        """Log the line and decide it go."""
        self._bar.log(AndThen.DECIDE_GO)

    @Slot(QKeyEvent)
    def press(self, event: QKeyEvent) -> None:
        """Act on a key; an accepted event goes no further."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter(event.modifiers())
                event.accept()
            case Qt.Key.Key_Tab:
                event.setAccepted(self._complete())
            case Qt.Key.Key_Right:
                event.setAccepted(self._bar.offers.take_ghost())
            case Qt.Key.Key_Up:
                event.setAccepted(self._walk(-1))
            case Qt.Key.Key_Down:
                event.setAccepted(self._walk(1))
            case Qt.Key.Key_Z:
                event.setAccepted(self._bar.undo())
            case Qt.Key.Key_F4:
                self._bar.offers.offer_corrections()
                event.accept()
            case Qt.Key.Key_Escape if self._bar.offers.popup.isVisible():
                self._bar.offers.popup.hide()
                event.accept()
            case Qt.Key.Key_Escape if self._bar.stop_rewriting():
                event.accept()
            case Qt.Key.Key_Escape:
                self._bar.field.clearFocus()
                event.accept()
            case _:
                event.ignore()

    def _enter(self, modifiers: Qt.KeyboardModifier) -> None:
        is_control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        is_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if is_control and is_shift:
            self._bar.field.insertPlainText("\n")
        elif is_control:
            self._bar.log(AndThen.DECIDE_GO)
        else:
            self._bar.log(AndThen.POLL if is_shift else AndThen.NOTHING)

    def _complete(self) -> bool:
        """Take the current row, else the grey words; a Tab into an empty field moves on."""
        row = self._bar.offers.popup.current
        if row is not None:
            self._bar.offers.take(row)
            return True
        if self._bar.offers.take_ghost():
            return True
        if self._bar.field.line:
            return True
        following = self._bar.field.nextInFocusChain()
        if following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _walk(self, steps: int) -> bool:
        """Move through the completions, else through the history; whether there was one."""
        if self._bar.offers.popup.isVisible():
            self._bar.offers.popup.move_by(steps)
            return True
        is_empty = not self._bar.field.line
        if not self._lines or (self._place is None and (not is_empty or steps > 0)):
            return False
        place = len(self._lines) if self._place is None else self._place
        place = max(0, place + steps)
        if place >= len(self._lines):
            self._place = None
            self._bar.field.show_line("")
        else:
            self._place = place
            self._bar.field.show_line(self._lines[place])
        self._bar.offers.popup.hide()
        return True
