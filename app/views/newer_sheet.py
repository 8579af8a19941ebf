"""The sheet that asks whether a log of a newer version is to be opened read only."""

from __future__ import annotations

from PySide6.QtCore import QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.cover_sheet import EDGE, CoverSheet
from app.views.desk import Desk
from app.views.panel import Button
from app.views.safe_text import TextLabel
from app.views.typography import TypeStyle

QUESTION = "This log was written by a newer version. Open read only?"
_WIDTH = 560
_BETWEEN = 12


class NewerSheet(CoverSheet):
    """Covers the window until it is answered.

    `open_chosen` says that the log is to be shown read only, which Enter does, and Esc, as it
    changes nothing; `close_chosen` that the window is to close.
    """

    open_chosen = Signal()
    close_chosen = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self.setAccessibleName(QUESTION)
        self._question = TextLabel(QUESTION, self)
        self.meaning = TextLabel("", self)
        self.way_out = TextLabel("", self)
        self._texts = (self._question, self.meaning, self.way_out)
        self.close_button = Button(desk, "Close", self)
        self.open_button = Button(desk, "Open read only", self, variant="primary", keys="Enter")
        self.close_button.clicked.connect(self.close_chosen)
        self.open_button.clicked.connect(self._open)
        self._rows = QVBoxLayout(self)
        for text in self._texts:
            text.setWordWrap(True)
            self._rows.addWidget(text)
        self._rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.close_button, self.open_button):
            buttons.addWidget(button)
        self._rows.addLayout(buttons)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def ask(self, meaning: str, way_out: str) -> None:
        """Ask, with what reading only means, and what to do to write again."""
        self.meaning.setText(meaning)
        self.way_out.setText(way_out)
        self.setAccessibleDescription(f"{meaning} {way_out}")
        self.come_up(self.open_button)

    def wanted_size(self, most: QSizeF) -> QSizeF:
        px = self._desk.theme.px
        width = min(most.width(), px(_WIDTH))
        inner = round(width) - 2 * px(EDGE)
        heights = [text.heightForWidth(inner) for text in self._texts]
        heights.append(self.open_button.sizeHint().height() + px(_BETWEEN))
        return QSizeF(width, sum(heights) + px(_BETWEEN) * len(heights) + px(2 * EDGE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard; other keys stay here."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.close_button.hasFocus():
            self.close_button.click()
        elif is_enter or event.key() == Qt.Key.Key_Escape:
            self.open_button.click()

    @Slot()
    def _open(self) -> None:
        self.dismiss()
        self.open_chosen.emit()

    @Slot()
    def _restyle(self) -> None:
        theme = self._desk.theme
        self._rows.setSpacing(theme.px(_BETWEEN))
        for text, style, colour in (
            (self._question, TypeStyle.TITLE, theme.tokens.text1),
            (self.meaning, TypeStyle.BODY_PLAIN, theme.tokens.text1),
            (self.way_out, TypeStyle.ROW, theme.tokens.text2),
        ):
            text.setFont(theme.font(style))
            palette = text.palette()
            palette.setColor(text.foregroundRole(), colour)
            text.setPalette(palette)
        if self.isVisible():
            self.fit()
