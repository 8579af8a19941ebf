"""Bring the organisation's log in line with a catalogue: only what changed becomes a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.events.event import Draft
from app.events.fact import Fact
from app.graph.catalog import Catalog, Dependency, Service
from app.organisation.kinds import (
    DependencyRecorded,
    DependencyRemoved,
    ServiceRecorded,
    ServiceRetired,
    TeamRecorded,
)
from app.organisation.state import OrganisationState


def catalogue_drafts(
    catalog: Catalog, organisation: OrganisationState, *, source: str
) -> tuple[Draft, ...]:
    """The facts that make the organisation say what `catalog`, read from `source`, says.

    Importing the same catalogue again gives nothing.  What this source said before and no longer
    says is removed; what another source says as well, or said alone, stays.
    """
    return tuple(Draft(fact=fact) for fact in _facts(catalog, organisation, source))


def _facts(catalog: Catalog, organisation: OrganisationState, source: str) -> Iterable[Fact]:
    teams = _teams(catalog, organisation)
    yield from (team for team in teams.values() if team.team not in organisation.teams)
    people = {one.name: one.person for one in organisation.people.values()}
    said = {
        service.id: _service(service, organisation, teams, people, source)
        for service in catalog.services
    }
    for service_id, recorded in said.items():
        if organisation.services.get(service_id) != recorded:
            yield recorded
    links = {
        (one.caller, one.callee): _dependency(one, organisation, source)
        for one in catalog.dependencies
    }
    for pair, dependency in links.items():
        if organisation.dependencies.get(pair) != dependency:
            yield dependency
    yield from _gone(said, links, organisation, source)


def _gone(
    said: Mapping[str, ServiceRecorded],
    links: Mapping[tuple[str, str], DependencyRecorded],
    organisation: OrganisationState,
    source: str,
) -> Iterable[Fact]:
    """What this source no longer says: removed, or left to the other sources that say it."""
    for pair, dependency in organisation.dependencies.items():
        if pair not in links and source in dependency.sources:
            others = tuple(one for one in dependency.sources if one != source)
            caller, callee = pair
            yield (
                replace(dependency, sources=others)
                if others
                else DependencyRemoved(caller=caller, callee=callee)
            )
    for service_id, service in organisation.services.items():
        if service_id not in said and source in service.sources:
            others = tuple(one for one in service.sources if one != source)
            yield (
                replace(service, sources=others) if others else ServiceRetired(service=service_id)
            )


def _teams(catalog: Catalog, organisation: OrganisationState) -> dict[str, TeamRecorded]:
    """The owning teams by name as the catalogue writes it; known ones under the id they have."""
    by_name = {team.name.lower(): team for team in organisation.teams.values()}
    by_name |= {team.team.lower(): team for team in organisation.teams.values()}
    teams: dict[str, TeamRecorded] = {}
    for service in catalog.services:
        if service.team and service.team not in teams:
            known = by_name.get(service.team.lower())
            slug = service.team.lower().replace(" ", "-")
            teams[service.team] = known or TeamRecorded(team=slug, name=service.team)
    return teams


def _service(
    service: Service,
    organisation: OrganisationState,
    teams: Mapping[str, TeamRecorded],
    people: Mapping[str, str],
    source: str,
) -> ServiceRecorded:
    bought, money = service.third_party, service.money
    team = teams.get(service.team)
    before = organisation.services.get(service.id)
    return ServiceRecorded(
        service=service.id,
        name=service.name,
        service_kind=service.kind.value,
        tier=service.tier,
        column="" if service.column is None else service.column.value,
        team="" if team is None else team.team,
        environment=service.environment,
        fault_domain=service.fault_domain,
        on_call=people.get(service.on_call, service.on_call),
        slo=service.slo,
        runbooks=service.runbooks,
        users=service.users,
        money_per_minute=None if money is None else money.amount,
        currency="" if money is None else money.currency,
        version="" if bought is None else bought.version,
        deprecated_on="" if bought is None or bought.deprecated_at is None
        else bought.deprecated_at.isoformat(),
        sunset_on="" if bought is None or bought.sunset_at is None
        else bought.sunset_at.isoformat(),
        aliases=service.aliases,
        sources=_with(() if before is None else before.sources, source),
    )  # fmt: skip


def _dependency(
    dependency: Dependency, organisation: OrganisationState, source: str
) -> DependencyRecorded:
    before = organisation.dependencies.get((dependency.caller, dependency.callee))
    return DependencyRecorded(
        caller=dependency.caller,
        callee=dependency.callee,
        criticality=dependency.criticality.value,
        sources=_with(() if before is None else before.sources, source),
    )


def _with(sources: tuple[str, ...], source: str) -> tuple[str, ...]:
    return sources if source in sources else (*sources, source)
