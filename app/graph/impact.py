"""What is hit when a service fails, what it rests on, and where the estate is thin.

If A calls B, B is upstream of A and A is downstream of B: failure runs from upstream to
downstream, against the calls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.graph.catalog import Criticality, Kind, Money, Service
from app.graph.service_graph import CRITICALITIES, Rows, ServiceGraph


class Direction(StrEnum):
    """Which way to walk: to what needs a service, or to what it depends on."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Everything within reach of one service; the service itself is not counted.

    `hops` maps service id to the fewest hops, nearest first, then in catalogue order.
    `by_criticality` counts each service once, by the mildest dependency on the most critical
    path to it (of any length): one under hard fails together with the origin, one under soft
    degrades, one under async falls behind.
    `users` and `money` are the largest figures any reached service carries (one money per
    currency): the same people use several services, so sums would count them twice.
    """

    service_id: str
    direction: Direction
    hops: Mapping[str, int]
    by_hop: tuple[int, ...]
    by_criticality: Mapping[Criticality, int]
    teams: tuple[str, ...]
    users: int | None
    money: tuple[Money, ...]

    @property
    def count(self) -> int:
        """How many services are within reach."""
        return len(self.hops)


def blast_radius(
    graph: ServiceGraph,
    service_id: str,
    direction: Direction = Direction.DOWNSTREAM,
    *,
    max_hops: int | None = None,
    criticalities: Collection[Criticality] = CRITICALITIES,
) -> Reach:
    """What failure of `service_id` can reach (downstream), or what can take it down (upstream).

    Follows only dependencies whose criticality is in `criticalities`, at most `max_hops` far.
    Raises KeyError when the graph does not know the service.
    """
    start = graph.index[service_id]
    rows = graph.callers if direction is Direction.DOWNSTREAM else graph.callees
    allowed = _allowed(graph, criticalities)
    hops = hop_counts(rows, start, None if allowed.all() else allowed, max_hops)
    reached = np.flatnonzero(hops > 0)
    nearest = reached[np.argsort(hops[reached], kind="stable")]
    services = [graph.services[number] for number in nearest.tolist()]
    return Reach(
        service_id=service_id,
        direction=direction,
        hops={
            service.id: count
            for service, count in zip(services, hops[nearest].tolist(), strict=True)
        },
        by_hop=tuple(np.bincount(hops[reached])[1:].tolist()),
        by_criticality=_by_criticality(graph, rows, start, reached, criticalities),
        teams=tuple(sorted({service.team for service in services if service.team})),
        users=max((one.users for one in services if one.users is not None), default=None),
        money=_largest_money(services),
    )


def what_is_hit(graph: ServiceGraph, service_id: str) -> tuple[int | None, tuple[Money, ...]]:
    """Users an hour and money a minute that the failure of a service hits, itself included.

    The largest figure that it or anything failing or degrading with it carries (one money per
    currency); what only falls behind costs nobody anything yet.  None and empty: nobody knows.
    """
    waiting = _allowed(graph, (Criticality.HARD, Criticality.SOFT))
    hops = hop_counts(graph.callers, graph.index[service_id], waiting)
    hit = [graph.services[number] for number in np.flatnonzero(hops >= 0).tolist()]
    users = max((one.users for one in hit if one.users is not None), default=None)
    return users, _largest_money(hit)


def hop_counts(
    rows: Rows,
    start: int,
    allowed: NDArray[np.bool_] | None = None,
    max_hops: int | None = None,
) -> NDArray[np.int32]:
    """Fewest hops from `start` to every service along `rows`; -1 = out of reach.

    `allowed` says of every dependency whether it may be followed; None allows all.
    """
    hops = np.full(len(rows.start) - 1, -1, dtype=np.int32)
    hops[start] = 0
    front: NDArray[np.int64] = np.array([start], dtype=np.int64)
    depth = 0
    while len(front) and (max_hops is None or depth < max_hops):
        depth += 1
        entries = _entries(rows, front)
        if allowed is not None:
            entries = entries[allowed[rows.dependency[entries]]]
        found = rows.others[entries]
        hops[found[hops[found] < 0]] = depth
        front = np.flatnonzero(hops == depth)
    return hops


def _entries(rows: Rows, front: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions in `rows.others` of all neighbours of all services in `front`."""
    first = rows.start[front].astype(np.int64)
    count = rows.start[front + 1] - first
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(first - (ends - count), count) + np.arange(total)


def _allowed(graph: ServiceGraph, criticalities: Collection[Criticality]) -> NDArray[np.bool_]:
    table = np.array([one in criticalities for one in CRITICALITIES])
    return np.asarray(table[graph.criticality], dtype=bool)


