"""What every sheet does: it lies over a widget, has the keyboard, and gives it back."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from app.views.desk import Desk


class Sheet(QWidget):
    """Lies over `around`, whatever size that takes, from `come_up` to `dismiss`.

    A kind of sheet says in `fit` where it lies.
    """

    def __init__(self, desk: Desk, around: QWidget) -> None:
        super().__init__(around)
        self._desk = desk
        self._around = around
        self._back_to: QWidget | None = None
        self.hide()
        around.installEventFilter(self)

    @abstractmethod
    def fit(self) -> None:
        """Take the place over the widget around, as large as that is now."""

    def come_up(self, first: QWidget) -> None:
        """Lie over everything else, with the keyboard on `first`."""
        if not self.isVisible():
            self._back_to = self._around.window().focusWidget()
        self.fit()
        self.show()
        self.raise_()
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def dismiss(self) -> None:
        """Go away, and put the keyboard back where it was."""
        if not self.isVisible():
            return
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place while the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)
