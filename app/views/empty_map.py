"""What stands in the place of the map while there are no services: two ways to change that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.desk import Desk
from app.views.panel import Button
from app.views.safe_text import TextLabel
from app.views.typography import TypeStyle

WORDS = "No services yet. Import a catalogue or start the demo."


class EmptyMap(QWidget):
    """Says that there are no services; `import_pressed` and `demo_pressed` are the two ways on."""

    import_pressed = Signal()
    demo_pressed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAccessibleName("Dependencies")
        self.setAccessibleDescription(WORDS)
        self.setMinimumSize(320, 160)
        self.words = TextLabel(WORDS, self)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bring = Button(desk, "Import a catalogue", self, variant="primary")
        self.demo = Button(desk, "Start the demo", self)
        self.bring.clicked.connect(self.import_pressed)
        self.demo.clicked.connect(self.demo_pressed)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.bring)
        self._buttons.addWidget(self.demo)
        self._buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._column.addWidget(self.words)
        self._column.addLayout(self._buttons)
        self._column.addStretch(1)
        self.setFocusProxy(self.bring)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._desk.theme.tokens.bg1)
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        theme = self._desk.theme
        self.words.setFont(theme.font(TypeStyle.BODY))
        palette = self.words.palette()
        palette.setColor(self.words.foregroundRole(), theme.tokens.text2)
        self.words.setPalette(palette)
        self._column.setSpacing(theme.px(14))
        self._buttons.setSpacing(theme.px(10))
        self.update()
