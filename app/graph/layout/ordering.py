"""The order of items within their columns, chosen so that few dependencies cross.

Layered drawing after Sugiyama, Tagawa and Toda (1981): barycentre sweeps from several starts,
then every item is sifted to its best place against both neighbouring columns (Matuszewski,
Schönfeld and Molitor, "Using sifting for k-layer straightline crossing minimization", 1999),
which includes the exchange of neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.lattice import Lattice, Numbers

Orders = list[Numbers]

_SWEEPS = 8
_SIFTING_ROUNDS = 6
_SEED = 2417
_MOST_SHAKES = 24
_SHAKE_BUDGET = 1800
_PAIR_BATCH = 1024


def order_columns(lattice: Lattice) -> Orders:
    """The items of every column from top to bottom.

    Starts from both ends, then shakes the best answer a number of times that depends on the
    size alone.  The shakes come from a fixed seed, so the same graph gives the same order.
    """
    best: Orders = []
    fewest: int | None = None
    for backwards in (False, True):
        orders = _sweep(lattice, _first_orders(lattice, backwards=backwards))
        best, fewest = _settle(lattice, orders, best, fewest)
    shaker = np.random.default_rng(_SEED)
    for _ in range(min(_MOST_SHAKES, _SHAKE_BUDGET // max(lattice.items, 1))):
        if not fewest:
            break
        best, fewest = _settle(lattice, _shaken(best, shaker), best, fewest)
    return [_connected_first(lattice, order) for order in best]


def _connected_first(lattice: Lattice, order: Numbers) -> Numbers:
    """Services without any dependency go to the foot of their column, out of the way."""
    linked = np.zeros(lattice.items, dtype=bool)
    for links in (*lattice.links, lattice.beside):
        linked[links] = True
    return order[np.argsort(~linked[order], kind="stable")]


def _settle(
    lattice: Lattice, orders: Orders, best: Orders, fewest: int | None
) -> tuple[Orders, int]:
    _sift_columns(lattice, orders)
    crossings = count_crossings(lattice, orders)
    return (orders, crossings) if fewest is None or crossings < fewest else (best, fewest)


def _shaken(orders: Orders, shaker: np.random.Generator) -> Orders:
    """Every item moved by up to a few places, small columns more thoroughly than large ones."""
    return [
        order[np.argsort(np.arange(len(order)) + shaker.normal(0.0, 2.5, len(order)))]
        for order in orders
    ]


def count_crossings(lattice: Lattice, orders: Orders) -> int:
    """How many pairs of steps cross between neighbouring columns."""
    place = _places(lattice, orders)
    return sum(_inversions(place[links]) for links in lattice.links)


def _inversions(ends: Numbers) -> int:
    """Pairs of (left, right) places that stand the other way round on the right."""
    total = 0
    for first in range(0, len(ends), _PAIR_BATCH):
        part = ends[first : first + _PAIR_BATCH]
        above = part[:, :1] < ends[None, :, 0]
        total += int(np.count_nonzero(above & (part[:, 1:] > ends[None, :, 1])))
    return total


def _places(lattice: Lattice, orders: Orders) -> Numbers:
    place = np.zeros(lattice.items, dtype=np.int64)
    for order in orders:
        place[order] = np.arange(len(order))
    return place


def _first_orders(lattice: Lattice, *, backwards: bool) -> Orders:
    """Depth-first discovery order, so that connected items start side by side."""
    neighbours: list[list[int]] = [[] for _ in range(lattice.items)]
    for links in (*lattice.links, lattice.beside):
        for left, right in links.tolist():
            neighbours[left].append(right)
            neighbours[right].append(left)
    found: list[list[int]] = [[] for _ in range(lattice.columns)]
    seen = np.zeros(lattice.items, dtype=bool)
    starts = np.argsort(-lattice.column if backwards else lattice.column, kind="stable")
    for start in starts.tolist():
        stack = [start]
        while stack:
            item = stack.pop()
            if seen[item]:
                continue
            seen[item] = True
            found[int(lattice.column[item])].append(item)
            stack.extend(reversed(neighbours[item]))
    return [np.array(column, dtype=np.int64) for column in found]


def _sweep(lattice: Lattice, orders: Orders) -> Orders:
    best = [order.copy() for order in orders]
    fewest = count_crossings(lattice, best)
    for sweep in range(_SWEEPS):
        rightward = sweep % 2 == 0
        columns = range(1, lattice.columns) if rightward else range(lattice.columns - 2, -1, -1)
        for column in columns:
            links = lattice.links[column - 1] if rightward else lattice.links[column]
            fixed, moving = (0, 1) if rightward else (1, 0)
            beside = orders[column - 1] if rightward else orders[column + 1]
            orders[column] = _by_barycentre(
                lattice.items, orders[column], beside, links[:, moving], links[:, fixed]
            )
        crossings = count_crossings(lattice, orders)
        if crossings < fewest:
            best, fewest = [order.copy() for order in orders], crossings
    return best


def _by_barycentre(
    items: int, order: Numbers, beside: Numbers, moving: Numbers, fixed: Numbers
) -> Numbers:
    """`order` sorted by the mean place of linked items; items without a link keep their place."""
    place = np.zeros(items)
    place[beside] = (np.arange(len(beside)) + 0.5) / max(len(beside), 1)
    total = np.bincount(moving, weights=place[fixed], minlength=items)[order]
    number = np.bincount(moving, minlength=items)[order]
    own = (np.arange(len(order)) + 0.5) / max(len(order), 1)
    centre = np.where(number > 0, total / np.maximum(number, 1), own)
    return order[np.argsort(centre, kind="stable")]


def _sift_columns(lattice: Lattice, orders: Orders) -> None:
    """Sift column after column, again only where it or a neighbour changed (in place)."""
    stale = np.ones(lattice.columns, dtype=bool)
    for _ in range(_SIFTING_ROUNDS):
        for column in (*range(lattice.columns), *range(lattice.columns - 2, -1, -1)):
            if stale[column]:
                stale[column] = False
                if _sift_column(lattice, orders, column):
                    stale[max(column - 1, 0) : column + 2] = True
        if not stale.any():
            return


def _sift_column(lattice: Lattice, orders: Orders, column: int) -> int:
    """Move every item of one column to its best place; returns the crossings saved."""
    order = orders[column]
    if len(order) < 2:
        return 0
    cost = _pair_costs(lattice, orders, column)
    gain = cost - cost.T
    sequence = list(range(len(order)))
    saved = 0
    for item in _movable(gain):
        now = sequence.index(item)
        del sequence[now]
        # change of crossings when the item stands before the first k of the others, for all k
        moved = np.concatenate(([0], np.cumsum(-gain[item, sequence])))
        target = int(moved.argmin())
        if moved[target] < moved[now]:
            saved += int(moved[now] - moved[target])
            sequence.insert(target, item)
        else:
            sequence.insert(now, item)
    orders[column] = order[sequence]
    return saved


def _movable(gain: NDArray[np.float32]) -> list[int]:
    """The rows that would cross less somewhere else, those with the most at stake first."""
    behind = -np.cumsum(gain, axis=1)
    now = np.diagonal(behind)
    best = np.minimum(behind.min(axis=1), 0.0)
    at_stake = now - best
    ranked = np.argsort(-at_stake, kind="stable")
    return [int(row) for row in ranked[: int(np.count_nonzero(at_stake > 0))]]


def _pair_costs(lattice: Lattice, orders: Orders, column: int) -> NDArray[np.float32]:
    """`cost[i, j]`: crossings between the links of i and j while i stands above j."""
    order = orders[column]
    cost = np.zeros((len(order), len(order)), dtype=np.float32)
    own = np.full(lattice.items, -1, dtype=np.int64)
    own[order] = np.arange(len(order))
    sides = []
    if column > 0:
        sides.append((orders[column - 1], lattice.links[column - 1][:, ::-1]))
    if column < lattice.columns - 1:
        sides.append((orders[column + 1], lattice.links[column]))
    for beside, links in sides:
        if not len(links):
            continue
        place = np.zeros(lattice.items, dtype=np.int64)
        place[beside] = np.arange(len(beside))
        item, end = own[links[:, 0]], place[links[:, 1]]
        table = np.zeros((len(order), len(beside)), dtype=np.float32)
        table[item, end] = 1.0
        above = np.cumsum(table, axis=1) - table
        # rows summed for each item: few links make this far cheaper than a matrix product
        by_item = np.argsort(item, kind="stable")
        item = item[by_item]
        first = np.concatenate(([0], np.flatnonzero(item[1:] != item[:-1]) + 1))
        cost[item[first]] += np.add.reduceat(above.T[end[by_item]], first, axis=0)
    return cost
