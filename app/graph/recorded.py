"""The catalogue and the graph that the organisation's log says."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from app.graph.catalog import (
    Catalog,
    Column,
    Criticality,
    Dependency,
    Kind,
    Money,
    Service,
    ThirdParty,
)
from app.graph.service_graph import ServiceGraph
from app.organisation.kinds import DependencyRecorded, ServiceRecorded
from app.organisation.state import OrganisationState

E = TypeVar("E", bound=StrEnum)


def catalog_of(organisation: OrganisationState) -> Catalog:
    """Services and dependencies as recorded; a dependency on an unknown service is left out."""
    known = organisation.services
    return Catalog(
        services=tuple(_service(one, organisation) for one in known.values()),
        dependencies=tuple(
            _dependency(one)
            for one in organisation.dependencies.values()
            if one.caller in known and one.callee in known
        ),
    )


def graph_of(organisation: OrganisationState) -> ServiceGraph:
    """The dependency graph as recorded."""
    return ServiceGraph.of_catalog(catalog_of(organisation))


def _service(recorded: ServiceRecorded, organisation: OrganisationState) -> Service:
    is_bought = bool(recorded.version or recorded.deprecated_on or recorded.sunset_on)
    on_call = organisation.on_call_for(recorded.service)
    return Service(
        id=recorded.service,
        name=recorded.name,
        kind=_named(Kind, recorded.service_kind) or Kind.SERVICE,
        tier=recorded.tier,
        column=_named(Column, recorded.column),
        team=organisation.owner_of(recorded.service),
        fault_domain=recorded.fault_domain,
        environment=recorded.environment,
        on_call=recorded.on_call if on_call is None else on_call.name,
        slo=recorded.slo,
        runbooks=recorded.runbooks,
        third_party=_third_party(recorded) if is_bought else None,
        users=recorded.users,
        money=None
        if recorded.money_per_minute is None
        else Money(amount=recorded.money_per_minute, currency=recorded.currency),
        aliases=recorded.aliases,
    )


def _third_party(recorded: ServiceRecorded) -> ThirdParty:
    return ThirdParty(
        version=recorded.version,
        deprecated_at=_date(recorded.deprecated_on),
        sunset_at=_date(recorded.sunset_on),
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None  # nobody said, or not as a date: then it is not known


def _dependency(recorded: DependencyRecorded) -> Dependency:
    return Dependency(
        caller=recorded.caller,
        callee=recorded.callee,
        criticality=_named(Criticality, recorded.criticality) or Criticality.HARD,
        sources=recorded.sources,
    )


def _named(kind: type[E], value: str) -> E | None:
    return kind(value) if value in list(kind) else None