def _by_criticality(
    graph: ServiceGraph,
    rows: Rows,
    start: int,
    reached: NDArray[np.int64],
    criticalities: Collection[Criticality],
) -> dict[Criticality, int]:
    """Widen the walk from hard to async and count which of `reached` every step adds."""
    counts = dict.fromkeys(CRITICALITIES, 0)
    touched = np.zeros(len(graph), dtype=bool)
    touched[start] = True
    before = 0
    left = [one for one in CRITICALITIES if one in criticalities and _has(graph, one)]
    for number, criticality in enumerate(left):
        if number == len(left) - 1:
            counts[criticality] = len(reached) - before
            break
        _widen(rows, touched, _allowed(graph, left[: number + 1]))
        total = int(np.count_nonzero(touched[reached]))
        counts[criticality] = total - before
        before = total
    return counts


def _has(graph: ServiceGraph, criticality: Criticality) -> bool:
    return bool((graph.criticality == CRITICALITIES.index(criticality)).any())


def _widen(rows: Rows, touched: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> None:
    """Add to `touched` (in place) everything that allowed dependencies reach from it."""
    front = np.flatnonzero(touched)
    while len(front):
        entries = _entries(rows, front)
        found = rows.others[entries[allowed[rows.dependency[entries]]]]
        fresh = np.zeros(len(touched), dtype=bool)
        fresh[found] = True
        fresh &= ~touched
        front = np.flatnonzero(fresh)
        touched |= fresh


def _largest_money(services: Iterable[Service]) -> tuple[Money, ...]:
    largest: dict[str, Money] = {}
    for service in services:
        money = service.money
        if money is None:
            continue
        known = largest.get(money.currency)
        if known is None or money.amount > known.amount:
            largest[money.currency] = money
    return tuple(largest[currency] for currency in sorted(largest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """Whether the impact stays inside one fault domain; `escapees` are those outside it.

    `unplaced` are affected services whose fault domain nobody named: with any of them the
    answer is not a yes.
    """

    fault_domain: str
    contained: bool
    escapees: tuple[str, ...]
    unplaced: tuple[str, ...]


def containment(graph: ServiceGraph, affected: Collection[str], fault_domain: str) -> Containment:
    """Test the claim "contained in `fault_domain`" for services that are affected now.

    Ids that the graph does not know count as unplaced.
    """
    domains = {
        one: graph.services[graph.index[one]].fault_domain if one in graph.index else ""
        for one in sorted(set(affected))
    }
    escapees = tuple(one for one, domain in domains.items() if domain and domain != fault_domain)
    unplaced = tuple(one for one, domain in domains.items() if not domain)
    return Containment(
        fault_domain=fault_domain,
        contained=bool(domains) and not escapees and not unplaced,
        escapees=escapees,
        unplaced=unplaced,
    )


def unhealthy_upstream(
    graph: ServiceGraph,
    service_ids: Iterable[str],
    unhealthy: Collection[str],
    *,
    criticalities: Collection[Criticality] = (Criticality.HARD, Criticality.SOFT),
) -> Mapping[str, int]:
    """Guard before resolving: what `service_ids` depend on that is still unhealthy.

    Maps service id to the fewest hops, nearest first.  Unknown ids are ignored.
    """
    allowed = _allowed(graph, criticalities)
    origins = {graph.index[one] for one in service_ids if one in graph.index}
    nearest: dict[str, int] = {}
    for origin in sorted(origins):
        hops = hop_counts(graph.callees, origin, allowed)
        for one in unhealthy:
            number = graph.index.get(one)
            if number is None or number in origins or hops[number] < 0:
                continue
            nearest[one] = min(int(hops[number]), nearest.get(one, len(graph)))
    return dict(sorted(nearest.items(), key=lambda item: (item[1], item[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGap:
    """What a service lacks for somebody to help at night; `missing` in the order asked."""

    service_id: str
    missing: tuple[str, ...]


def coverage_gaps(graph: ServiceGraph) -> tuple[CoverageGap, ...]:
    """Services without an owner, somebody on call or a runbook, most important tier first.

    Externals are not asked for: somebody else runs them.
    """
    gaps = []
    for service in graph.services:
        if service.kind is Kind.EXTERNAL:
            continue
        asked = (
            ("team", service.team),
            ("on_call", service.on_call),
            ("runbooks", service.runbooks),
        )
        missing = tuple(fact for fact, value in asked if not value)
        if missing:
            gaps.append((5 if service.tier is None else service.tier, service.id, missing))
    return tuple(CoverageGap(service_id=one, missing=missing) for _, one, missing in sorted(gaps))
