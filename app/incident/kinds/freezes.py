"""Facts about change freezes, their exceptions, and changes seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.events.fact import Fact


class FreezeScope(StrEnum):
    """How wide a freeze is: everything in its environments, or the named services only."""

    FULL = "full"
    SERVICES = "services"


class ChangeOutcome(StrEnum):
    """What became of a change."""

    APPLIED = "applied"
    HELD = "held"
    BLOCKED = "blocked"
    FAILED = "failed"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeDeclared(Fact):
    """Changes in scope stop from `starts_at` (else now).

    The freeze ends at `ends_at`, or `after_resolved_minutes` after the incident is resolved, or
    when it is lifted, whichever comes first.  The window is half open: `[starts_at, ends_at)`.
    `extends` is the id of an earlier freeze whose end this one moves.
    """

    kind: ClassVar[str] = "freeze.declared@1"

    scope: FreezeScope
    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    reason: str = ""
    decision: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    after_resolved_minutes: int | None = None
    extends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeLifted(Fact):
    """A freeze ended early.  It lifts only what its author had seen."""

    kind: ClassVar[str] = "freeze.lifted@1"

    freeze: str
    reason: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeKept(Fact):
    """A freeze that was lifted by somebody who had not seen all of it goes on: that is settled."""

    kind: ClassVar[str] = "freeze.kept@1"

    freeze: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRequested(Fact):
    """A named change should be allowed during the freezes in `freezes` (event ids)."""

    kind: ClassVar[str] = "freeze.exception_requested@1"

    change: str
    freezes: tuple[str, ...]
    services: tuple[str, ...] = ()
    requester: str = ""
    reason: str = ""
    approvals_needed: int = 2
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionAmended(Fact):
    """What an exception is to allow was rewritten; approvals of what it said before are void."""

    kind: ClassVar[str] = "freeze.exception_amended@1"

    exception: str
    change: str
    freezes: tuple[str, ...]
    services: tuple[str, ...] = ()
    reason: str = ""
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionApproved(Fact):
    """One person approved an exception, exactly as it was requested.

    `request` is the id of the event with the text they approved: the request, or an amendment.
    Without it, what they had seen counts.
    """

    kind: ClassVar[str] = "freeze.exception_approved@1"

    exception: str
    person: str
    name: str
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeen(Fact):
    """A deploy, flag or configuration change was seen; `ref` names it at its source."""

    kind: ClassVar[str] = "change.seen@1"

    ref: str
    title: str
    service: str = ""
    environment: str = ""
    change_type: str = "deploy"
    version: str = ""
    outcome: ChangeOutcome = ChangeOutcome.APPLIED
    source: str = ""


FREEZE_KINDS: tuple[type[Fact], ...] = (
    FreezeDeclared,
    FreezeLifted,
    FreezeKept,
    ExceptionRequested,
    ExceptionAmended,
    ExceptionApproved,
    ChangeSeen,
)
