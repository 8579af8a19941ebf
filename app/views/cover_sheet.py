"""A sheet in the middle of the window, over everything else, until it is closed."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter, QPaintEvent

from app.views.drawing import Pen
from app.views.sheet import Sheet

EDGE = 24
"""Pixels at 100 % between the sheet's edge and what is in it."""
_AROUND = 40
"""Pixels at 100 % that both sides of the window have at least, together."""


class CoverSheet(Sheet):
    """Covers the widget around, and dims what lies below the sheet.

    A kind of sheet says how large it likes to be, and fills `layout` or paints into `sheet` after
    calling `paintEvent` of this one.
    """

    @abstractmethod
    def wanted_size(self, most: QSizeF) -> QSizeF:
        """Width and height (pixels) the sheet likes best, of `most` that the window has."""

    @property
    def sheet(self) -> QRectF:
        """Where the sheet lies, in the middle of what it covers."""
        around = self._desk.theme.px(_AROUND)
        most = QSizeF(self.width() - around, self.height() - around)
        size = self.wanted_size(most).boundedTo(most)
        middle = QRectF(self.rect()).center()
        return QRectF(
            middle.x() - size.width() / 2,
            middle.y() - size.height() / 2,
            size.width(),
            size.height(),
        )

    def fit(self) -> None:
        """Cover all of the window, with what is in the layout inside the sheet."""
        self.setGeometry(self._around.rect())
        inside = self.layout()
        if inside is not None:
            sheet, edge = self.sheet, self._desk.theme.px(EDGE)
            inside.setContentsMargins(
                round(sheet.left()) + edge,
                round(sheet.top()) + edge,
                self.width() - round(sheet.right()) + edge,
                self.height() - round(sheet.bottom()) + edge,
            )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        Pen(painter, self._desk.theme).sheet(self.sheet, QRectF(self.rect()))
        painter.end()
