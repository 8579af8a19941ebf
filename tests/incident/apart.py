"""A log that several consoles write, each knowing what it has fetched: people who are apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.commands.desk import Act, Desk
from app.events.event import Event, Recorded, Standing, incident_log
from app.events.fact import Fact
from app.incident.replay import foresee, replay
from app.incident.state import IncidentState
from app.organisation.state import EMPTY_ORGANISATION

LOG = incident_log("0190f3e2-0000-7000-8000-000000002417")
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@dataclass
class Room:
    """An incident and the people in it; each person has a console of their own.

    A console that is apart knows what was in the log when it left; one that is not knows
    everything.  Events of a console that is apart are recorded when it comes back.
    """

    log: list[Recorded] = field(default_factory=list)
    _left_at: dict[str, int] = field(default_factory=dict)
    _outbox: dict[str, list[Event]] = field(default_factory=dict)
    _count: int = 0

    def leave(self, *people: str) -> None:
        """The line to these people's consoles drops."""
        for person in people:
            self._left_at[person] = len(self.log)

    def come_back(self, *people: str) -> None:
        """The line holds again: what they wrote is recorded now, in the order given."""
        for person in people:
            del self._left_at[person]
            for event in self._outbox.pop(person, []):
                self._record(event, Standing.ACCEPTED)

    def write(
        self,
        person: str,
        fact: Fact,
        *,
        epoch: str = "e0000001",
        seen: int | None = None,
        standing: Standing = Standing.ACCEPTED,
        event_id: str = "",
    ) -> str:
        """`person` logs a fact at their console; the event's id."""
        self._count += 1
        knows = self._left_at.get(person, len(self.log)) if seen is None else seen
        event = Event(
            id=event_id or f"event-{self._count}",
            log=LOG,
            actor=person if ":" in person else f"person:{person}",
            console=f"console of {person}",
            n=self._count,
            seen=knows,
            epoch=epoch,
            made_at=NOON + timedelta(minutes=self._count),
            fact=fact,
        )
        if person in self._left_at:
            self._outbox.setdefault(person, []).append(event)
        else:
            self._record(event, standing)
        return event.id

    def act(self, person: str, act: Act) -> None:
        """`person` logs what a command came to."""
        assert act.drafts, act.hint
        for draft in act.drafts:
            self.write(person, draft.fact, event_id=draft.event_id)

    def _record(self, event: Event, standing: Standing) -> None:
        moment = NOON + timedelta(hours=1, minutes=len(self.log))
        self.log.append(
            Recorded(
                position=len(self.log) + 1, received_at=moment, event=event, standing=standing
            )
        )

    @property
    def state(self) -> IncidentState:
        """What everybody sees who has fetched the whole log."""
        return replay(self.log)

    def view_of(self, person: str) -> IncidentState:
        """What `person` sees: what was fetched, and then what waits at their console."""
        known = self.log[: self._left_at.get(person, len(self.log))]
        return foresee(replay(known), self._outbox.get(person, []))

    def desk(self, person: str) -> Desk:
        """Where `person` acts from, knowing everything."""
        return Desk(
            person=person,
            state=self.state,
            organisation=EMPTY_ORGANISATION,
            now=NOON + timedelta(hours=3),
            new_id=lambda: f"made-{self._count}",
        )
