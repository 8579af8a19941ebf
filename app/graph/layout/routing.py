"""Paths of dependencies: through the gutters and along the lanes, never behind a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.lattice import Lattice
from app.graph.layout.ordering import Orders
from app.graph.layout.spacing import Heights

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EdgePath:
    """The drawn line of one dependency, from caller to callee.

    `curve` holds `1 + 3 * k` points (x, y): a start, then for each of the `k` cubic Bézier
    pieces two control points and an end.  Straight pieces are cubics too.
    """

    caller: str
    callee: str
    curve: Curve

    def polyline(self, pieces: int = 12) -> Curve:
        """The path as straight pieces, `pieces` for each cubic; shape (points, 2)."""
        return flatten(self.curve, pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where columns stand: the left edge of every column and the size of a service, in pixels."""

    lefts: tuple[float, ...]
    node_width: float
    node_height: float
    gutter: float


def flatten(curve: Curve, pieces: int = 12) -> Curve:
    """Points along a chain of cubic Bézier curves; shape (1 + k * pieces, 2)."""
    starts, first, second, ends = curve[:-1:3], curve[1::3], curve[2::3], curve[3::3]
    t = np.linspace(0.0, 1.0, pieces + 1)[1:, None]
    parts = [
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        for a, b, c, d in zip(starts, first, second, ends, strict=True)
    ]
    return np.concatenate([curve[:1], *parts])


def route(
    pairs: Sequence[tuple[int, int]],
    lattice: Lattice,
    orders: Orders,
    centres: Heights,
    frame: Frame,
) -> list[Curve]:
    """The curve of every (caller, callee) pair, in the order given."""
    row = np.zeros(lattice.items, dtype=np.int64)
    for order in orders:
        row[order] = np.arange(len(order))
    curves = []
    for (caller, _), chain in zip(pairs, lattice.chains, strict=True):
        left, right = chain[0], chain[-1]
        if lattice.column[left] != lattice.column[right]:
            curve = _across(chain, lattice, centres, frame)
        elif abs(int(row[left] - row[right])) == 1:
            curve = _downright(left, right, lattice, centres, frame)
        else:
            curve = _round(left, right, lattice, centres, frame)
        curves.append(curve if caller == left else curve[::-1])
    return curves


def _across(chain: tuple[int, ...], lattice: Lattice, centres: Heights, frame: Frame) -> Curve:
    """S-curves inside the gutters, straight runs across the columns between."""
    x = frame.lefts[int(lattice.column[chain[0]])] + frame.node_width
    y = float(centres[chain[0]])
    points = [(x, y)]
    for item in chain[1:]:
        left = frame.lefts[int(lattice.column[item])]
        height = float(centres[item])
        middle = (x + left) / 2
        points += [(middle, y), (middle, height), (left, height)]
        x, y = left, height
        if item >= lattice.services:
            x = left + frame.node_width
            third = frame.node_width / 3
            points += [(left + third, y), (x - third, y), (x, y)]
    return np.array(points)


def _downright(one: int, other: int, lattice: Lattice, centres: Heights, frame: Frame) -> Curve:
    """A straight line between two services that stand next to each other in a column."""
    x = frame.lefts[int(lattice.column[one])] + frame.node_width / 2
    sign = 1.0 if centres[other] > centres[one] else -1.0
    start = float(centres[one]) + sign * frame.node_height / 2
    end = float(centres[other]) - sign * frame.node_height / 2
    return np.array([(x, start + (end - start) * step / 3) for step in range(4)])


def _round(one: int, other: int, lattice: Lattice, centres: Heights, frame: Frame) -> Curve:
    """A bow through the gutter between two services of one column that others stand between."""
    column = int(lattice.column[one])
    start, end = float(centres[one]), float(centres[other])
    reach = min(frame.gutter * 0.9, frame.gutter * 0.35 + abs(end - start) * 0.12)
    rightward = column < lattice.columns - 1 or lattice.columns == 1
    x = frame.lefts[column] + (frame.node_width if rightward else 0.0)
    bow = x + (reach if rightward else -reach)
    return np.array([(x, start), (bow, start), (bow, end), (x, end)])
