"""The focus layout fitted to the room there is, ready to be painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath

from app.graph.layout.focus import FocusLayout
from app.graph.layout.routing import Curve
from app.graph.layout.teams import HEADER, PAD, TeamBox
from app.views.safe_text import shown
from app.views.service_map.look import HEADING_ROOM, MARGIN, CardMeasures

Floats = NDArray[np.float64]

_WIDEST_GUTTER = 150.0
_NARROWEST_GUTTER = 26.0
_TALLEST_STRETCH = 1.45
_FLATTEST = 0.3
_LEAST_HEADER = 17.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a column and where its left edge is in the world."""

    title: str
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The services of a team in one column; its name stands inside the upper edge."""

    team: str
    box: QRectF


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wire:
    """One dependency as it is drawn, with the rectangle its stroke may touch."""

    caller: str
    callee: str
    curve: Curve
    path: QPainterPath
    reach: QRectF


@dataclass(frozen=True, slots=True)
class Knots:
    """A monotone map through knots; outside them distances stay as they are."""

    knots: Floats
    goals: Floats

    def of(self, x: Floats) -> Floats:
        """Where positions across go."""
        if not len(self.knots):
            return x
        inside = np.interp(x, self.knots, self.goals)
        before = np.minimum(x - self.knots[0], 0.0)
        after = np.maximum(x - self.knots[-1], 0.0)
        result: Floats = inside + before + after
        return result


@dataclass(frozen=True, slots=True)
class Stretch:
    """A straight map of y: `first` goes to `goal`, distances grow by `factor`."""

    first: float
    goal: float
    factor: float

    @classmethod
    def over(
        cls, layout: FocusLayout, measures: CardMeasures, node_height: float, room: QSizeF
    ) -> Stretch:
        """The stretch that fills `room` with the layout, as far as cards allow."""
        lines = [edge.curve[:, 1] for edge in layout.edges]
        heights = np.concatenate([layout.centres[:, 1], *lines])
        if not len(heights):
            return cls(0.0, 0.0, 1.0)
        top, bottom = float(heights.min()), float(heights.max())
        least = _least_stretch(layout, measures, node_height)
        spare = room.height() - HEADING_ROOM - measures.height - MARGIN
        factor = spare / (bottom - top) if bottom > top else 1.0
        factor = min(max(factor, least), _TALLEST_STRETCH)
        slack = max(0.0, spare - (bottom - top) * factor)
        goal = HEADING_ROOM + measures.height / 2 + min(slack / 2, 60.0)
        return cls(top, goal, factor)

    def of(self, y: Floats) -> Floats:
        """Where heights go."""
        return (y - self.first) * self.factor + self.goal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FocusScene:
    """Cards, wires and headings in logical pixels at scale 1; `bounds` holds all of them."""

    service_ids: tuple[str, ...]
    index: dict[str, int]
    centres: Floats
    wires: tuple[Wire, ...]
    headings: tuple[Heading, ...]
    containers: tuple[Container, ...]
    measures: CardMeasures
    bounds: QRectF
    across: Knots
    down: Stretch

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point of the layout is in the world of the widget."""
        moved = self.across.of(np.array([x])), self.down.of(np.array([y]))
        return QPointF(float(moved[0][0]), float(moved[1][0]))

    def centre(self, service_id: str) -> QPointF:
        """The middle of a card."""
        x, y = self.centres[self.index[service_id]]
        return QPointF(float(x), float(y))


def fit_focus(layout: FocusLayout, measures: CardMeasures, room: QSizeF) -> FocusScene:
    """Spread the columns over `room`: gutters and gaps stretch or shrink, cards keep their size.

    The mapping is monotone in x and y and stops where a card or a line would come too near to
    a card; so no line gets behind a card that it did not cross.
    """
    lefts = np.array([column.left for column in layout.columns])
    node_width = layout.columns[0].width if layout.columns else measures.width
    targets = _column_targets(lefts, node_width, measures, room)
    knots = np.concatenate([lefts, lefts + node_width])
    goals = np.concatenate([targets, targets + measures.width])
    order = np.argsort(knots, kind="stable")
    down = Stretch.over(layout, measures, _node_height(layout, measures), room)
    return scene_through(layout, measures, Knots(knots[order], goals[order]), down)


def scene_through(
    layout: FocusLayout, measures: CardMeasures, across: Knots, down: Stretch
) -> FocusScene:
    """The scene seen through maps of x and y, for example those of an earlier scene."""
    centres = np.column_stack(
        [across.of(layout.centres[:, 0]), down.of(layout.centres[:, 1])]
    ).reshape(-1, 2)
    half = np.array([measures.width / 2, measures.height / 2])
    centres = np.rint(centres - half) + half  # borders on whole pixels are crisp
    shrink = measures.height / _node_height(layout, measures)
    curves = _mapped([edge.curve for edge in layout.edges], across, down, shrink)
    wires = tuple(
        wire_of(edge.caller, edge.callee, curve)
        for edge, curve in zip(layout.edges, curves, strict=True)
    )
    lefts = across.of(np.array([column.left for column in layout.columns]))
    return FocusScene(
        service_ids=layout.service_ids,
        index={one: number for number, one in enumerate(layout.service_ids)},
        centres=centres,
        wires=wires,
        headings=tuple(
            Heading(title=column.title, left=round(float(left)))
            for column, left in zip(layout.columns, lefts, strict=True)
        ),
        containers=tuple(_container(box, across, down) for box in layout.teams),
        measures=measures,
        bounds=_bounds(centres, measures, wires),
        across=across,
        down=down,
    )


