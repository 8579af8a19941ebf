"""Which column of the map every service stands in."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from app.graph.catalog import Column, Kind
from app.graph.circles import strong_groups
from app.graph.service_graph import ServiceGraph

Ranks = NDArray[np.int64]


def assign_columns(graph: ServiceGraph) -> tuple[Ranks, tuple[str, ...]]:
    """The column number of every service and the heading of every column.

    When the catalogue names a column for any service, the fixed columns are used and the rest
    is placed between its callers and callees.  Otherwise columns are ranks: every service
    stands right of its callers, cycles broken where the fewest dependencies point back, and
    headings are empty.
    """
    if any(service.column for service in graph.services):
        return _given_columns(graph)
    ranks = rank_by_dependency(graph)
    return ranks, ("",) * (int(ranks.max(initial=-1)) + 1)


def _given_columns(graph: ServiceGraph) -> tuple[Ranks, tuple[str, ...]]:
    order = list(Column)
    places = [
        order.index(service.column) if service.column else _column_of_kind(service.kind)
        for service in graph.services
    ]
    for _ in order:
        for number, place in enumerate(places):
            if place is None:
                places[number] = _between_neighbours(graph, places, number)
    chosen = [order.index(Column.DOMAIN) if place is None else place for place in places]
    used = sorted(set(chosen))
    ranks = np.array([used.index(place) for place in chosen], dtype=np.int64)
    return ranks, tuple(order[place].heading for place in used)


def _column_of_kind(kind: Kind) -> int | None:
    outermost = kind in (Kind.DATASTORE, Kind.EXTERNAL)
    return list(Column).index(Column.DATA) if outermost else None


def _between_neighbours(graph: ServiceGraph, places: list[int | None], number: int) -> int | None:
    callers = [place for i in graph.callers.of(number) if (place := places[i]) is not None]
    callees = [place for i in graph.callees.of(number) if (place := places[i]) is not None]
    if not callers and not callees:
        return None
    lowest = max(callers) + 1 if callers else min(callees) - 1
    highest = min(callees) - 1 if callees else max(callers) + 1
    return int(np.clip((lowest + highest) // 2, 0, len(Column) - 1))


def rank_by_dependency(graph: ServiceGraph) -> Ranks:
    """Longest-path ranks from the callers down, then pulled together to shorten dependencies."""
    tails, heads = forward_pairs(graph)
    count = len(graph)
    ranks = longest_path(tails, heads, count)
    _shorten(ranks, tails, heads)
    alone = np.ones(count, dtype=bool)
    alone[tails] = False
    alone[heads] = False
    _spread_alone(ranks, np.flatnonzero(alone))
    return ranks


def forward_pairs(graph: ServiceGraph) -> tuple[Ranks, Ranks]:
    """Every dependency as (left, right), those that close a cycle turned round."""
    tails = graph.caller.astype(np.int64)
    heads = graph.callee.astype(np.int64)
    _, component = strong_groups(len(graph), tails, heads)
    inside = component[tails] == component[heads]
    place = _cycle_order(tails[inside], heads[inside])
    turned = np.array(
        [
            bool(within) and place[int(tail)] > place[int(head)]
            for tail, head, within in zip(tails, heads, inside, strict=True)
        ],
        dtype=bool,
    )
    return np.where(turned, heads, tails), np.where(turned, tails, heads)


def _cycle_order(tails: Ranks, heads: Ranks) -> dict[int, int]:
    """An order of services in cycles with few dependencies pointing back.

    The greedy heuristic of Eades, Lin and Smyth, "A fast and effective heuristic for the
    feedback arc set problem" (1993).
    """
    outward: dict[int, set[int]] = {int(node): set() for node in (*tails, *heads)}
    inward: dict[int, set[int]] = {node: set() for node in outward}
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        outward[tail].add(head)
        inward[head].add(tail)
    first: list[int] = []
    last: list[int] = []
    while outward:
        node = min(outward, key=lambda one: (_urgency(one, outward, inward), one))
        (last if inward[node] and not outward[node] else first).append(node)
        for other in outward.pop(node):
            inward[other].discard(node)
        for other in inward.pop(node):
            outward[other].discard(node)
    return {node: place for place, node in enumerate([*first, *reversed(last)])}


def _urgency(
    node: int, outward: dict[int, set[int]], inward: dict[int, set[int]]
) -> tuple[int, int]:
    if not outward[node] or not inward[node]:
        return (0, 0)
    return (1, len(inward[node]) - len(outward[node]))


def longest_path(tails: Ranks, heads: Ranks, count: int) -> Ranks:
    """The most steps that lead to each of `count` services; no cycles among the pairs."""
    ranks = np.zeros(count, dtype=np.int64)
    waiting = np.bincount(heads, minlength=count)
    followers: list[list[int]] = [[] for _ in range(count)]
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        followers[tail].append(head)
    ready = deque(np.flatnonzero(waiting == 0).tolist())
    while ready:
        node = ready.popleft()
        for other in followers[node]:
            ranks[other] = max(ranks[other], ranks[node] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return ranks


def _shorten(ranks: Ranks, tails: Ranks, heads: Ranks) -> None:
    """Move single services right or left while that makes dependencies shorter in sum."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        after.setdefault(tail, []).append(head)
        before.setdefault(head, []).append(tail)
    for _ in range(12):
        moved = False
        for node in np.argsort(-ranks, kind="stable").tolist():
            left, right = before.get(node, []), after.get(node, [])
            if len(right) > len(left):
                target = min(ranks[other] for other in right) - 1
            elif len(left) > len(right):
                target = max(ranks[other] for other in left) + 1
            else:
                continue
            moved |= bool(target != ranks[node])
            ranks[node] = target
        if not moved:
            break
    ranks -= ranks.min(initial=0)


def _spread_alone(ranks: Ranks, alone: Ranks) -> None:
    """Give services without any dependency the columns with the most room."""
    others = np.setdiff1d(np.arange(len(ranks)), alone)
    columns = int(ranks[others].max(initial=0)) + 1
    columns = max(columns, min(6, int(np.ceil(np.sqrt(len(alone) / 4)))))
    filled = np.bincount(ranks[others], minlength=columns)
    for node in alone.tolist():
        emptiest = int(filled.argmin())
        ranks[node] = emptiest
        filled[emptiest] += 1
