"""The organisation as one frozen value: people, teams, services, sources, consoles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from app.events.event import Event, Recorded, Standing, pending
from app.events.fact import UnreadableFact
from app.organisation.kinds import (
    ConsoleRegistered,
    ConsoleRevoked,
    DependencyRecorded,
    DependencyRemoved,
    PersonRecorded,
    ServiceRecorded,
    ServiceRetired,
    SourceRegistered,
    SourceRevoked,
    TeamRecorded,
)

V = TypeVar("V")


def _nothing() -> Mapping[str, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """Everything the organisation's log says, up to `position` (0 before anything).

    Mappings are keyed by id and keep the order in which ids first appeared; `dependencies` is
    keyed by (caller, callee).  The facts themselves are the values: the last one said holds.
    """

    position: int = 0
    people: Mapping[str, PersonRecorded] = field(default_factory=_nothing)
    teams: Mapping[str, TeamRecorded] = field(default_factory=_nothing)
    services: Mapping[str, ServiceRecorded] = field(default_factory=_nothing)
    dependencies: Mapping[tuple[str, str], DependencyRecorded] = field(
        default_factory=lambda: MappingProxyType({})
    )
    sources: Mapping[str, SourceRegistered] = field(default_factory=_nothing)
    consoles: Mapping[str, ConsoleRegistered] = field(default_factory=_nothing)
    revoked_consoles: Mapping[str, int] = field(default_factory=_nothing)
    unreadable: int = 0

    def name_of(self, person: str) -> str:
        """A person's name, or their id while nobody recorded one."""
        known = self.people.get(person)
        return person if known is None else known.name

    def on_call_for(self, service: str) -> PersonRecorded | None:
        """Who is on call for a service: named on it, else for its team."""
        recorded = self.services.get(service)
        if recorded is None:
            return None
        team = self.teams.get(recorded.team)
        person = recorded.on_call or ("" if team is None else team.on_call)
        return self.people.get(person)

    def owner_of(self, service: str) -> str:
        """The name of the team that owns a service; empty when nobody does."""
        recorded = self.services.get(service)
        if recorded is None:
            return ""
        team = self.teams.get(recorded.team)
        return recorded.team if team is None else team.name


EMPTY_ORGANISATION = OrganisationState()


def replay_organisation(
    log: Sequence[Recorded], start: OrganisationState = EMPTY_ORGANISATION
) -> OrganisationState:
    """The organisation after `log` (records in position order), continuing from `start`."""
    if not log:
        return start
    return _project(start, log, log[-1].position)


def foresee_organisation(state: OrganisationState, outbox: Sequence[Event]) -> OrganisationState:
    """The organisation once the server has recorded everything in `outbox`."""
    if not outbox:
        return state
    return _project(state, [pending(event) for event in outbox], state.position)


class _Draft:
    """The mappings while a batch is folded into them."""

    def __init__(self, state: OrganisationState) -> None:
        self.people = dict(state.people)
        self.teams = dict(state.teams)
        self.services = dict(state.services)
        self.dependencies = dict(state.dependencies)
        self.sources = dict(state.sources)
        self.consoles = dict(state.consoles)
        self.revoked_consoles = dict(state.revoked_consoles)

    def fold(self, recorded: Recorded) -> None:
        """Take in one record."""
        match recorded.event.fact:
            case PersonRecorded() as person:
                self.people[person.person] = person
            case TeamRecorded() as team:
                self.teams[team.team] = team
            case ServiceRecorded() as service:
                self.services[service.service] = service
            case ServiceRetired(service=service_id):
                self._retire(service_id)
            case DependencyRecorded() as dependency:
                self.dependencies[dependency.caller, dependency.callee] = dependency
            case DependencyRemoved(caller=caller, callee=callee):
                self.dependencies.pop((caller, callee), None)
            case _:
                self._fold_access(recorded)

    def _fold_access(self, recorded: Recorded) -> None:
        match recorded.event.fact:
            case SourceRegistered() as source:
                self.sources[source.source] = source
            case SourceRevoked(source=source_id):
                self.sources.pop(source_id, None)
            case ConsoleRegistered() as console:
                self.consoles[console.console] = console
            case ConsoleRevoked(console=console_id):
                self.revoked_consoles[console_id] = recorded.position
            case _:
                pass

    def _retire(self, service: str) -> None:
        self.services.pop(service, None)
        touching = [pair for pair in self.dependencies if service in pair]
        for pair in touching:
            del self.dependencies[pair]


def _project(
    state: OrganisationState, news: Sequence[Recorded], position: int
) -> OrganisationState:
    draft = _Draft(state)
    for recorded in news:
        if recorded.standing is Standing.ACCEPTED:
            draft.fold(recorded)
    unreadable = sum(isinstance(one.event.fact, UnreadableFact) for one in news)
    return OrganisationState(
        position=position,
        people=MappingProxyType(draft.people),
        teams=MappingProxyType(draft.teams),
        services=MappingProxyType(draft.services),
        dependencies=MappingProxyType(draft.dependencies),
        sources=MappingProxyType(draft.sources),
        consoles=MappingProxyType(draft.consoles),
        revoked_consoles=MappingProxyType(draft.revoked_consoles),
        unreadable=state.unreadable + unreadable,
    )
