"""The impact curve above the lanes: what the incident's indicator said, filled to its foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen, QPolygonF

from app.incident.projections.signals import Sample
from app.views.drawing import Pen
from app.views.timeline_marks import TimeScale

HEADROOM = 1.06


def value_range(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest value there is room for; zero is always one of those between."""
    return min(0.0, *values), max(max(0.0, *values) * HEADROOM, 1e-9)


def paint_curve(
    pen: Pen,
    samples: Sequence[Sample],
    scale: TimeScale,
    *,
    last: datetime,
    base: float,
    height: float,
) -> None:
    """Paint `samples` from `base` up, at most `height` pixels high, filled to zero.

    Zero is at `base` as long as no value is below it.  The newest value goes on level to `last`.
    Nothing is painted without samples.
    """
    if not samples:
        return
    lowest, highest = value_range([one.value for one in samples])
    pixels = height / (highest - lowest)
    # One point per pixel: a curve of thousands takes longer to paint than all the rest.
    places = {round(max(scale.left, scale.x(one.at))): one.value for one in samples}
    points = [QPointF(x, base - (value - lowest) * pixels) for x, value in places.items()]
    points.append(QPointF(max(points[-1].x(), scale.x(last)), points[-1].y()))
    zero = base + lowest * pixels
    area = QPolygonF([QPointF(points[0].x(), zero), *points, QPointF(points[-1].x(), zero)])
    painter, tokens = pen.painter, pen.theme.tokens
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.curve_tint)
    painter.drawPolygon(area)
    painter.setPen(QPen(tokens.fail_border, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
