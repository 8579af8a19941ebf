"""Organisations for tests: the demo shop as the organisation's log says it, and any estate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from app.graph.service_graph import ServiceGraph
from app.organisation.kinds import (
    DependencyRecorded,
    PersonRecorded,
    ServiceRecorded,
    TeamRecorded,
)
from app.organisation.state import OrganisationState
from tests.graph.estates import shop


def recorded(graph: ServiceGraph) -> OrganisationState:
    """The organisation whose catalogue is `graph`; each team has somebody on call."""
    services = [
        ServiceRecorded(
            service=one.id,
            name=one.name,
            service_kind=one.kind.value,
            tier=one.tier,
            column=one.column.value if one.column else "",
            team=one.team,
            fault_domain=one.fault_domain,
            slo=one.slo,
            runbooks=one.runbooks,
            users=one.users,
            money_per_minute=one.money.amount if one.money else None,
            currency=one.money.currency if one.money else "",
            aliases=one.aliases,
        )
        for one in graph.services
    ]
    teams = sorted({one.team for one in graph.services if one.team})
    return OrganisationState(
        position=1,
        people=MappingProxyType(
            {f"oncall-{team}": PersonRecorded(person=f"oncall-{team}", name=f"{team} person")
             for team in teams}
        ),
        teams=MappingProxyType(
            {team: TeamRecorded(team=team, name=team, on_call=f"oncall-{team}") for team in teams}
        ),
        services=MappingProxyType({one.service: one for one in services}),
        dependencies=MappingProxyType(
            {
                (one.caller, one.callee): DependencyRecorded(
                    caller=one.caller, callee=one.callee, criticality=one.criticality.value
                )
                for one in graph.dependencies
            }
        ),
    )  # fmt: skip


def shop_organisation() -> OrganisationState:
    """The demo shop."""
    return recorded(shop())


def with_services(
    organisation: OrganisationState,
    services: Iterable[ServiceRecorded],
    dependencies: Iterable[DependencyRecorded] = (),
) -> OrganisationState:
    """The organisation after these were recorded too."""
    more = {(one.caller, one.callee): one for one in dependencies}
    return replace(
        organisation,
        services=MappingProxyType(
            {**organisation.services, **{one.service: one for one in services}}
        ),
        dependencies=MappingProxyType({**organisation.dependencies, **more}),
    )


def without_service(organisation: OrganisationState, service: str) -> OrganisationState:
    """The organisation after a service was retired."""
    return replace(
        organisation,
        services=MappingProxyType(
            {one: fact for one, fact in organisation.services.items() if one != service}
        ),
        dependencies=MappingProxyType(
            {pair: fact for pair, fact in organisation.dependencies.items() if service not in pair}
        ),
    )
