"""Small pictures of every state of health in one row, so that thousands are drawn in one call."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from app.incident.kinds.signals import Health
from app.views.service_map.glyphs import paint_glyph
from app.views.service_map.look import HEALTHS, health_colour
from app.views.tokens import Tokens

SMALLEST = 5
LARGEST = 24

_GLYPH_FROM = 10
"""From this side on a glyph can be told apart; below it a disc of colour has to do."""


def sprite_size(pitch: float) -> int:
    """The side of a sprite in logical pixels for a distance of neighbours on screen."""
    return round(min(float(LARGEST), max(float(SMALLEST), pitch * 0.72)))


class SpriteSheets:
    """Draws each size of sheet once for one theme."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.sheet = lru_cache(maxsize=64)(self._draw)

    def _draw(self, size: int, ratio: float) -> QPixmap:
        """One row of cells in the order of `HEALTHS`; `size` is the side in logical pixels."""
        side = max(1, round(size * ratio))
        sheet = QPixmap(side * len(HEALTHS), side)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side / size, side / size)
        for cell, health in enumerate(HEALTHS):
            self._draw_cell(painter, health, QPointF(cell * size + size / 2, size / 2), size)
        painter.end()
        sheet.setDevicePixelRatio(ratio)
        return sheet

    def _draw_cell(self, painter: QPainter, health: Health, centre: QPointF, size: int) -> None:
        """The glyph of a state on a ground that hides the edges behind it."""
        tokens = self._tokens
        colour = health_colour(tokens, health)
        is_calm = health is Health.NORMAL
        radius = size / 2 - (0.5 if size < _GLYPH_FROM else size * (0.18 if is_calm else 0.06))
        painter.setPen(QPen(colour if is_calm or size < _GLYPH_FROM else tokens.bg1, 1.0))
        painter.setBrush(colour if size < _GLYPH_FROM else tokens.bg2 if is_calm else tokens.bg1)
        painter.drawEllipse(centre, radius, radius)
        if size >= _GLYPH_FROM and not is_calm:
            paint_glyph(painter, tokens, health, centre, size * 0.84, on_fill=False)
