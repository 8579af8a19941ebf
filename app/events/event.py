"""Events and records: a fact with its author, and its place in a log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.events.fact import Fact
from app.events.value import quickly_made

ORGANISATION_LOG = "organisation"
INCIDENT_LOG_PREFIX = "incident:"

PENDING = 0
"""The position of an event that no server has recorded yet; real positions start at 1."""


def incident_log(incident_id: str) -> str:
    """The name of the log that belongs to the incident with this id."""
    return f"{INCIDENT_LOG_PREFIX}{incident_id}"


def incident_id_of(log: str) -> str | None:
    """The incident a log belongs to, or None for the organisation's log."""
    if log.startswith(INCIDENT_LOG_PREFIX):
        return log.removeprefix(INCIDENT_LOG_PREFIX)
    return None


class Standing(StrEnum):
    """Whether a record takes effect: `accepted`, or `quarantined` (kept and shown, not folded)."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A fact somebody wants recorded, before it has an author's stamp.

    `occurred_at` (aware, UTC) is when it happened, if that is not now.  `made_at` is when its
    first character was typed, if somebody typed it.  `refs` are ids of earlier events.
    `event_id` is set when another fact of the same entry must refer to this one.
    """

    fact: Fact
    occurred_at: datetime | None = None
    made_at: datetime | None = None
    refs: tuple[str, ...] = ()
    event_id: str = ""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact as its author made it.  Its bytes never change after it is signed.

    `seen` is the last position of this log the author's view had applied, `epoch` the first
    eight characters of the log's epoch then; `n` is the console's own counter in this log:
    evidence, never a gate.  Times are aware UTC.
    """

    id: str
    log: str
    actor: str
    console: str
    n: int
    seen: int
    epoch: str
    made_at: datetime
    fact: Fact
    occurred_at: datetime | None = None
    refs: tuple[str, ...] = ()
    salt: str = ""

    @property
    def person_id(self) -> str | None:
        """The person who made this, or None for integrations and automations."""
        kind, _, name = self.actor.partition(":")
        return name if kind == "person" else None


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event and its place in the log.  Only `position` orders events, never a clock.

    `received_at` is server time and never goes back within a log.  `skew` is how far the
    author's clock was ahead of the server's.  A pending event (not recorded yet) has position
    `PENDING` and its author's own time.
    """

    position: int
    received_at: datetime
    event: Event
    standing: Standing = Standing.ACCEPTED
    why: str | None = None
    skew: timedelta = timedelta()

    @property
    def is_pending(self) -> bool:
        """Whether no server has recorded this yet."""
        return self.position == PENDING

    @property
    def happened_at(self) -> datetime:
        """When this happened, in server time: as the author says, else when it was made."""
        if self.event.occurred_at is not None:
            return self.event.occurred_at
        return self.event.made_at - self.skew


def pending(event: Event) -> Recorded:
    """`event` as it looks before any server has recorded it."""
    return Recorded(position=PENDING, received_at=event.made_at, event=event)


def is_concurrent(later: Recorded, position: int, console: str) -> bool:
    """Whether `later` was made without knowledge of the record at `position` by `console`.

    `later` must follow that record in its log.  A pending record that `later` follows in the
    same outbox has position `PENDING` and is never concurrent with it.
    """
    return position != PENDING and position > later.event.seen and console != later.event.console
