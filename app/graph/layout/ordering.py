"""The order of items within their columns, chosen so that few dependencies cross.

Layered drawing after Sugiyama, Tagawa and Toda (1981): barycentre sweeps from several starts,
then every item is sifted to its best place against both neighbouring columns, which includes the
exchange of neighbours.
"""

from __future__ import annotations

import numpy as np

from app.graph.layout.lattice import Lattice, Numbers
from app.graph.layout.sifting import Sifter

Orders = list[Numbers]

_SWEEPS = 8
_SEED = 2417
_MOST_SHAKES = 24
_SHAKE_BUDGET = 1800
_PAIR_BATCH = 1024


def order_columns(lattice: Lattice, start: Orders | None = None) -> Orders:
    """The items of every column from top to bottom.

    Starts from both ends and from `start` if there is one, then shakes the best answer a number
    of times that depends on the size alone.  The shakes come from a fixed seed, so the same graph
    gives the same order.
    """
    sifter = Sifter(lattice)
    best: Orders = []
    fewest: int | None = None
    if start is not None:
        best, fewest = _settle(lattice, sifter, [one.copy() for one in start], best, fewest)
    for backwards in (False, True):
        orders = _sweep(lattice, _first_orders(lattice, backwards=backwards))
        best, fewest = _settle(lattice, sifter, orders, best, fewest)
    shaker = np.random.default_rng(_SEED)
    for _ in range(min(_MOST_SHAKES, _SHAKE_BUDGET // max(lattice.items, 1))):
        if not fewest:
            break
        best, fewest = _settle(lattice, sifter, _shaken(best, shaker), best, fewest)
    return [_connected_first(lattice, order) for order in best]


def _connected_first(lattice: Lattice, order: Numbers) -> Numbers:
    """Services without any dependency go to the foot of their column, out of the way."""
    linked = np.zeros(lattice.items, dtype=bool)
    for links in (*lattice.links, lattice.beside):
        linked[links] = True
    return order[np.argsort(~linked[order], kind="stable")]


def _settle(
    lattice: Lattice, sifter: Sifter, orders: Orders, best: Orders, fewest: int | None
) -> tuple[Orders, int]:
    sifter.sift(orders)
    crossings = count_crossings(lattice, orders)
    return (orders, crossings) if fewest is None or crossings < fewest else (best, fewest)


def _shaken(orders: Orders, shaker: np.random.Generator) -> Orders:
    """Every item moved by up to a few places, small columns more thoroughly than large ones."""
    return [
        order[np.argsort(np.arange(len(order)) + shaker.normal(0.0, 2.5, len(order)))]
        for order in orders
    ]


def count_crossings(lattice: Lattice, orders: Orders) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    place = _places(lattice, orders)
    pairs = zip(lattice.links, lattice.lines, strict=True)
    return sum(_inversions(place[links], lines) for links, lines in pairs)


def _inversions(ends: Numbers, lines: Numbers) -> int:
    """Pairs of lines, so many to each (left, right), that swap places on the right."""
    total = 0
    weight = None if lines.max(initial=1) == 1 else lines.astype(np.float32)
    for first in range(0, len(ends), _PAIR_BATCH):
        part = ends[first : first + _PAIR_BATCH]
        swapped = (part[:, :1] < ends[None, :, 0]) & (part[:, 1:] > ends[None, :, 1])
        if weight is None:
            total += int(np.count_nonzero(swapped))
        else:
            total += int(
                weight[first : first + _PAIR_BATCH] @ (swapped.astype(np.float32) @ weight)
            )
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
