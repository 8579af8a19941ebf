"""The update sheet: every draft in full, to be copied, and recorded once it was sent."""

from __future__ import annotations

from PySide6.QtCore import QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.incident.projections.reporting import DraftUpdate
from app.views.cover_sheet import CoverSheet
from app.views.desk import Desk
from app.views.panel import Button
from app.views.safe_text import TextLabel
from app.views.typography import TypeStyle


class UpdateSheet(CoverSheet):
    """Covers the window.  `sent` carries audiences (a tuple) and the text they were sent."""

    sent = Signal(object, str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._drafts: tuple[DraftUpdate, ...] = ()
        self.setAccessibleName("Review the update")
        self._title = TextLabel("Next update", self)
        self._texts = TextLabel("", self)
        self._texts.setWordWrap(True)
        self._texts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._room = QScrollArea(self)
        self._room.setWidgetResizable(True)
        self._room.setAccessibleName("What the update says")
        self._room.setWidget(self._texts)
        self._room.viewport().setAutoFillBackground(False)
        self._texts.setAutoFillBackground(False)
        self._hint = TextLabel(
            "Copy the text to where it is read, then record it here: the timer restarts.", self
        )
        self._hint.setWordWrap(True)
        self.copy = Button(desk, "Copy text", self)
        self.record = Button(desk, "Record as sent", self, variant="primary")
        self.close_button = Button(desk, "Close", self, keys="Esc")
        self.copy.clicked.connect(self._copy)
        self.record.clicked.connect(self._record)
        self.close_button.clicked.connect(self.dismiss)
        self._layout = QVBoxLayout(self)
        buttons = QHBoxLayout()
        for button in (self.close_button, self.copy, self.record):
            buttons.addWidget(button)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._room, 1)
        self._layout.addWidget(self._hint)
        self._layout.addLayout(buttons)

    def review(self, drafts: tuple[DraftUpdate, ...]) -> None:
        """Show these drafts."""
        if not drafts:
            return
        self._drafts = drafts
        theme = self._desk.theme
        self._title.setFont(theme.font(TypeStyle.TITLE))
        self._texts.setFont(theme.font(TypeStyle.BODY_PLAIN))
        self._hint.setFont(theme.font(TypeStyle.ROW))
        self._texts.setText("\n\n".join(_by_text(drafts)))
        self.come_up(self.copy)

    def wanted_size(self, most: QSizeF) -> QSizeF:
        px = self._desk.theme.px
        width = min(most.width(), px(560))
        needed = self._texts.heightForWidth(round(width) - px(60)) + px(150)
        return QSizeF(width, max(px(320), needed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _copy(self) -> None:
        texts = dict.fromkeys(draft.text for draft in self._drafts)
        QGuiApplication.clipboard().setText("\n\n".join(texts))

    @Slot()
    def _record(self) -> None:
        """Record each different text once, with all audiences it goes to."""
        for text in dict.fromkeys(draft.text for draft in self._drafts):
            audiences = tuple(one.audience for one in self._drafts if one.text == text)
            self.sent.emit(audiences, text)
        self.dismiss()


def _by_text(drafts: tuple[DraftUpdate, ...]) -> list[str]:
    """Every different text once, under the audiences it is for."""
    texts = dict.fromkeys(draft.text for draft in drafts)
    return [
        f"For {', '.join(one.audience for one in drafts if one.text == text)}\n\n{text}"
        for text in texts
    ]
