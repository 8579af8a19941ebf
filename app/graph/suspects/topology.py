"""The part of the call graph that can explain a symptom, as arrays."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.graph.circles import strong_groups
from app.graph.suspects.inputs import CallGraph
from app.graph.suspects.rows import Counts, Floats


@dataclass(frozen=True, slots=True)
class Topology:
    """Services that the symptom depends on, the symptom first, then by steps and by name.

    `dependants` and `causes` are the two ends of each edge as positions in `services`: trouble
    travels from a cause to its dependant.  `group` numbers the cycles: services with the same
    number depend on one another.
    """

    services: tuple[str, ...]
    steps: tuple[int, ...]
    dependants: Counts
    causes: Counts
    group: Counts

    @property
    def index(self) -> dict[str, int]:
        """The position of each service."""
        return {service: place for place, service in enumerate(self.services)}


def explain_topology(graph: CallGraph, symptom: str, *, against_calls: bool) -> Topology:
    """Everything that trouble at `symptom` may come from.

    Slowness and errors come up from the called; traffic comes down from the callers
    (`against_calls`), also along edges nobody waits for.
    """
    ignored = set() if against_calls else set(graph.asynchronous)
    pairs = sorted({(a, b) for a, b in graph.calls if a != b and (a, b) not in ignored})
    edges = [(callee, caller) if against_calls else (caller, callee) for caller, callee in pairs]
    causes_of: dict[str, list[str]] = {}
    for dependant, cause in edges:
        causes_of.setdefault(dependant, []).append(cause)
    steps = _steps_from(symptom, causes_of)
    services = tuple(sorted(steps, key=lambda service: (steps[service], service)))
    index = {service: place for place, service in enumerate(services)}
    reached = [(index[a], index[b]) for a, b in edges if a in index]
    ends = np.array(reached, dtype=np.intp).reshape(-1, 2)
    return Topology(
        services=services,
        steps=tuple(steps[service] for service in services),
        dependants=ends[:, 0],
        causes=ends[:, 1],
        group=_cycles(len(services), ends),
    )


def widest_path(topology: Topology, moved: Floats) -> Floats:
    """How much of a shift can have travelled from each service up to the symptom.

    The largest, over all paths, of the smallest shift along the path, the service itself and the
    symptom included; a service without readings lets everything through.
    """
    causes_of: list[list[int]] = [[] for _ in topology.services]
    for dependant, cause in zip(
        topology.dependants.tolist(), topology.causes.tolist(), strict=True
    ):
        causes_of[dependant].append(cause)
    room = np.where(np.isfinite(moved), np.maximum(moved, 0.0), np.inf)
    width = np.zeros(len(topology.services))
    queue = [(-float(room[0]), 0)]
    while queue:
        reached, here = heapq.heappop(queue)
        if -reached <= width[here]:
            continue
        width[here] = -reached
        for cause in causes_of[here]:
            through = min(-reached, float(room[cause]))
            if through > width[cause]:
                heapq.heappush(queue, (-through, cause))
    return width


def _steps_from(symptom: str, causes_of: dict[str, list[str]]) -> dict[str, int]:
    steps = {symptom: 0}
    queue = deque([symptom])
    while queue:
        here = queue.popleft()
        for cause in causes_of.get(here, ()):
            if cause not in steps:
                steps[cause] = steps[here] + 1
                queue.append(cause)
    return steps


def _cycles(count: int, ends: Counts) -> Counts:
    _, labels = strong_groups(count, ends[:, 0], ends[:, 1])
    return np.asarray(labels, dtype=np.intp)


def names_of(topology: Topology, places: Sequence[int]) -> tuple[str, ...]:
    """The services at these positions."""
    return tuple(topology.services[place] for place in places)
