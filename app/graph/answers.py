"""What a commander asks of one service, and of the estate: owner, reach, weak points, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from app.graph.catalog import Kind, Money, Service, ThirdParty
from app.graph.impact import (
    Containment,
    CoverageGap,
    Direction,
    Reach,
    blast_radius,
    containment,
    coverage_gaps,
    unhealthy_upstream,
    what_is_hit,
)
from app.graph.service_graph import ServiceGraph
from app.graph.structure import cycles, single_points_of_failure
from app.graph.topology import Topology
from app.incident.kinds.signals import Health
from app.incident.projections.people import Participant
from app.incident.state import IncidentState
from app.organisation.disagreements import Disagreement, disagreements_about

WARNS_AHEAD = 90
"""Days before something bought is no longer supported from which to warn."""

_ILL = (Health.FAILING, Health.DEGRADED, Health.NO_DATA)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EstateShape:
    """What does not change with health: weak points, circles, gaps in the catalogue.

    `needed_by` maps single points of failure to how many services need each; `circles` maps a
    service to everything in the circle of dependencies it is in, itself included.  `warnings`
    are what was wrong with the catalogue, sentences.
    """

    graph: ServiceGraph
    needed_by: Mapping[str, int]
    circles: Mapping[str, tuple[str, ...]]
    gaps: tuple[CoverageGap, ...]
    warnings: tuple[str, ...]


def shape_of(topology: Topology, before: EstateShape | None = None) -> EstateShape:
    """The shape of the estate; `before` itself while the graph is the same.

    Takes about half a second for 20,000 services: call it on the worker thread.
    """
    if before is not None and before.graph is topology.graph:
        return before
    graph = topology.graph
    circles = {one: circle for circle in cycles(graph) for one in circle}
    return EstateShape(
        graph=graph,
        needed_by={one.service_id: one.needed_by for one in single_points_of_failure(graph)},
        circles=circles,
        gaps=coverage_gaps(graph),
        warnings=(*topology.catalog.warnings, *graph.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is on call for a service, and whether they are in the war room and on the bridge."""

    name: str
    is_here: bool = False
    is_on_bridge: bool = False


class Support(StrEnum):
    """How long something bought is still looked after."""

    SUPPORTED = "supported"
    DEPRECATES_SOON = "deprecates soon"
    DEPRECATED = "deprecated"
    ENDS_SOON = "support ends soon"
    ENDED = "support ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """The support of something bought on a given day; `days` until `on`, negative once past."""

    version: str
    support: Support
    on: date | None = None
    days: int | None = None

    @property
    def warns(self) -> bool:
        """Whether somebody should act on it."""
        return self.support is not Support.SUPPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswers:
    """Everything the inspector and the side sheet say of one service.

    `downstream` is what its failure can reach, `upstream` what can take it down; `users` an hour
    and `money` a minute are the largest figures of it and of what fails or degrades with it, None
    and empty where nobody knows: the same people use several services, so sums would be wrong.
    `callers` and `dependencies` count neighbours.  `needed_by` is None unless the service is a
    single point of failure.  `domain` tests whether what is abnormal now lies within the
    service's fault domain; None when nobody named one or nothing is abnormal.  `ill_upstream`
    maps what it depends on and is still unhealthy to the fewest hops.  `missing` names gaps:
    team, on_call, runbooks.
    `disagreements` are facts on which sources differ, of the service and then of its dependencies.
    """

    service: Service
    on_call: OnCall | None
    callers: int
    dependencies: int
    downstream: Reach
    upstream: Reach
    needed_by: int | None = None
    circle: tuple[str, ...] = ()
    domain: Containment | None = None
    missing: tuple[str, ...] = ()
    lifetime: Lifetime | None = None
    ill_upstream: Mapping[str, int] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    users: int | None = None
    money: tuple[Money, ...] = ()


def answers_for(
    service_id: str,
    topology: Topology,
    state: IncidentState,
    *,
    today: date,
    shape: EstateShape | None = None,
) -> ServiceAnswers | None:
    """The answers on `today` (UTC); None when the catalogue does not know the service.

    Without a `shape` weak points and circles are left out; everything else takes a few
    milliseconds for 20,000 services.
    """
    graph = topology.graph
    number = graph.number_of(service_id)
    if number is None:
        return None
    service = graph.services[number]
    ill = services_ill(topology, state)
    users, money = what_is_hit(graph, service_id)
    return ServiceAnswers(
        service=service,
        on_call=on_call_of(service, topology, state),
        callers=len(graph.callers.of(number)),
        dependencies=len(graph.callees.of(number)),
        downstream=blast_radius(graph, service_id),
        upstream=blast_radius(graph, service_id, Direction.UPSTREAM),
        needed_by=None if shape is None else shape.needed_by.get(service_id),
        circle=_others_in_circle(service_id, shape),
        domain=containment(graph, ill, service.fault_domain)
        if service.fault_domain and ill
        else None,
        missing=missing_of(service),
        lifetime=lifetime_of(service.third_party, today),
        ill_upstream=unhealthy_upstream(graph, [service_id], ill),
        disagreements=disagreements_about(topology.organisation, service_id),
        users=users,
        money=money,
    )


def _others_in_circle(service_id: str, shape: EstateShape | None) -> tuple[str, ...]:
    circle = () if shape is None else shape.circles.get(service_id, ())
    return tuple(one for one in circle if one != service_id)


def services_ill(topology: Topology, state: IncidentState) -> tuple[str, ...]:
    """The ids of services of the catalogue that fail, degrade or say nothing now, sorted."""
    ids = (topology.id_of(one.service) for one in state.signals.services if one.health in _ILL)
    return tuple(sorted({one for one in ids if one is not None}))


def on_call_of(service: Service, topology: Topology, state: IncidentState) -> OnCall | None:
    """Who is on call for a service; None when nobody is known to be."""
    if not service.on_call:
        return None
    person = topology.organisation.on_call_for(service.id)
    here = None if person is None else _participant(state, person.person)
    return OnCall(
        name=service.on_call,
        is_here=here is not None,
        is_on_bridge=here is not None and here.on_bridge,
    )


def _participant(state: IncidentState, person: str) -> Participant | None:
    return next(
        (one for one in state.participants if one.person == person and one.is_present), None
    )


def missing_of(service: Service) -> tuple[str, ...]:
    """What a service lacks for somebody to help at night; nothing is asked of externals."""
    if service.kind is Kind.EXTERNAL:
        return ()
    asked = {"team": service.team, "on_call": service.on_call, "runbooks": service.runbooks}
    return tuple(fact for fact, value in asked.items() if not value)


def lifetime_of(bought: ThirdParty | None, today: date) -> Lifetime | None:
    """How long something bought is supported; the nearer end of the two dates counts.

    None for what was not bought.  Warns `WARNS_AHEAD` days ahead.
    """
    if bought is None:
        return None
    ends, fades = bought.sunset_at, bought.deprecated_at
    if ends is not None and (ends - today).days <= WARNS_AHEAD:
        support = Support.ENDED if ends <= today else Support.ENDS_SOON
        return _lifetime(bought.version, support, ends, today)
    if fades is not None and (fades - today).days <= WARNS_AHEAD:
        support = Support.DEPRECATED if fades <= today else Support.DEPRECATES_SOON
        return _lifetime(bought.version, support, fades, today)
    known = [one for one in (fades, ends) if one is not None]
    return _lifetime(bought.version, Support.SUPPORTED, min(known, default=None), today)


def _lifetime(version: str, support: Support, on: date | None, today: date) -> Lifetime:
    days = None if on is None else (on - today).days
    return Lifetime(version=version, support=support, on=on, days=days)


class GapKind(StrEnum):
    """What sort of gap it is, in the order in which they are listed."""

    SILENT = "silent"
    UNMAPPED = "unmapped"
    MISSING = "missing"
    SUPPORT = "support"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is not known or not in order; `service` is empty when no service has it.

    `is_ill` says that the service is in trouble now: those come first within a kind.
    """

    kind: GapKind
    service: str
    name: str
    what: str
    is_ill: bool = False


