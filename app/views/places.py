"""Where the keyboard goes in the commander view: to panels by number and in turn, to the bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.views.capture_bar import CaptureBar
from app.views.commander_layout import CommanderBody, Room
from app.views.panel import Panel

_PREFILLS = {"Ctrl+D": "/d ", "Ctrl+Shift+A": "/a ", "Ctrl+Shift+F": "/ex ", "/": "/"}


class Places(QObject):
    """Moves the focus of `view` between its panels (in the order of their numbers) and the bar."""

    def __init__(
        self, view: QWidget, body: CommanderBody, capture: CaptureBar, panels: tuple[Panel, ...]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._body = body
        self._capture = capture
        self._panels = panels
        for number in range(len(panels)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), view)
            shortcut.setProperty("panel", number)
            shortcut.activated.connect(self._focus_numbered)
        for keys, prefill in _PREFILLS.items():
            shortcut = QShortcut(QKeySequence(keys), view)
            shortcut.setProperty("prefill", prefill)
            shortcut.activated.connect(self._begin_prefilled)
        for keys, slot in (
            ("Ctrl+L", self.focus_capture),
            ("F6", self._focus_next),
            ("Shift+F6", self._focus_previous),
        ):
            QShortcut(QKeySequence(keys), view).activated.connect(slot)

    def focus_panel(self, number: int) -> None:
        """Give the keyboard to a panel, from 1; where it is in a hidden column, show that."""
        panel, body = self._panels[number - 1], self._body
        if body.room is Room.NARROW:
            for column in (body.left, body.right):
                if column.isAncestorOf(panel):
                    body.show_column(column)
        panel.take_focus()

    @Slot()
    def focus_capture(self) -> None:
        """Give the keyboard to the bar."""
        self._capture.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _focus_numbered(self) -> None:
        self.focus_panel(int(self.sender().property("panel")) + 1)

    @Slot()
    def _begin_prefilled(self) -> None:
        self._capture.begin(str(self.sender().property("prefill")))

    @Slot()
    def _focus_next(self) -> None:
        self._cycle(1)

    @Slot()
    def _focus_previous(self) -> None:
        self._cycle(-1)

    def _cycle(self, steps: int) -> None:
        """Move to the next region; the bar is one of them."""
        stops = len(self._panels) + 1
        here = self._focused_place()
        place = (here + steps) % stops if here is not None else (0 if steps > 0 else stops - 1)
        if place == len(self._panels):
            self.focus_capture()
        else:
            self.focus_panel(place + 1)

    def _focused_place(self) -> int | None:
        widget: QWidget | None = self._view.window().focusWidget()  # none before any was focused
        if widget is None:
            return None
        if self._capture.isAncestorOf(widget):
            return len(self._panels)
        places = range(len(self._panels))
        return next((one for one in places if self._panels[one].isAncestorOf(widget)), None)
