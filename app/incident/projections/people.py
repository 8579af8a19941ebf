"""Who is in the war room, and what everybody who appears in the log is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.event import Recorded
from app.incident.kinds.roles import RoleAssigned
from app.incident.kinds.situation import ParticipantJoined, ParticipantLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who is or was in the war room."""

    person: str
    name: str
    joined_at: datetime
    on_bridge: bool = False
    left_at: datetime | None = None

    @property
    def is_present(self) -> bool:
        """Whether they have not left."""
        return self.left_at is None


def project_participants(
    known: tuple[Participant, ...], news: Sequence[Recorded]
) -> tuple[Participant, ...]:
    """The participants after `news`, in the order they first joined."""
    people = {participant.person: participant for participant in known}
    for recorded in news:
        match recorded.event.fact:
            case ParticipantJoined() as joined:
                people[joined.person] = Participant(
                    person=joined.person,
                    name=joined.name,
                    joined_at=recorded.happened_at,
                    on_bridge=joined.on_bridge,
                )
            case ParticipantLeft(person=person) if person in people:
                people[person] = replace(
                    people[person], on_bridge=False, left_at=recorded.happened_at
                )
            case RoleAssigned(person=person, name=name) if person not in people:
                people[person] = Participant(
                    person=person, name=name, joined_at=recorded.happened_at
                )
            case _:
                pass
    return tuple(people.values())


def name_of(participants: tuple[Participant, ...], actor: str) -> str:
    """How an actor or person id reads: a person's name, else the id's own last part."""
    name = actor.rpartition(":")[2]
    known = next((one.name for one in participants if one.person == name), "")
    return known or readable_name(actor)


def readable_name(actor: str) -> str:
    """How the id of an actor nobody has introduced reads."""
    kind, _, name = actor.rpartition(":")
    readable = name.replace("-", " ").replace("_", " ")
    return readable[:1].upper() + readable[1:] if kind != "person" else readable
