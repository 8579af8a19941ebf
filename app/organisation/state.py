"""The organisation as one frozen value: people, teams, services, sources, consoles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from app.events.event import Event, Recorded, Standing, pending
from app.events.fact import UnreadableFact
from app.events.sensitivity import Sensitivity
from app.organisation.kinds import (
    ClearanceSet,
    ConsoleRegistered,
    ConsoleRevoked,
    DependencyRecorded,
    DependencyRemoved,
    DisagreementSettled,
    GateAsked,
    PersonRecorded,
    ServiceRecorded,
    ServiceRetired,
    SourceDescribed,
    SourceRegistered,
    SourceRevoked,
    TeamRecorded,
)
from app.organisation.words import (
    Description,
    Settlement,
    Subject,
    dependency_as_said,
    description_after,
    in_order,
    service_as_said,
    subject_of,
)

V = TypeVar("V")

_OF_A_CATALOGUE = (
    ServiceRecorded,
    ServiceRetired,
    DependencyRecorded,
    DependencyRemoved,
    SourceDescribed,
)


def _nothing() -> Mapping[str, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """Everything the organisation's log says, up to `position` (0 before anything).

    Mappings are keyed by id and keep the order in which ids first appeared; `dependencies` is
    keyed by (caller, callee).  The facts themselves are the values: the last one said holds.
    `described` holds what each source says of what several speak of, `settlements` by fact whose
    word counts, `recorded_at` when each service was last recorded (aware UTC).  `catalogue_at` is
    when the server last recorded anything a catalogue says; None before that.  `gate_asked_at` is
    when the server last recorded that a pipeline asked its gate; None if none ever did.
    """

    position: int = 0
    people: Mapping[str, PersonRecorded] = field(default_factory=_nothing)
    teams: Mapping[str, TeamRecorded] = field(default_factory=_nothing)
    services: Mapping[str, ServiceRecorded] = field(default_factory=_nothing)
    dependencies: Mapping[tuple[str, str], DependencyRecorded] = field(
        default_factory=lambda: MappingProxyType({})
    )
    described: Mapping[Subject, Mapping[str, Description]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    settlements: Mapping[Subject, Mapping[str, Settlement]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    recorded_at: Mapping[str, datetime] = field(default_factory=_nothing)
    catalogue_at: datetime | None = None
    sources: Mapping[str, SourceRegistered] = field(default_factory=_nothing)
    consoles: Mapping[str, ConsoleRegistered] = field(default_factory=_nothing)
    revoked_consoles: Mapping[str, int] = field(default_factory=_nothing)
    gate_asked_at: datetime | None = None
    clearances: Mapping[str, Sensitivity] = field(default_factory=_nothing)
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
        self.described = dict(state.described)
        self.settlements = dict(state.settlements)
        self.recorded_at = dict(state.recorded_at)
        self.catalogue_at = state.catalogue_at
        self.sources = dict(state.sources)
        self.consoles = dict(state.consoles)
        self.revoked_consoles = dict(state.revoked_consoles)
        self.gate_asked_at = state.gate_asked_at
        self.clearances = dict(state.clearances)

    def fold(self, recorded: Recorded) -> None:
        """Take in one record."""
        if isinstance(recorded.event.fact, _OF_A_CATALOGUE):
            self.catalogue_at = recorded.received_at
        match recorded.event.fact:
            case PersonRecorded() as person:
                self.people[person.person] = person
            case TeamRecorded() as team:
                self.teams[team.team] = team
            case ServiceRecorded() as service:
                self.services[service.service] = service
                self.recorded_at[service.service] = _moment(recorded)
                self._keep_words((service.service, ""), service.sources)
            case ServiceRetired(service=service_id):
                self._retire(service_id)
            case DependencyRecorded() as dependency:
                pair = (dependency.caller, dependency.callee)
                self.dependencies[pair] = dependency
                self._keep_words(pair, dependency.sources)
            case DependencyRemoved(caller=caller, callee=callee):
                self.dependencies.pop((caller, callee), None)
                self._keep_words((caller, callee), ())
            case SourceDescribed() as described:
                self._describe(described, _moment(recorded))
            case DisagreementSettled() as settled:
                self._settle(settled, recorded)
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
            case GateAsked() if recorded.event.person_id is None:
                self.gate_asked_at = recorded.received_at
            case ClearanceSet(person=person, clearance=clearance):
                self.clearances[person] = clearance
            case ConsoleRevoked(console=console_id):
                self.revoked_consoles[console_id] = recorded.position
            case _:
                pass

    def _retire(self, service: str) -> None:
        self.services.pop(service, None)
        self.recorded_at.pop(service, None)
        self._keep_words((service, ""), ())
        touching = [pair for pair in self.dependencies if service in pair]
        for pair in touching:
            del self.dependencies[pair]
            self._keep_words(pair, ())

    def _keep_words(self, subject: Subject, sources: Sequence[str]) -> None:
        """Forget what sources said that no longer speak of it; one alone says what is recorded."""
        known = self.described.get(subject)
        if known is None:
            return
        kept = {one: said for one, said in known.items() if one in sources}
        if kept and len(sources) > 1:
            self.described[subject] = kept
        else:
            del self.described[subject]

    def _describe(self, fact: SourceDescribed, at: datetime) -> None:
        subject = subject_of(fact)
        words = dict(self.described.get(subject, {}))
        if fact.facts:
            words[fact.source] = description_after(words.get(fact.source), fact.facts, at)
        else:
            words.pop(fact.source, None)
        self.described[subject] = words

    def _settle(self, fact: DisagreementSettled, recorded: Recorded) -> None:
        """From now on the chosen word holds, without waiting for its source to be read again."""
        subject = subject_of(fact)
        by = recorded.event.actor.partition(":")[2]
        settlement = Settlement(said=fact, by=by, at=_moment(recorded))
        settled = {**self.settlements.get(subject, {}), fact.fact: settlement}
        self.settlements[subject] = settled
        said = {one: known.facts for one, known in self.described.get(subject, {}).items()}
        service, dependency = self.services.get(subject[0]), self.dependencies.get(subject)
        if said and dependency is not None:
            words = in_order(said, dependency.sources)
            self.dependencies[subject] = dependency_as_said(dependency, words, settled)
        elif said and service is not None and not fact.callee:
            words = in_order(said, service.sources)
            self.services[subject[0]] = service_as_said(service, words, settled)


def _moment(recorded: Recorded) -> datetime:
    """When a word was said, as far as its author knows."""
    return recorded.event.occurred_at or recorded.event.made_at


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
        described=MappingProxyType(draft.described),
        settlements=MappingProxyType(draft.settlements),
        recorded_at=MappingProxyType(draft.recorded_at),
        catalogue_at=draft.catalogue_at,
        sources=MappingProxyType(draft.sources),
        consoles=MappingProxyType(draft.consoles),
        revoked_consoles=MappingProxyType(draft.revoked_consoles),
        gate_asked_at=draft.gate_asked_at,
        clearances=MappingProxyType(draft.clearances),
        unreadable=state.unreadable + unreadable,
    )
