"""Services and the lanes of long dependencies as one layered lattice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.graph.service_graph import ServiceGraph

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Items in columns, linked only to the column beside them.

    Items `0 … services - 1` are services, later ones are places where a dependency crosses a
    column it does not stop in.  `links[k]` are the (left, right) items between column `k` and
    `k + 1`.  `chains[d]` are the items of dependency `d` from left to right; both ends in one
    column for a dependency inside a column.
    """

    services: int
    column: Numbers
    columns: int
    links: tuple[Numbers, ...]
    chains: tuple[tuple[int, ...], ...]
    beside: Numbers

    @property
    def items(self) -> int:
        """Services and crossing places together."""
        return len(self.column)

    def members(self, column: int) -> Numbers:
        """The items of one column in ascending number."""
        return np.flatnonzero(self.column == column)


def build_lattice(graph: ServiceGraph, ranks: Numbers, columns: int) -> Lattice:
    """Split every dependency into steps of one column."""
    column = ranks.tolist()
    links: list[list[tuple[int, int]]] = [[] for _ in range(max(columns - 1, 0))]
    beside: list[tuple[int, int]] = []
    chains: list[tuple[int, ...]] = []
    for caller, callee in zip(graph.caller.tolist(), graph.callee.tolist(), strict=True):
        left, right = (caller, callee) if column[caller] <= column[callee] else (callee, caller)
        between = range(column[left] + 1, column[right])
        chain = (left, *range(len(column), len(column) + len(between)), right)
        column.extend(between)
        chains.append(chain)
        if column[left] == column[right]:
            beside.append((left, right))
            continue
        for start, end in pairwise(chain):
            links[column[start]].append((start, end))
    return Lattice(
        services=len(graph),
        column=np.array(column, dtype=np.int64),
        columns=columns,
        links=tuple(np.array(one, dtype=np.int64).reshape(-1, 2) for one in links),
        chains=tuple(chains),
        beside=np.array(beside, dtype=np.int64).reshape(-1, 2),
    )
