"""The facts that make the organisation say what a catalogue says: only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from app.events.event import Draft
from app.graph.catalog import Catalog, Dependency, Service
from app.graph.merging import known_as
from app.organisation.disagreements import settlements_of, words_of
from app.organisation.kinds import (
    DependencyRecorded,
    DependencyRemoved,
    FactValue,
    ServiceRecorded,
    ServiceRetired,
    SourceDescribed,
    TeamRecorded,
)
from app.organisation.state import OrganisationState
from app.organisation.words import (
    Subject,
    Words,
    dependency_as_said,
    in_order,
    said_of_dependency,
    said_of_service,
    service_as_said,
)

_BY_HAND = ""
"""The source of what a person recorded without naming one."""


def catalogue_facts(
    catalog: Catalog, organisation: OrganisationState, source: str, *, is_complete: bool = True
) -> list[Draft]:
    """The facts that make the organisation say what `catalog`, read from `source`, says.

    The same catalogue again gives nothing.  What this source said before and no longer says is
    removed, unless another source says it too; with `is_complete` False the catalogue is only
    part of what the source knows, and nothing is removed.  Of a service that several sources
    describe, the one that described it first is trusted, unless somebody settled it otherwise;
    the others fill in what it leaves out.  What each of them says is recorded besides.  Services
    are the same when an id or alias of one equals, whatever the case, an id or alias of exactly
    one that is known.
    """
    return list(_drafts(known_as(catalog, organisation), organisation, source, is_complete))


def _drafts(
    catalog: Catalog, organisation: OrganisationState, source: str, is_complete: bool
) -> Iterable[Draft]:
    teams = _teams(catalog, organisation)
    yield from (Draft(fact=team) for team in teams.values() if team.team not in organisation.teams)
    people = {one.name: one.person for one in organisation.people.values()}
    said = [_service(service, teams, people) for service in catalog.services]
    for service in said:
        yield from _hear_service(service, organisation, source)
    for dependency in catalog.dependencies:
        yield from _hear_dependency(dependency, organisation, source)
    if is_complete:
        services = {one.service for one in said}
        links = {(one.caller, one.callee) for one in catalog.dependencies}
        yield from _gone(services, links, organisation, source)


def _hear_service(
    said: ServiceRecorded, organisation: OrganisationState, source: str
) -> Iterable[Draft]:
    """What is recorded when `source` says this of a service: whose word it is, and what holds."""
    before = organisation.services.get(said.service)
    sources = _with(() if before is None else before.sources or (_BY_HAND,), source)
    if before is None or sources == (source,):
        if before != (recorded := replace(said, sources=(source,))):
            yield Draft(fact=recorded)
        return
    subject = (said.service, "")
    words = _heard(organisation, subject, source, said_of_service(said), sources)
    yield from _descriptions(organisation, subject, words, sources)
    is_named = before.name != before.service
    named = replace(
        before,
        name=said.name if sources[0] == source or not is_named else before.name,
        aliases=tuple(dict.fromkeys((*before.aliases, *said.aliases))),
        sources=sources,
    )
    held = service_as_said(named, words, settlements_of(organisation, subject))
    if held != before:
        yield Draft(fact=held)


def _hear_dependency(
    said: Dependency, organisation: OrganisationState, source: str
) -> Iterable[Draft]:
    subject = (said.caller, said.callee)
    before = organisation.dependencies.get(subject)
    sources = _with(() if before is None else before.sources or (_BY_HAND,), source)
    recorded = DependencyRecorded(
        caller=said.caller,
        callee=said.callee,
        criticality=said.criticality.value,
        sources=sources,
        is_assumed=said.is_assumed,
    )
    if before is not None and sources != (source,):
        words = _heard(organisation, subject, source, said_of_dependency(recorded), sources)
        yield from _descriptions(organisation, subject, words, sources)
        recorded = dependency_as_said(recorded, words, settlements_of(organisation, subject))
    if recorded != before:
        yield Draft(fact=recorded)


def _heard(
    organisation: OrganisationState,
    subject: Subject,
    source: str,
    facts: Mapping[str, FactValue],
    sources: tuple[str, ...],
) -> Words:
    """The words of all sources once `source` has said `facts`."""
    words = {one: said for one, said in words_of(organisation, subject).items() if one != source}
    if facts:
        words[source] = facts
    return in_order(words, sources)


def _descriptions(
    organisation: OrganisationState, subject: Subject, words: Words, sources: tuple[str, ...]
) -> Iterable[Draft]:
    """What is new in the words; nothing while only the first source says anything."""
    described = organisation.described.get(subject, {})
    if not described and set(words) <= {sources[0]}:
        return
    for source in sources:
        facts, known = words.get(source, {}), described.get(source)
        if facts != ({} if known is None else known.facts):
            since = organisation.recorded_at.get(subject[0]) if not described else None
            is_older = bool(facts) and words_of(organisation, subject).get(source) == facts
            yield Draft(
                fact=SourceDescribed(
                    source=source, service=subject[0], callee=subject[1], facts=dict(facts)
                ),
                occurred_at=since if is_older else None,
            )


def _gone(
    services: AbstractSet[str],
    links: AbstractSet[tuple[str, str]],
    organisation: OrganisationState,
    source: str,
) -> Iterable[Draft]:
    """What this source no longer says: removed, or left to the other sources that say it."""
    for pair, dependency in organisation.dependencies.items():
        if pair not in links and source in dependency.sources:
            others = tuple(one for one in dependency.sources if one != source)
            if not others:
                yield Draft(fact=DependencyRemoved(caller=pair[0], callee=pair[1]))
                continue
            left = replace(dependency, sources=others)
            if pair in organisation.described:
                words = in_order(words_of(organisation, pair), others)
                left = dependency_as_said(left, words, settlements_of(organisation, pair))
            yield Draft(fact=left)
    for service_id, service in organisation.services.items():
        if service_id not in services and source in service.sources:
            others = tuple(one for one in service.sources if one != source)
            if not others:
                yield Draft(fact=ServiceRetired(service=service_id))
                continue
            subject = (service_id, "")
            still = replace(service, sources=others)
            if subject in organisation.described:
                words = in_order(words_of(organisation, subject), others)
                still = service_as_said(still, words, settlements_of(organisation, subject))
            yield Draft(fact=still)


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


def _with(sources: tuple[str, ...], source: str) -> tuple[str, ...]:
    return sources if source in sources else (*sources, source)
