"""What the map stands on: the graph the organisation's log says, and where every service stands.

A topology is made again only when services, dependencies or owners changed, or when trouble
reached a service that was not on the map yet.  Places are kept from one to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from app.graph.catalog import Catalog
from app.graph.layout.focus import FocusLayout, FocusSize, lay_out_focus
from app.graph.layout.pinned import Pinned, pin_focus, pin_overview
from app.graph.layout.rerouting import route_pinned
from app.graph.layout.team_clusters import Overview, lay_out_overview
from app.graph.recorded import catalog_of
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.incident.state import IncidentState
from app.organisation.state import OrganisationState

GLANCE = 60
"""Up to this many services everything is shown."""

CROWD = 40
"""With more services than this in focus, those of a team stand together in containers."""

MOST_IN_FOCUS = 150
"""Neighbours of trouble are shown while the focus holds fewer services than this."""

MOST_EVER_IN_FOCUS = 250
"""Trouble itself is shown up to here; what is beyond is in the overview."""

_SHARE_OF_NEWS = 0.25
_SHARE_OF_NEW_CALLS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topology:
    """The graph, the focus columns and the overview, with places that are facts.

    `focus` shows `in_focus` services only; `overview` is None while everything fits the focus.
    `names` leads from aliases to ids.  `revision` grows by one with every change of any of them.
    """

    graph: ServiceGraph
    catalog: Catalog
    organisation: OrganisationState
    focus: FocusLayout
    places: Pinned
    overview: Overview | None
    overview_places: Pinned | None
    size: FocusSize
    revision: int
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_focus(self) -> tuple[str, ...]:
        """The services in the columns, in catalogue order."""
        return self.focus.service_ids

    def id_of(self, name: str) -> str | None:
        """The id of a service that somebody calls `name`: its id or an alias; None = unknown."""
        return name if name in self.graph.index else self.names.get(name)


def services_in_trouble(state: IncidentState) -> tuple[str, ...]:
    """What the incident is about now: abnormal services, then what people suspect, by id."""
    abnormal = [one.service for one in state.signals.services if one.health is not Health.NORMAL]
    suspected = [one.service for one in state.signals.suspects if not one.ruled_out_because]
    return tuple(dict.fromkeys((*abnormal, *suspected)))


def topology_of(
    organisation: OrganisationState,
    before: Topology | None = None,
    abnormal: Iterable[str] = (),
    pinned: Iterable[str] = (),
    *,
    size: FocusSize | None = None,
) -> Topology:
    """The topology as the log says; `before` itself when nothing changed that the map shows.

    `abnormal` are services in trouble, shown with their neighbours, `pinned` those people want
    to see; what was in the focus of `before` stays there.  When over a quarter of the services
    or half of the dependencies are new, the map is laid out afresh, to fill `size`.  Takes up to a
    second for 20,000 services: call it on the worker thread.
    """
    size = size or (before.size if before is not None else FocusSize())
    catalog, graph = _estate(organisation, before)
    names = {alias: one.id for one in reversed(graph.services) for alias in one.aliases}
    trouble, asked = _numbers(graph, names, abnormal), _numbers(graph, names, pinned)
    is_remembered = before is not None and _is_same_estate(before.graph, graph)
    memory = before if is_remembered else None
    shown = _in_focus(graph, trouble, asked, () if memory is None else memory.in_focus)
    if memory is not None and memory.graph is graph and memory.in_focus == shown:
        is_same = memory.organisation is organisation
        return memory if is_same else replace(memory, organisation=organisation)
    focus, places = _focus(graph, shown, memory, size)
    overview, overview_places = _overview(graph, memory)
    return Topology(
        graph=graph,
        catalog=catalog,
        organisation=organisation,
        focus=focus,
        places=places,
        overview=overview,
        overview_places=overview_places,
        size=size,
        revision=1 if before is None else before.revision + 1,
        names=names,
    )


def laid_out_afresh(topology: Topology, size: FocusSize | None = None) -> Topology:
    """The same services in the focus, in new places: somebody asked for a tidy map."""
    size = size or topology.size
    part = topology.graph.subgraph(topology.in_focus)
    focus = lay_out_focus(part, size, by_team=is_crowd(part))
    return replace(
        topology,
        focus=focus,
        places=pin_focus(focus, part, gap=size.gap),
        size=size,
        revision=topology.revision + 1,
    )


def with_layout(topology: Topology, focus: FocusLayout) -> Topology:
    """The topology with an earlier layout of the same services: a relayout was undone."""
    part = topology.graph.subgraph(focus.service_ids)
    return replace(
        topology,
        focus=focus,
        places=pin_focus(focus, part, gap=topology.size.gap),
        revision=topology.revision + 1,
    )


def _estate(
    organisation: OrganisationState, before: Topology | None
) -> tuple[Catalog, ServiceGraph]:
    """The catalogue and its graph; those of `before` when the log says nothing else."""
    if before is None:
        catalog = catalog_of(organisation)
        return catalog, ServiceGraph.of_catalog(catalog)
    was = before.organisation
    pairs = (
        (was.services, organisation.services),
        (was.dependencies, organisation.dependencies),
        (was.teams, organisation.teams),
        (was.people, organisation.people),
    )
    if all(old is new or old == new for old, new in pairs):
        return before.catalog, before.graph
    catalog = catalog_of(organisation)
    if catalog == before.catalog:
        return before.catalog, before.graph
    return catalog, ServiceGraph.of_catalog(catalog)


def _numbers(graph: ServiceGraph, names: Mapping[str, str], services: Iterable[str]) -> list[int]:
    """The numbers of services by id or alias; what nobody knows is left out."""
    ids = (one if one in graph.index else names.get(one, "") for one in services)
    return [graph.index[one] for one in ids if one]


def _is_same_estate(before: ServiceGraph, now: ServiceGraph) -> bool:
    """Whether enough was there before that its places are worth keeping.

    A catalogue arrives in parts: places found before most dependencies were known are no facts.
    """
    if before is now:
        return bool(len(now))
    new = sum(one.id not in before.index for one in now.services)
    calls = set(_pairs_of(before))
    news = sum(pair not in calls for pair in _pairs_of(now))
    few_services = new <= _SHARE_OF_NEWS * len(now)
    few_calls = news <= _SHARE_OF_NEW_CALLS * len(now.dependencies)
    return bool(len(before)) and few_services and few_calls


def _in_focus(
    graph: ServiceGraph, trouble: list[int], asked: list[int], shown_before: tuple[str, ...]
) -> tuple[str, ...]:
    """All services when they fit a glance; else trouble, what was shown, then neighbours."""
    if len(graph) <= GLANCE:
        return tuple(one.id for one in graph.services)
    stayed = [graph.index[one] for one in shown_before if one in graph.index]
    chosen = list(dict.fromkeys((*trouble, *asked, *stayed)))[:MOST_EVER_IN_FOCUS]
    shown = np.zeros(len(graph), dtype=bool)
    shown[chosen] = True
    near = dict.fromkeys(
        neighbour
        for number in trouble
        for row in (graph.callers.of(number), graph.callees.of(number))
        for neighbour in row.tolist()
        if not shown[neighbour]
    )
    shown[list(near)[: max(0, MOST_IN_FOCUS - len(chosen))]] = True
    if not shown.any():
        shown[_most_important(graph)] = True
    return tuple(graph.services[number].id for number in np.flatnonzero(shown).tolist())


def is_crowd(graph: ServiceGraph) -> bool:
    """Whether there are so many services of several teams that containers help to read them."""
    return len(graph) > CROWD and len({one.team for one in graph.services if one.team}) > 1


def _most_important(graph: ServiceGraph) -> list[int]:
    """A calm day: the most important tiers, as many services as fit a glance."""
    tiers = [99 if one.tier is None else one.tier for one in graph.services]
    return sorted(range(len(graph)), key=lambda number: (tiers[number], number))[:GLANCE]


def _focus(
    graph: ServiceGraph, shown: tuple[str, ...], memory: Topology | None, size: FocusSize
) -> tuple[FocusLayout, Pinned]:
    part = graph if len(shown) == len(graph) else graph.subgraph(shown)
    stayed = memory is not None and any(one in memory.places.places for one in shown)
    if memory is None or not stayed:
        layout = lay_out_focus(part, size, by_team=is_crowd(part))
        return layout, pin_focus(layout, part, gap=size.gap)
    if memory.in_focus == shown and _pairs(memory.focus) == _pairs_of(part):
        return memory.focus, memory.places
    places = memory.places.follow(part)
    return route_pinned(part, places, memory.size, by_team=bool(memory.focus.teams)), places


def _pairs(layout: FocusLayout) -> list[tuple[str, str]]:
    return [(edge.caller, edge.callee) for edge in layout.edges]


def _pairs_of(graph: ServiceGraph) -> list[tuple[str, str]]:
    return [(one.caller, one.callee) for one in graph.dependencies]


def _overview(
    graph: ServiceGraph, memory: Topology | None
) -> tuple[Overview | None, Pinned | None]:
    if len(graph) <= GLANCE:
        return None, None
    if memory is None or memory.overview is None or memory.overview_places is None:
        overview = lay_out_overview(graph)
        return overview, pin_overview(overview)
    if memory.overview.service_ids == tuple(one.id for one in graph.services):
        return memory.overview, memory.overview_places
    places = memory.overview_places.follow(graph)
    return _moved_on(memory.overview, places, graph), places


def _moved_on(overview: Overview, places: Pinned, graph: ServiceGraph) -> Overview:
    """The overview with the services of now: who stayed keeps place and disc."""
    positions = np.array([places.places[one.id] for one in graph.services]).reshape(-1, 2)
    old = dict(zip(overview.service_ids, overview.disc_of.tolist(), strict=True))
    team_disc = {team: number for number, team in enumerate(overview.teams) if team}
    discs = []
    for service, position in zip(graph.services, positions, strict=True):
        disc = old.get(service.id, team_disc.get(service.team))
        if disc is None:
            apart = np.hypot(*(overview.disc_centres - position).T) - overview.disc_radii
            disc = int(apart.argmin())
        discs.append(disc)
    disc_of = np.array(discs, dtype=np.int64)
    reach = np.hypot(*(positions - overview.disc_centres[disc_of]).T) + overview.pitch * 0.6
    radii = overview.disc_radii.copy()
    np.maximum.at(radii, disc_of, reach)
    return replace(
        overview,
        service_ids=tuple(one.id for one in graph.services),
        positions=positions,
        disc_of=disc_of,
        disc_radii=radii,
    )
