"""Services and the lanes of long dependencies as one layered lattice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.graph.service_graph import ServiceGraph

Numbers = NDArray[np.int64]

_MOST_OWN_LANES = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Items in columns, linked only to the column beside them.

    Items `0 … services - 1` are services, later ones are lanes: places where dependencies cross
    a column they do not stop in.  Whatever shares a lane comes from one service or goes to one,
    so a lane never hides who depends on whom.
    `links[k]` are the distinct (left, right) items between column `k` and `k + 1`, and `lines[k]`
    how many dependencies run along each of them.  `chains[d]`
    are the items of dependency `d` from left to right; both ends in one column for a dependency
    inside a column, which are also listed in `beside`.
    """

    services: int
    column: Numbers
    columns: int
    links: tuple[Numbers, ...]
    lines: tuple[Numbers, ...]
    chains: tuple[tuple[int, ...], ...]
    beside: Numbers

    @property
    def items(self) -> int:
        """Services and lanes together."""
        return len(self.column)


def build_lattice(graph: ServiceGraph, ranks: Numbers, columns: int) -> Lattice:
    """Split every dependency into steps of one column.

    Up to `_MOST_OWN_LANES` lanes every dependency has lanes of its own, beyond that those with a
    common end share them, or lanes would fill the columns.
    """
    pairs = _left_to_right(graph, ranks)
    long_left = Counter(left for left, right in pairs if ranks[right] - ranks[left] > 1)
    long_right = Counter(right for left, right in pairs if ranks[right] - ranks[left] > 1)
    shared = sum(int(ranks[right] - ranks[left]) - 1 for left, right in pairs) > _MOST_OWN_LANES
    column = ranks.tolist()
    lanes: dict[tuple[int, int, int], int] = {}
    chains: list[tuple[int, ...]] = []
    for left, right in pairs:
        if long_right[right] >= long_left[left]:
            key = (-1 if shared else left, right)
        else:
            key = (left, -1 if shared else right)
        chain = [left]
        for place in range(column[left] + 1, column[right]):
            lane = lanes.setdefault((*key, place), len(column))
            if lane == len(column):
                column.append(place)
            chain.append(lane)
        chains.append((*chain, right))
    counted = _counted_links(chains, column, columns)
    return Lattice(
        services=len(graph),
        column=np.array(column, dtype=np.int64),
        columns=columns,
        links=tuple(_pairs(set(one)) for one in counted),
        lines=tuple(np.array([one[pair] for pair in sorted(one)], np.int64) for one in counted),
        chains=tuple(chains),
        beside=_pairs({pair for pair in pairs if column[pair[0]] == column[pair[1]]}),
    )


def _left_to_right(graph: ServiceGraph, ranks: Numbers) -> list[tuple[int, int]]:
    return [
        (caller, callee) if ranks[caller] <= ranks[callee] else (callee, caller)
        for caller, callee in zip(graph.caller.tolist(), graph.callee.tolist(), strict=True)
    ]


def _counted_links(
    chains: list[tuple[int, ...]], column: list[int], columns: int
) -> list[Counter[tuple[int, int]]]:
    links: list[Counter[tuple[int, int]]] = [Counter() for _ in range(max(columns - 1, 0))]
    for chain in chains:
        if column[chain[0]] != column[chain[-1]]:
            for start, end in pairwise(chain):
                links[column[start]][start, end] += 1
    return links


def _pairs(pairs: set[tuple[int, int]]) -> Numbers:
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