def _container(box: TeamBox, across: Knots, down: Stretch) -> Container:
    left, right = across.of(np.array([box.left + PAD, box.left + box.width - PAD]))
    top, bottom = down.of(np.array([box.top, box.top + box.height]))
    corner = QPointF(round(float(left)) - PAD, round(float(top)))
    size = QSizeF(float(right - left) + 2 * PAD, round(float(bottom - top)))
    return Container(team=shown(box.team), box=QRectF(corner, size))


def _node_height(layout: FocusLayout, measures: CardMeasures) -> float:
    return float(layout.rectangles[0, 3]) if len(layout.rectangles) else measures.height


def _column_targets(
    lefts: Floats, node_width: float, measures: CardMeasures, room: QSizeF
) -> Floats:
    """The left edge of every column in the world of the widget."""
    if len(lefts) < 2:
        return np.full(len(lefts), MARGIN)
    gutters = np.diff(lefts) - node_width
    spare = room.width() - 2 * MARGIN - len(lefts) * measures.width
    share = spare / max(gutters.sum(), 1.0)
    widened = np.clip(gutters * share, _NARROWEST_GUTTER, _WIDEST_GUTTER)
    steps = widened + measures.width
    result: Floats = MARGIN + np.concatenate([[0.0], np.cumsum(steps)])
    return result


def _least_stretch(layout: FocusLayout, measures: CardMeasures, node_height: float) -> float:
    """How far heights may be pressed together before cards or lanes get too near to a card.

    Never more than the cards themselves are smaller: then everything shrinks alike.
    """
    needed = [_FLATTEST]
    if layout.teams:
        header = (measures.height / 2 + _LEAST_HEADER) / (node_height / 2 + HEADER)
        needed += [header, (measures.height / 2 + 4.0) / (node_height / 2 + PAD)]
    runs = [edge.curve for edge in layout.edges if np.ptp(edge.curve[:, 0]) > 0.5]
    points = np.concatenate(runs) if runs else np.zeros((0, 2))
    for column in layout.columns:
        middle, half = column.left + column.width / 2, column.width / 2 - 1.0
        standing = np.sort(layout.centres[np.abs(layout.centres[:, 0] - middle) < half, 1])
        lanes = points[np.abs(points[:, 0] - middle) < half, 1]
        if len(standing) > 1:
            needed.append((measures.height + 4.0) / np.diff(standing).min())
        if len(standing) and len(lanes):
            nearest = np.abs(lanes[:, None] - standing[None]).min()
            needed.append((measures.height / 2 + 4.0) / max(nearest, 1e-6))
    return float(min(measures.height / node_height, max(needed)))


def _mapped(curves: Sequence[Curve], across: Knots, down: Stretch, shrink: float) -> list[Curve]:
    """Curves in the world of the widget; vertical ones still end on the cards' borders.

    All of them go through the maps at once: one by one they take ten times as long.
    """
    if not curves:
        return []
    points = np.concatenate(curves)
    points = np.column_stack([across.of(points[:, 0]), down.of(points[:, 1])])
    mapped = np.split(points, np.cumsum([len(curve) for curve in curves[:-1]]))
    for curve, moved in zip(curves, mapped, strict=True):
        if len(curve) == 4 and np.ptp(curve[:, 0]) < 0.5 and np.ptp(curve[:, 1]) > 0.5:
            sign = 1.0 if curve[-1, 1] > curve[0, 1] else -1.0
            overhang = (down.factor - shrink) * _HALF_CARD
            start, end = moved[0, 1] - sign * overhang, moved[-1, 1] + sign * overhang
            moved[:, 1] = np.linspace(start, end, 4)
    return mapped


_HALF_CARD = 20.0


def wire_of(caller: str, callee: str, curve: Curve) -> Wire:
    """A drawn dependency along `curve`, see `EdgePath.curve`."""
    path = QPainterPath()
    numbers = curve.ravel().tolist()  # plain numbers: points made of numpy's take ten times longer
    path.moveTo(*numbers[:2])
    for first in range(2, len(numbers), 6):
        path.cubicTo(*numbers[first : first + 6])
    return Wire(
        caller=caller,
        callee=callee,
        curve=curve,
        path=path,
        reach=path.controlPointRect().adjusted(-7, -7, 7, 7),
    )


def _bounds(centres: Floats, measures: CardMeasures, wires: tuple[Wire, ...]) -> QRectF:
    if not len(centres):
        return QRectF()
    half = np.array([measures.width / 2, measures.height / 2])
    low, high = centres.min(axis=0) - half, centres.max(axis=0) + half
    box = QRectF(QPointF(*low), QPointF(*high))
    for wire in wires:
        box = box.united(wire.path.boundingRect())
    return box
