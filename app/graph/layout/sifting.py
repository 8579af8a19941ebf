"""Sifting: every item of a column is moved to its best place against both neighbouring columns.

Matuszewski, Schönfeld and Molitor, "Using sifting for k-layer straightline crossing
minimization" (1999).  What depends on the links alone is worked out once for all rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.lattice import Lattice, Numbers

Orders = list[Numbers]
Costs = NDArray[np.float32]

_ROUNDS = 6


class Sifter:
    """Sifts orders of one lattice; items are numbered within their column, by `lattice.column`."""

    def __init__(self, lattice: Lattice) -> None:
        own = np.zeros(lattice.items, dtype=np.int64)
        self._counts = np.bincount(lattice.column, minlength=lattice.columns)
        by_column = np.argsort(lattice.column, kind="stable")
        starts = np.concatenate(([0], np.cumsum(self._counts)))
        own[by_column] = np.arange(lattice.items) - starts[lattice.column[by_column]]
        self._own = own
        self._members = [by_column[first:last] for first, last in pairwise(starts.tolist())]
        self._columns = lattice.columns
        self._sides = [self._sides_of(lattice, column) for column in range(lattice.columns)]
        self._known: dict[tuple[int, int], tuple[Numbers, Costs]] = {}

    def _sides_of(self, lattice: Lattice, column: int) -> list[_Side]:
        sides = []
        if column > 0 and len(lattice.links[column - 1]):
            links = self._own[lattice.links[column - 1][:, ::-1]]
            sides.append(_Side.of(column - 1, links, lattice.lines[column - 1]))
        if column < lattice.columns - 1 and len(lattice.links[column]):
            links = self._own[lattice.links[column]]
            sides.append(_Side.of(column + 1, links, lattice.lines[column]))
        return sides

    def sift(self, orders: Orders) -> None:
        """Sift column after column, again only where it or a neighbour changed (in place)."""
        local = [self._own[order] for order in orders]
        stale = np.ones(self._columns, dtype=bool)
        for _ in range(_ROUNDS):
            for column in (*range(self._columns), *range(self._columns - 2, -1, -1)):
                if stale[column]:
                    stale[column] = False
                    if self._sift_column(local, column):
                        stale[max(column - 1, 0) : column + 2] = True
            if not stale.any():
                break
        orders[:] = [members[order] for members, order in zip(self._members, local, strict=True)]

    def _sift_column(self, local: Orders, column: int) -> bool:
        order = local[column]
        if len(order) < 2 or not self._sides[column]:
            return False
        cost = sum(self._cost(side, column, local[side.column]) for side in self._sides[column])
        gain = np.asarray(cost - np.transpose(cost))
        sequence, saved = _sifted(gain[np.ix_(order, order)])
        if saved:
            local[column] = order[sequence]
        return saved

    def _cost(self, side: _Side, column: int, beside: Numbers) -> Costs:
        """`cost[i, j]`: crossings between the lines of i and j while i stands above j."""
        known = self._known.get((column, side.column))
        if known is not None and known[0] is beside:
            return known[1]
        cost = side.cost(int(self._counts[column]), beside)
        self._known[column, side.column] = (beside, cost)
        return cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """The links of one column to the column beside it, by item; `first` begins each item's."""

    column: int
    item: Numbers
    end: Numbers
    lines: Costs
    first: Numbers

    @classmethod
    def of(cls, column: int, links: Numbers, lines: Numbers) -> _Side:
        by_item = np.argsort(links[:, 0], kind="stable")
        item, end = links[by_item, 0], links[by_item, 1]
        first = np.concatenate(([0], np.flatnonzero(item[1:] != item[:-1]) + 1))
        weight = lines[by_item].astype(np.float32)
        return cls(column=column, item=item, end=end, lines=weight, first=first)

    def cost(self, count: int, beside: Numbers) -> Costs:
        """Crossings of every two items' links while the other column stands as `beside`."""
        place = np.empty(len(beside), dtype=np.int64)
        place[beside] = np.arange(len(beside))
        ends = place[self.end]
        # how many lines of each item end above each place, place by place
        above = np.zeros((len(beside) + 1, count), dtype=np.float32)
        above[ends + 1, self.item] = self.lines
        np.cumsum(above, axis=0, out=above)
        cost = np.zeros((count, count), dtype=np.float32)
        # rows summed for each item: few links make this far cheaper than a matrix product
        struck = above[ends]
        struck *= self.lines[:, None]
        cost[self.item[self.first]] = np.add.reduceat(struck, self.first, axis=0)
        return cost


def _sifted(gain: Costs) -> tuple[list[int], bool]:
    """The best sequence found of the rows of `gain`, and whether it is another one."""
    sequence = list(range(len(gain)))
    saved = False
    for item in _movable(gain):
        now = sequence.index(item)
        del sequence[now]
        # change of crossings when the item stands before the first k of the others, for all k
        moved = np.cumsum(-gain[item, sequence])
        target = int(moved.argmin())
        least = float(moved[target])
        at_now = float(moved[now - 1]) if now else 0.0
        if least < 0.0 and least < at_now:
            sequence.insert(target + 1, item)
            saved = True
        elif at_now > 0.0:
            sequence.insert(0, item)
            saved = True
        else:
            sequence.insert(now, item)
    return sequence, saved


def _movable(gain: Costs) -> list[int]:
    """The rows that would cross less somewhere else, those with the most at stake first."""
    behind = -np.cumsum(gain, axis=1)
    now = np.diagonal(behind)
    best = np.minimum(behind.min(axis=1), 0.0)
    at_stake = now - best
    ranked = np.argsort(-at_stake, kind="stable")
    return [int(row) for row in ranked[: int(np.count_nonzero(at_stake > 0))]]
