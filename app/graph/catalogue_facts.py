"""The facts that make the organisation say what a catalogue says: only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

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

_UNSAID = (None, "", ())
_NOT_SAID_BY_SOURCES = {"service", "name", "sources"}


def catalogue_facts(
    catalog: Catalog, organisation: OrganisationState, source: str, *, is_complete: bool = True
) -> list[Draft]:
    """The facts that make the organisation say what `catalog`, read from `source`, says.

    The same catalogue again gives nothing.  What this source said before and no longer says is
    removed, unless another source says it too; with `is_complete` False the catalogue is only
    part of what the source knows, and nothing is removed.  Of a service that several sources
    describe, the one that described it first is trusted; the others fill in what it leaves out.
    """
    return [Draft(fact=fact) for fact in _facts(catalog, organisation, source, is_complete)]


def _facts(
    catalog: Catalog, organisation: OrganisationState, source: str, is_complete: bool
) -> Iterable[Fact]:
    teams = _teams(catalog, organisation)
    yield from (team for team in teams.values() if team.team not in organisation.teams)
    people = {one.name: one.person for one in organisation.people.values()}
    said = {
        service.id: _settled(_service(service, teams, people), organisation, source)
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
    if is_complete:
        yield from _gone(said, links, organisation, source)


def _gone(
    said: Mapping[str, ServiceRecorded],
    links: Mapping[tuple[str, str], DependencyRecorded],
    organisation: OrganisationState,
    source: str,
) -> Iterable[Fact]:
    """What this source no longer says: removed, or left to the other sources that say it."""
    for (caller, callee), dependency in organisation.dependencies.items():
        if (caller, callee) not in links and source in dependency.sources:
            others = tuple(one for one in dependency.sources if one != source)
            if others:
                yield replace(dependency, sources=others)
            else:
                yield DependencyRemoved(caller=caller, callee=callee)
    for service_id, service in organisation.services.items():
        if service_id not in said and source in service.sources:
            others = tuple(one for one in service.sources if one != source)
            if others:
                yield replace(service, sources=others)
            else:
                yield ServiceRetired(service=service_id)


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


def _settled(
    said: ServiceRecorded, organisation: OrganisationState, source: str
) -> ServiceRecorded:
    """What holds of a service once `source` has said this of it."""
    before = organisation.services.get(said.service)
    if before is None:
        return replace(said, sources=(source,))
    sources = _with(before.sources, source)
    if sources == (source,):
        return replace(said, sources=sources)
    is_trusted = sources[0] == source
    first, second = (said, before) if is_trusted else (before, said)
    return replace(first, sources=sources, **_filled_in(first, second))


def _filled_in(first: ServiceRecorded, second: ServiceRecorded) -> dict[str, Any]:
    """What `second` says and `first` leaves out.  A plain service is what is assumed of any."""
    changes = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if field.name not in _NOT_SAID_BY_SOURCES and getattr(first, field.name) in _UNSAID
    }
    if first.service_kind == "service":
        changes["service_kind"] = second.service_kind
    return changes


def _service(
    service: Service, teams: Mapping[str, TeamRecorded], people: Mapping[str, str]
) -> ServiceRecorded:
    bought, money = service.third_party, service.money
    deprecated = None if bought is None else bought.deprecated_at
    sunset = None if bought is None else bought.sunset_at
    team = teams.get(service.team)
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
        deprecated_on="" if deprecated is None else deprecated.isoformat(),
        sunset_on="" if sunset is None else sunset.isoformat(),
        aliases=service.aliases,
    )


def _dependency(
    dependency: Dependency, organisation: OrganisationState, source: str
) -> DependencyRecorded:
    """What holds of a dependency; who said it first also says how critical it is."""
    before = organisation.dependencies.get((dependency.caller, dependency.callee))
    sources = _with(() if before is None else before.sources, source)
    criticality = dependency.criticality.value
    if before is not None and sources[0] != source:
        criticality = before.criticality
    return DependencyRecorded(
        caller=dependency.caller,
        callee=dependency.callee,
        criticality=criticality,
        sources=sources,
    )


def _with(sources: tuple[str, ...], source: str) -> tuple[str, ...]:
    return sources if source in sources else (*sources, source)
