"""Facts about what is told to whom and by when: updates and compliance clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.events.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCadenceSet(Fact):
    """Updates are due every `minutes`, the next at `next_due`."""

    kind: ClassVar[str] = "update.cadence_set@1"

    minutes: int
    next_due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDrafted(Fact):
    """A text for an audience ("Status page") was drafted; it replaces that audience's draft.

    An empty text takes that draft away.
    """

    kind: ClassVar[str] = "update.drafted@1"

    audience: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSent(Fact):
    """An update went out to the audiences; the timer restarts at the cadence."""

    kind: ClassVar[str] = "update.sent@1"

    audiences: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockArmed(Fact):
    """A deadline that may start: who owns it, its basis, how long it gives.

    `repeats` clocks start again when met; an armed clock does not run until started.
    """

    kind: ClassVar[str] = "clock.armed@1"

    clock: str
    name: str
    basis: str
    minutes: int
    owner_name: str = ""
    repeats: bool = False
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted(Fact):
    """A clock runs from `aware_at`, when somebody became aware of what it is about."""

    kind: ClassVar[str] = "clock.started@1"

    clock: str
    aware_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMet(Fact):
    """What the clock was for was done in time, or waived with a reason."""

    kind: ClassVar[str] = "clock.met@1"

    clock: str
    waived_because: str = ""


REPORTING_KINDS: tuple[type[Fact], ...] = (
    UpdateCadenceSet,
    UpdateDrafted,
    UpdateSent,
    ClockArmed,
    ClockStarted,
    ClockMet,
)
