"""A sheet at the right edge of the window: a title, a list, and what can be done below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.panel import Button
from app.views.row_list import RowList
from app.views.safe_text import TextLabel
from app.views.sheet import Sheet
from app.views.typography import TypeStyle

_RIGHT_MARGIN = 8


class EdgeSheet(Sheet):
    """Lies over the panels at the right edge of `parent`, `width` design pixels wide.

    Esc closes it and the keyboard goes back where it was.  A sheet of its own kind calls `hold`
    with its list once; widgets above the list go into `head`, below it into `foot`, beside the
    title into `top`.
    """

    def __init__(self, desk: Desk, parent: QWidget, width: int) -> None:
        super().__init__(desk, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._design_width = width
        self.list: RowList
        self.title = TextLabel("", self)
        self.close_button = Button(desk, "Close", self, variant="quiet", keys="Esc")
        self.close_button.clicked.connect(self.dismiss)
        self.top = QHBoxLayout()
        self.top.addWidget(self.title)
        self.head = QVBoxLayout()
        self.foot = QVBoxLayout()
        self._layout = QVBoxLayout(self)

    def hold(self, rows: RowList) -> None:
        """Put the list in the middle; everything else is in its place by now."""
        self.list = rows
        self.top.addWidget(self.close_button)
        self._layout.addLayout(self.top)
        self._layout.addLayout(self.head)
        self._layout.addWidget(rows, 1)
        self._layout.addLayout(self.foot)
        self._desk.theme.changed.connect(self.restyle)
        self.restyle()

    @Slot()
    def restyle(self) -> None:
        """Take over fonts and distances of the theme."""
        px = self._desk.theme.px
        self.title.setFont(self._desk.theme.font(TypeStyle.TITLE))
        self._layout.setContentsMargins(px(14), px(10), px(_RIGHT_MARGIN), px(12))
        self._layout.setSpacing(px(8))
        self.foot.setSpacing(px(8))
        self.update()

    def first_row(self) -> int:
        """The row the keyboard starts on."""
        return 0

    def open(self) -> None:
        """Come up at the right edge, with the keyboard on the first row."""
        self.list.setCurrentIndex(self.list.model().index(self.first_row(), 0))
        self.come_up(self.list)

    def fit(self) -> None:
        """Take the right edge of the widget around."""
        around = self._around
        width = min(self._desk.theme.px(self._design_width), around.width())
        self.setGeometry(around.width() - width, 0, width, around.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.tokens.bg2)
        Pen(painter, self._desk.theme).rule(0, 0, self.height())
        painter.end()
