"""What the timeline says and marks where records did not verify."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.icons import Icon
from app.views.tokens import Row, Space
from app.views.typography import TypeStyle

NOT_VERIFIED = "Part of the log did not verify."
SIDE = 13
"""The width of the mark, in pixels at 100 %."""


class DoubtLine(QWidget):
    """One line above the rows; its owner shows it as long as the doubt stands."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._since: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self._restyle)
        self._restyle()

    @property
    def sentence(self) -> str:
        """What it says."""
        if self._since is None:
            return f"{NOT_VERIFIED} None of these rows is marked."
        return f"{NOT_VERIFIED} Rows from {self._desk.times.minute(self._since)} on are marked."

    def show_since(self, since: datetime | None) -> None:
        """Say from when on rows are marked; None where none of those that show is."""
        if since != self._since:
            self._since = since
            self._restyle()

    def room(self) -> int:
        """The height it takes, in pixels: none while it is hidden."""
        return 0 if self.isHidden() else self.sizeHint().height()

    def sizeHint(self) -> QSize:
        return QSize(300, self._desk.theme.px(Row.LIST + 2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.warn_tint)
        pen, middle = Pen(painter, self._desk.theme), self.height() / 2
        pen.icon(Icon.DISPUTED, tokens.warn, px(Space.MARGIN), middle - px(SIDE) / 2, SIDE)
        area = QRectF(self.rect()).adjusted(px(Space.MARGIN + SIDE + 7), 0, -px(Space.MARGIN), 0)
        pen.text(area, self.sentence, TypeStyle.ROW_MEDIUM, tokens.warn)
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        self.setAccessibleName(self.sentence)
        self.setFixedHeight(self.sizeHint().height())
        self.update()


def paint_doubt(pen: Pen, area: QRectF) -> None:
    """Mark the lanes in `area`: a dashed edge with the mark where it begins, a line below."""
    tokens, px = pen.theme.tokens, pen.theme.px
    if area.width() <= 0:
        return
    ink = QPen(tokens.warn_border, 1.4)
    ink.setDashPattern([3, 3])
    pen.painter.setPen(ink)
    pen.painter.drawLine(area.topLeft(), area.bottomLeft())
    pen.painter.drawLine(area.bottomLeft(), area.bottomRight())
    corner = QPointF(area.left() - px(SIDE) / 2, area.bottom() - px(SIDE) / 2)
    ground = QRectF(corner.x() - 1, corner.y() - 1, px(SIDE) + 2, px(SIDE) + 2)
    pen.fill(ground, tokens.bg1)
    pen.icon(Icon.DISPUTED, tokens.warn, corner.x(), corner.y(), SIDE)
