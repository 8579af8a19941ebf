"""How deliveries are understood: one `IntakeFormat` per kind of sender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.events.event import Draft
from app.incident.state import IncidentState
from app.organisation.kinds import SourceRegistered
from app.organisation.state import OrganisationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known when a delivery is read.

    `incident` is the state it will be added to, with everything delivered before; `source` is
    who sent it; `received_at` is when it came, aware UTC.
    """

    source: SourceRegistered
    incident: IncidentState
    organisation: OrganisationState
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFormat:
    """One format of deliveries, by the `name` in its address.

    `check(content, source)` raises `InvalidInput` when the content cannot be read at all: the sender
    is told.  `drafts(content, surroundings)` says what is new in it, in order; it must find
    nothing in a delivery whose facts are in the state already, because deliveries come twice.
    Both are pure.
    """

    name: str
    check: Callable[[bytes, SourceRegistered], object]
    drafts: Callable[[bytes, Surroundings], Sequence[Draft]]
