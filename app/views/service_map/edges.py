"""Which edges stand out, and how edges of the focus picture are painted."""

from __future__ import annotations

import math
from enum import IntEnum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from app.graph.layout.routing import Curve
from app.incident.kinds.signals import Health
from app.views.service_map.focus_scene import Wire
from app.views.service_map.picture import MapPicture
from app.views.tokens import Tokens, mixed

ARROW = 9.0
"""Length of an arrowhead in logical pixels."""


class EdgeClass(IntEnum):
    """How loud an edge is; edges are painted in this order, so the loudest ends on top."""

    NORMAL = 0
    DEGRADED = 1
    FAILING = 2


_TROUBLED = (Health.DEGRADED, Health.FAILING)


def edge_class(picture: MapPicture, caller: str, callee: str) -> EdgeClass:
    """Failing on the failing path; otherwise as its calls are measured.

    Where nobody measures them: degraded when both of its ends are in trouble.
    """
    measured = picture.calls.get((caller, callee))
    if (caller, callee) in picture.failing_path or measured is Health.FAILING:
        return EdgeClass.FAILING
    if measured is not None:
        return EdgeClass.DEGRADED if measured is Health.DEGRADED else EdgeClass.NORMAL
    both = picture.health_of(caller).state, picture.health_of(callee).state
    if all(state in _TROUBLED for state in both):
        return EdgeClass.DEGRADED
    return EdgeClass.NORMAL


def edge_pen(tokens: Tokens, loudness: EdgeClass) -> QPen:
    """The pen of an edge at scale 1."""
    match loudness:
        case EdgeClass.FAILING:
            pen = QPen(tokens.fail_border, 2.6)
        case EdgeClass.DEGRADED:
            pen = QPen(tokens.warn_border, 1.4)
        case EdgeClass.NORMAL:
            pen = QPen(mixed(tokens.edge, tokens.bg1, 1.0), 1.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def paint_wire(
    painter: QPainter, tokens: Tokens, wire: Wire, loudness: EdgeClass, *, is_async: bool = False
) -> None:
    """Paint one edge from caller to callee; only the failing path carries an arrowhead."""
    pen = edge_pen(tokens, loudness)
    if is_async:
        pen.setDashPattern([5.0, 4.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if loudness is not EdgeClass.FAILING:
        painter.drawPath(wire.path)
        return
    painter.drawPath(_shortened(wire))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.fail_border)
    painter.drawPolygon(_arrowhead(wire.curve))


def _direction(curve: Curve) -> tuple[float, float]:
    """The unit vector in which the curve arrives."""
    for before in (-2, -3, -4):
        x, y = curve[-1] - curve[before]
        length = math.hypot(x, y)
        if length > 0.01:
            return float(x / length), float(y / length)
    return 1.0, 0.0


def _shortened(wire: Wire) -> QPainterPath:
    """The path without its last pixels, which the arrowhead covers."""
    x, y = _direction(wire.curve)
    path = QPainterPath(wire.path)
    count = path.elementCount()
    end_x, end_y = wire.curve[-1]
    path.setElementPositionAt(count - 1, end_x - x * ARROW * 0.7, end_y - y * ARROW * 0.7)
    return path


def _arrowhead(curve: Curve) -> QPolygonF:
    x, y = _direction(curve)
    tip = QPointF(*curve[-1])
    back = tip - QPointF(x * ARROW, y * ARROW)
    side = QPointF(-y * ARROW * 0.48, x * ARROW * 0.48)
    return QPolygonF([tip, back + side, back - side])
