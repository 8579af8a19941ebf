"""A field in which one of a few things is chosen, with an arrow in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from app.views.desk import Desk

_FROM_RIGHT = 14
_HALF = 3.5


class ChoiceField(QComboBox):
    """A combo box; the style sheet colours it, but cannot draw its arrow."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        desk.theme.changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._desk.theme
        half = _HALF * theme.scale
        middle = QPointF(self.width() - theme.px(_FROM_RIGHT), self.height() / 2)
        colour = theme.tokens.text2 if self.isEnabled() else theme.tokens.text3
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        corners = ((-half, -half / 2), (0.0, half / 2), (half, -half / 2))
        painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
        painter.end()
