"""The outline of a node card, by kind of service when the reader asks for kinds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from app.graph.catalog import Kind

RADIUS = 5.0
"""Corner radius of a plain card, in logical pixels."""


def outline(kind: Kind, box: QRectF, *, shows_kinds: bool) -> QPainterPath:
    """The outline of a card that fills `box`.

    Plain rounded rectangles by default; with `shows_kinds` a datastore is a cylinder, a queue a
    parallelogram and something external a hexagon.
    """
    if not shows_kinds or kind is Kind.SERVICE:
        path = QPainterPath()
        path.addRoundedRect(box, RADIUS, RADIUS)
        return path
    match kind:
        case Kind.DATASTORE:
            return _cylinder(box)
        case Kind.QUEUE:
            return _parallelogram(box)
        case _:
            return _hexagon(box)


def _cylinder(box: QRectF) -> QPainterPath:
    lid = 4.0
    path = QPainterPath(QPointF(box.left(), box.top() + lid))
    path.quadTo(QPointF(box.center().x(), box.top() - lid), QPointF(box.right(), box.top() + lid))
    path.lineTo(box.right(), box.bottom() - lid)
    path.quadTo(
        QPointF(box.center().x(), box.bottom() + lid), QPointF(box.left(), box.bottom() - lid)
    )
    path.closeSubpath()
    return path


def _parallelogram(box: QRectF) -> QPainterPath:
    lean = 8.0
    return _closed(
        QPointF(box.left() + lean, box.top()),
        box.topRight(),
        QPointF(box.right() - lean, box.bottom()),
        box.bottomLeft(),
    )


def _hexagon(box: QRectF) -> QPainterPath:
    nose = 9.0
    middle = box.center().y()
    return _closed(
        QPointF(box.left() + nose, box.top()),
        QPointF(box.right() - nose, box.top()),
        QPointF(box.right(), middle),
        QPointF(box.right() - nose, box.bottom()),
        QPointF(box.left() + nose, box.bottom()),
        QPointF(box.left(), middle),
    )


def _closed(*corners: QPointF) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF(list(corners)))
    path.closeSubpath()
    return path
