"""The names that can be typed in an incident: its people, their roles, the services."""

from __future__ import annotations

from app.capture.people import Person
from app.capture.vocabulary import Role, Service, Vocabulary
from app.incident.kinds.signals import Health
from app.incident.projections.roster import ROLE_TITLES, title_of
from app.incident.state import IncidentState
from app.organisation.state import OrganisationState

_SHORT_ROLES = {
    "ic": "incident_commander",
    "deputy": "deputy",
    "scribe": "scribe",
    "ops": "operations_lead",
    "comms": "communications_lead",
    "liaison": "customer_liaison",
    "planning": "planning_lead",
}


def vocabulary_of(
    state: IncidentState,
    organisation: OrganisationState,
    known: Vocabulary | None = None,
    *,
    author: str = "",
    is_offline: bool = False,
) -> Vocabulary:
    """Everything a line can mention now; `known` is the vocabulary before, whose index is kept.

    `author` is the id of who types: `@you` means them, also before any log knows them.  People
    who are only in the incident's log, guests, count as well.  When `is_offline`, nobody knows
    who is on the bridge now: people were on it.
    """
    failing = {one.service for one in state.signals.services if one.health is Health.FAILING}
    owners = {
        person.person
        for service in failing
        if (person := organisation.on_call_for(service)) is not None
    }
    on_bridge = "was on bridge" if is_offline else "on bridge"
    people = _people(state, organisation, owners, on_bridge)
    if author and all(one.id != author for one in people):
        people.append(_author(author, state, organisation))
    return Vocabulary.of(
        people=people,
        roles=_roles(state, organisation),
        services=[
            Service(
                id=one.service,
                name=one.name,
                detail=organisation.owner_of(one.service),
                is_failing=one.service in failing,
            )
            for one in organisation.services.values()
        ],
        author=author,
        known=known,
    )


def _people(
    state: IncidentState, organisation: OrganisationState, owners: set[str], on_bridge: str
) -> list[Person]:
    """Everybody; `on_bridge` is said of who is on the bridge."""
    present = {one.person: one for one in state.participants if one.is_present}
    titles: dict[str, list[str]] = {}
    for seat in state.roster:
        for tenure in seat.holders:
            titles.setdefault(tenure.person, []).append(seat.title)
    people = []
    for one in organisation.people.values():
        if one.is_active:
            here = present.pop(one.person, None)
            people.append(
                Person(
                    id=one.person,
                    name=one.name,
                    handles=one.handles,
                    roles=tuple(titles.get(one.person, ())),
                    detail=one.team,
                    presence=on_bridge if here is not None and here.on_bridge else "",
                    is_on_bridge=here is not None and here.on_bridge,
                    owns_failing_service=one.person in owners,
                )
            )
    people += [
        Person(id=guest.person, name=guest.name, is_on_bridge=guest.on_bridge)
        for guest in present.values()
    ]
    return people


def _author(author: str, state: IncidentState, organisation: OrganisationState) -> Person:
    """Who types, where neither log counts them among those who can be mentioned."""
    known = organisation.people.get(author)
    return Person(id=author, name=state.name_of(author) if known is None else known.name)


def _roles(state: IncidentState, organisation: OrganisationState) -> list[Role]:
    roles = [
        Role(handle=handle, code=code, title=ROLE_TITLES[code])
        for handle, code in _SHORT_ROLES.items()
    ]
    roles += [
        Role(handle=seat.role.replace("_", "-"), code=seat.role, title=title_of(seat.role))
        for seat in state.roster
        if seat.role not in ROLE_TITLES
    ]
    roles += [
        Role(handle=team.name.lower().replace(" ", "-"), code=f"team_{team.team}", title=team.name)
        for team in organisation.teams.values()
    ]
    return roles


def has_same_names(before: IncidentState, now: IncidentState) -> bool:
    """Whether nothing changed that decides what can be mentioned, and in which order."""
    return (
        before.participants == now.participants
        and before.roster == now.roster
        and before.signals.services == now.signals.services
    )