def gaps_of(
    topology: Topology,
    state: IncidentState,
    *,
    today: date,
    shape: EstateShape,
    silent: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Gap, ...]:
    """Everything the commander cannot rely on: silent sources, unmapped services, missing owners.

    `silent` maps sources that stopped giving readings to the reason, which may be empty.  They
    come first, then services that monitoring speaks of and the catalogue does not know, then
    those in trouble without owner, on-call or runbook, then the others by tier.
    """
    ill = frozenset(services_ill(topology, state))
    gaps = [
        *_silent(silent),
        *_unmapped(topology, state),
        *_missing(topology, shape, ill),
        *_unsupported(topology, today, ill),
    ]
    gaps += [
        Gap(kind=GapKind.CATALOGUE, service="", name="Catalogue", what=one)
        for one in shape.warnings
    ]
    order = {kind: place for place, kind in enumerate(GapKind)}
    return tuple(sorted(gaps, key=lambda gap: (order[gap.kind], not gap.is_ill)))


def _silent(silent: Mapping[str, str]) -> list[Gap]:
    return [
        Gap(
            kind=GapKind.SILENT,
            service="",
            name=source,
            what=why or "gives no new readings",
            is_ill=True,
        )
        for source, why in sorted(silent.items())
    ]


def _unsupported(topology: Topology, today: date, ill: frozenset[str]) -> list[Gap]:
    return [
        Gap(
            kind=GapKind.SUPPORT,
            service=service.id,
            name=service.name,
            what=f"{lifetime.version} {lifetime.support}, {lifetime.on}".strip(),
            is_ill=service.id in ill,
        )
        for service in topology.graph.services
        if (lifetime := lifetime_of(service.third_party, today)) is not None and lifetime.warns
    ]


def _unmapped(topology: Topology, state: IncidentState) -> list[Gap]:
    names = [one.service for one in state.signals.services]
    names += [service for alert in state.signals.alerts for service in alert.services]
    return [
        Gap(
            kind=GapKind.UNMAPPED,
            service="",
            name=name,
            what="not in the catalogue: no owner, not on the map",
            is_ill=True,
        )
        for name in dict.fromkeys(names)
        if topology.id_of(name) is None
    ]


def _missing(topology: Topology, shape: EstateShape, ill: frozenset[str]) -> list[Gap]:
    graph = topology.graph
    return [
        Gap(
            kind=GapKind.MISSING,
            service=gap.service_id,
            name=graph.services[graph.index[gap.service_id]].name,
            what=missing_words(gap.missing),
            is_ill=gap.service_id in ill,
        )
        for gap in shape.gaps
        if gap.service_id in graph.index
    ]


_MISSING_WORDS = {"team": "no owner", "on_call": "nobody on call", "runbooks": "no runbook"}


def missing_words(missing: tuple[str, ...]) -> str:
    """ "no owner, nobody on call"."""
    return ", ".join(_MISSING_WORDS[one] for one in missing)
