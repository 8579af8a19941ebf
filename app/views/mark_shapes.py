"""The shapes of the lanes, drawn centred on a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from app.views.drawing import Pen, text_width
from app.views.icons import Icon
from app.views.timeline_marks import LaneMark, Shape, TimeScale
from app.views.typography import TypeStyle


def draw_lane(
    pen: Pen,
    marks: Sequence[LaneMark],
    middle: float,
    scale: TimeScale,
    *,
    now: datetime,
    labels_left: bool,
) -> None:
    """Draw marks in time order on the line `middle`, with their labels where those have room."""
    px, colour = pen.theme.px, pen.theme.tokens.text2
    for place in reversed(range(len(marks))):
        mark = marks[place]
        x = scale.x(mark.at)
        draw_mark(pen, mark, x, middle)
        if not mark.label:
            continue
        width = text_width(pen.theme, mark.label, TypeStyle.ROW_MEDIUM)
        before = scale.x(marks[place - 1].at) + px(8) if place else scale.left
        right_end = scale.x(marks[place + 1].at) - px(8) if place + 1 < len(marks) else 1e9
        if mark.at <= now:
            right_end = min(right_end, scale.x(now) - px(4))
        left = x + px(9)
        if left + width > right_end or labels_left:
            left = x - px(9) - width
        if left < before and left < x:
            continue
        area = QRectF(left, middle - px(9), width + 1, px(18))
        pen.text(area, mark.label, TypeStyle.ROW_MEDIUM, colour)


def draw_mark(pen: Pen, mark: LaneMark, x: float, y: float) -> None:
    """Draw one mark centred on (`x`, `y`)."""
    tokens, px = pen.theme.tokens, pen.theme.px
    match mark.shape:
        case Shape.OCTAGON:
            pen.icon(Icon.FAILING, tokens.fail_fill, x - px(6), y - px(6), 12)
        case Shape.TRIANGLE:
            pen.icon(Icon.DEGRADED, tokens.warn, x - px(6), y - px(6), 12)
        case Shape.DASHED_CIRCLE:
            pen.icon(Icon.NO_DATA, tokens.stale, x - px(6), y - px(6), 12)
        case Shape.CHECK:
            pen.icon(Icon.DONE, tokens.ok, x - px(6), y - px(6), 12)
        case Shape.SQUARE:
            half = px(4)
            colour = tokens.text1 if mark.label else tokens.text2
            pen.fill(QRectF(x - half, y - half, 2 * half, 2 * half), colour)
        case Shape.DIAMOND | Shape.HOLLOW_DIAMOND | Shape.SLASHED_DIAMOND:
            _draw_diamond(pen, mark.shape, x, y)
        case Shape.DOT:
            pen.fill(QRectF(x - px(3), y - px(3), px(6), px(6)), tokens.text2, px(3))
        case Shape.HOLLOW_DOT:
            pen.outline(
                QRectF(x - px(5), y - px(5), px(10), px(10)), tokens.warn_border, px(5), 1.6
            )


def _draw_diamond(pen: Pen, shape: Shape, x: float, y: float) -> None:
    accent = pen.theme.tokens.accent
    size = pen.theme.px(5.5) if shape is Shape.DIAMOND else pen.theme.px(5)
    corners = [QPointF(x, y - size), QPointF(x + size, y), QPointF(x, y + size)]
    diamond = QPolygonF([*corners, QPointF(x - size, y)])
    painter = pen.painter
    if shape is Shape.DIAMOND:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
    else:
        painter.setPen(QPen(QColor(accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(diamond)
    if shape is Shape.SLASHED_DIAMOND:
        painter.drawLine(QPointF(x - size, y + size), QPointF(x + size, y - size))
