"""The shape that says how a service is doing; never colour alone."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.incident.kinds.signals import Health
from app.views.tokens import Tokens


def paint_glyph(  # one place, one size, one state: the four arguments belong together
    painter: QPainter,
    tokens: Tokens,
    health: Health,
    centre: QPointF,
    size: float,
    *,
    on_fill: bool,
) -> None:
    """Paint the glyph of `health`, `size` logical pixels across.

    `on_fill` paints for a solid failing card: dark octagon with the fill showing through.
    """
    painter.save()
    painter.translate(centre)
    painter.scale(size / 24.0, size / 24.0)
    match health:
        case Health.FAILING:
            _octagon(painter, tokens, on_fill=on_fill)
        case Health.DEGRADED:
            _triangle(painter, tokens.warn)
        case Health.NO_DATA:
            _dashed_circle(painter, tokens.text2)
        case Health.RECOVERING:
            _check(painter, tokens.ok)
        case Health.NORMAL:
            _ring(painter, tokens.text3)
    painter.restore()


def paint_snowflake(painter: QPainter, colour: QColor, centre: QPointF, size: float) -> None:
    """Paint the mark of a freeze, `size` logical pixels across."""
    painter.setPen(QPen(colour, 1.2))
    for angle in (0.0, math.pi / 3, 2 * math.pi / 3):
        arm = QPointF(math.sin(angle), math.cos(angle)) * (size / 2)
        painter.drawLine(centre - arm, centre + arm)


def _stroke(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _octagon(painter: QPainter, tokens: Tokens, *, on_fill: bool) -> None:
    body, cross = (
        (tokens.fail_on, tokens.fail_fill) if on_fill else (tokens.fail_fill, tokens.fail_on)
    )
    corners = [
        QPointF(11.6 * math.cos(angle), 11.6 * math.sin(angle))
        for angle in (math.pi / 8 + step * math.pi / 4 for step in range(8))
    ]
    painter.setPen(_stroke(body, 1.2))
    painter.setBrush(body)
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(_stroke(cross, 2.7))
    painter.drawLine(QPointF(-3.6, -3.6), QPointF(3.6, 3.6))
    painter.drawLine(QPointF(-3.6, 3.6), QPointF(3.6, -3.6))


def _triangle(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_stroke(colour, 2.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(0, -9.6), QPointF(10.4, 8.8), QPointF(-10.4, 8.8)]))
    painter.drawLine(QPointF(0, -3.4), QPointF(0, 1.6))
    painter.drawPoint(QPointF(0, 5.4))


def _dashed_circle(painter: QPainter, colour: QColor) -> None:
    pen = QPen(colour, 2.2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1.75, 1.3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(-10, -10, 20, 20))


def _check(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_stroke(colour, 2.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(-10, -10, 20, 20))
    painter.drawPolyline([QPointF(-4, 0.4), QPointF(-1, 3.4), QPointF(4.4, -3)])


def _ring(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_stroke(colour, 2.2))
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawEllipse(QRectF(-7, -7, 14, 14))
