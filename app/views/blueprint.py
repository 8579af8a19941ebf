"""The outlines of the commander view: what an opening window shows until the view is there."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views.tokens import Tokens

HEADER_HEIGHT = 64
CAPTURE_HEIGHT = 66

ROOMY_FROM = 1500
"""From this width there is room for wide columns, and for impact and bridge in the header."""

OVERLAYS_BELOW = 1180
"""Below this width the columns lie over the map."""

ROOMY_COLUMNS = (276, 372)
COMPACT_COLUMNS = (240, 320)
"""Logical pixels at 100 %: the columns left and right of the map."""


class Blueprint(QWidget):
    """Header, columns and capture bar as empty areas; it says nothing, for nothing is known."""

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._tokens.bg0)
        lower = self.height() - CAPTURE_HEIGHT
        painter.fillRect(QRect(0, 0, self.width(), HEADER_HEIGHT), self._tokens.bg1)
        painter.fillRect(QRect(0, lower, self.width(), CAPTURE_HEIGHT), self._tokens.bg1)
        lines = [QRect(0, HEADER_HEIGHT, self.width(), 1), QRect(0, lower, self.width(), 1)]
        if self.width() >= OVERLAYS_BELOW:
            left, right = ROOMY_COLUMNS if self.width() >= ROOMY_FROM else COMPACT_COLUMNS
            height = lower - HEADER_HEIGHT
            lines.append(QRect(left, HEADER_HEIGHT, 1, height))
            lines.append(QRect(self.width() - right - 1, HEADER_HEIGHT, 1, height))
        for line in lines:
            painter.fillRect(line, self._tokens.line)
        painter.end()
