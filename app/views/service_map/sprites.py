"""Small pictures of every state of health in one row, so that thousands are drawn in one call."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from app.incident.kinds.signals import Health
from app.views.service_map.glyphs import paint_glyph
from app.views.service_map.look import HEALTHS, health_colour
from app.views.tokens import Tokens, mixed

SMALLEST = 5
LARGEST = 24


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
        tokens = self._tokens
        colour = health_colour(tokens, health)
        radius = size / 2 - 0.75
        body = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        ground = {
            Health.FAILING: colour,
            Health.DEGRADED: mixed(colour, tokens.bg1, 0.30 if size >= 9 else 0.85),
        }.get(health, mixed(colour, tokens.bg1, 0.16 if size >= 9 else 0.6))
        pen = QPen(colour, 1.0)
        if health is Health.NO_DATA:
            pen.setDashPattern([2.0, 1.6])
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(body, size * 0.28, size * 0.28)
        if size >= 11 and health is not Health.NORMAL:
            paint_glyph(painter, tokens, health, centre, size * 0.68, on_fill=True)
