"""Very full columns broken into several: one tall column is read through a keyhole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.columns import forward_pairs, longest_path
from app.graph.layout.lattice import Lattice
from app.graph.service_graph import ServiceGraph

Ranks = NDArray[np.int64]

_LEAST_IN_COLUMN = 6
_WORTH_IT = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room there is, and what a service takes of it, gaps included; all in pixels.

    `width` or `height` 0 is no limit.
    """

    width: float
    height: float
    pitch: float
    row: float


def most_in_column(filled: Ranks, room: Room) -> int:
    """How many services a column should hold so that the picture is shown largest.

    Columns stay whole where nothing limits the room, and unless breaking them shows everything a
    quarter larger.
    """
    fullest = int(filled.max(initial=1))
    if not room.width or not room.height or fullest <= _LEAST_IN_COLUMN:
        return fullest

    def scale(most: int) -> float:
        columns = int((-(-filled // most)).sum())
        across = room.width / (columns * room.pitch)
        return min(1.0, across, room.height / (min(fullest, most) * room.row))

    best = max(range(fullest, _LEAST_IN_COLUMN - 1, -1), key=scale)
    return best if scale(best) >= _WORTH_IT * scale(fullest) else fullest


def wrap_columns(
    graph: ServiceGraph, ranks: Ranks, orders: Sequence[Ranks], most: int
) -> tuple[Ranks, Ranks]:
    """The new column of every service, and for every new column the old one it is part of.

    Parts are runs of `orders`, so that no line has to cross another because of them; but callers
    inside a column stand before their callees.
    """
    depths = _depths(graph, ranks)
    wrapped = np.empty_like(ranks)
    part_of: list[int] = []
    for rank, order in enumerate(orders):
        members = order[order < len(graph)]
        members = members[np.argsort(depths[members], kind="stable")]
        parts = max(1, -(-len(members) // most))
        for some in np.array_split(members, parts):
            wrapped[some] = len(part_of)
            part_of.append(rank)
    return wrapped, np.array(part_of, dtype=np.int64)


def _depths(graph: ServiceGraph, ranks: Ranks) -> Ranks:
    """How many callers stand before each service within its own column."""
    tails, heads = forward_pairs(graph)
    inside = ranks[tails] == ranks[heads]
    return longest_path(tails[inside], heads[inside], len(graph))


def wrapped_orders(
    lattice: Lattice, before: Lattice, orders: Sequence[Ranks], part_of: Ranks
) -> list[Ranks]:
    """The order `before` had, in the wrapped `lattice`: nothing crosses that did not cross."""
    place = np.zeros(before.items)
    for order in orders:
        place[order] = np.arange(len(order))
    height = np.zeros(lattice.items)
    height[: lattice.services] = place[: lattice.services]
    for chain, was in zip(lattice.chains, before.chains, strict=True):
        there = {int(before.column[item]): place[item] for item in was}
        for item in chain[1:-1]:
            rank = int(part_of[lattice.column[item]])
            height[item] = there.get(rank, place[was[-1]])
    return [
        members[np.argsort(height[members], kind="stable")]
        for members in (np.flatnonzero(lattice.column == one) for one in range(lattice.columns))
    ]
