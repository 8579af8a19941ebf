"""Services and dependencies as arrays that can be searched within a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.graph.catalog import Catalog, Criticality, Dependency, Kind, Service

if TYPE_CHECKING:
    import networkx as nx

Indices = NDArray[np.int32]

CRITICALITIES = (Criticality.HARD, Criticality.SOFT, Criticality.ASYNC)
"""The order of `ServiceGraph.criticality`: 0 hard, 1 soft, 2 async; a lower number is worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Neighbours of every service in compressed rows.

    The neighbours of service `i` are `others[start[i]:start[i + 1]]`, ascending, and
    `dependency` holds the number of the dependency behind each entry.
    """

    start: Indices
    others: Indices
    dependency: Indices

    def of(self, service: int) -> Indices:
        """The neighbours of one service, ascending."""
        return self.others[self.start[service] : self.start[service + 1]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServiceGraph:
    """A catalogue ready for questions.  Services are numbered in the order of `services`.

    `dependencies` are unique pairs sorted by caller and callee number; `caller`, `callee` and
    `criticality` are columns over them.  `callees` answers "what does it depend on" (upstream),
    `callers` answers "what needs it" (downstream).
    """

    services: tuple[Service, ...]
    dependencies: tuple[Dependency, ...]
    index: Mapping[str, int]
    caller: Indices
    callee: Indices
    criticality: NDArray[np.uint8]
    callees: Rows
    callers: Rows
    warnings: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, services: Iterable[Service], dependencies: Iterable[Dependency]) -> ServiceGraph:
        """Index a catalogue.

        A service named twice keeps its first description; a dependency on a service nobody
        described adds a bare one; a dependency of a service on itself is dropped; two
        dependencies between the same pair become one with the worse criticality.  Each of these
        leaves a warning.  Cycles are kept.
        """
        warnings: list[str] = []
        index, known = _number_services(services, warnings)
        pairs = _unique_pairs(dependencies, index, known, warnings)
        keys = sorted(pairs)
        caller = np.fromiter((key[0] for key in keys), np.int32, len(keys))
        callee = np.fromiter((key[1] for key in keys), np.int32, len(keys))
        chosen = tuple(pairs[key] for key in keys)
        rank = {criticality: number for number, criticality in enumerate(CRITICALITIES)}
        return cls(
            services=tuple(known),
            dependencies=chosen,
            index=index,
            caller=caller,
            callee=callee,
            criticality=np.fromiter(
                (rank[one.criticality] for one in chosen), np.uint8, len(chosen)
            ),
            callees=_rows(caller, callee, len(known)),
            callers=_rows(callee, caller, len(known)),
            warnings=tuple(warnings),
        )

    @classmethod
    def of_catalog(cls, catalog: Catalog) -> ServiceGraph:
        """Index a whole catalogue, see `of`."""
        return cls.of(catalog.services, catalog.dependencies)

    def __len__(self) -> int:
        return len(self.services)

    def number_of(self, service_id: str) -> int | None:
        """The number of a service, or None when the graph does not know it."""
        return self.index.get(service_id)

    def subgraph(self, service_ids: Iterable[str]) -> ServiceGraph:
        """Only these services (unknown ids are ignored) and the dependencies between them."""
        numbers = sorted({self.index[one] for one in service_ids if one in self.index})
        inside = np.zeros(len(self), dtype=bool)
        inside[numbers] = True
        kept = np.flatnonzero(inside[self.caller] & inside[self.callee])
        return ServiceGraph.of(
            (self.services[number] for number in numbers),
            (self.dependencies[number] for number in kept),
        )

    def to_networkx(self) -> nx.DiGraph[str]:
        """The same graph for networkx; every node and edge carries its value under `value`."""
        import networkx as nx  # a fifth of a second: only exports and tests pay for it

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from((one.id, {"value": one}) for one in self.services)
        graph.add_edges_from((one.caller, one.callee, {"value": one}) for one in self.dependencies)
        return graph

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph[str]) -> ServiceGraph:
        """Read a networkx graph; plain nodes and edges become bare services and dependencies."""
        services = [
            value if isinstance(value := data.get("value"), Service) else _bare(str(node))
            for node, data in graph.nodes(data=True)
        ]
        dependencies = [
            value
            if isinstance(value := data.get("value"), Dependency)
            else Dependency(caller=str(caller), callee=str(callee))
            for caller, callee, data in graph.edges(data=True)
        ]
        return cls.of(services, dependencies)


def _bare(service_id: str) -> Service:
    return Service(id=service_id, name=service_id, kind=Kind.SERVICE)


def _number_services(
    services: Iterable[Service], warnings: list[str]
) -> tuple[dict[str, int], list[Service]]:
    index: dict[str, int] = {}
    known: list[Service] = []
    for service in services:
        if service.id in index:
            warnings.append(f"{service.id}: described twice, the first description was kept")
            continue
        index[service.id] = len(known)
        known.append(service)
    names = Counter(service.name for service in known)
    warnings.extend(
        f"{name}: {count} services carry this name, tell them apart by id"
        for name, count in names.items()
        if count > 1
    )
    return index, known


def _unique_pairs(
    dependencies: Iterable[Dependency],
    index: dict[str, int],
    known: list[Service],
    warnings: list[str],
) -> dict[tuple[int, int], Dependency]:
    pairs: dict[tuple[int, int], Dependency] = {}
    for dependency in dependencies:
        if dependency.caller == dependency.callee:
            warnings.append(f"{dependency.caller}: depends on itself, that line was dropped")
            continue
        for end in (dependency.caller, dependency.callee):
            if end not in index:
                warnings.append(f"{end}: only known from a dependency, nobody describes it")
                index[end] = len(known)
                known.append(_bare(end))
        key = (index[dependency.caller], index[dependency.callee])
        other = pairs.get(key)
        pairs[key] = dependency if other is None else _worse(other, dependency)
    return pairs


def _worse(one: Dependency, other: Dependency) -> Dependency:
    worst = min(one.criticality, other.criticality, key=CRITICALITIES.index)
    return one if one.criticality is worst else replace(one, criticality=worst)


def _rows(row: Indices, column: Indices, count: int) -> Rows:
    order = np.lexsort((column, row)).astype(np.int32)
    start = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(row, minlength=count), out=start[1:])
    return Rows(start=start, others=column[order], dependency=order)
