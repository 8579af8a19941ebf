"""Facts about the root cause: it was reproduced, that counts or does not, and why it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.events.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionRecorded(Fact):
    """Somebody tried to make the failure happen: `reproduced` of `attempts` attempts did it.

    `steps` say what to do, `result` what was seen.
    """

    kind: ClassVar[str] = "reproduction.recorded@1"

    steps: str
    attempts: int
    reproduced: int
    result: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionConfirmed(Fact):
    """Somebody saw it happen by the steps of `reproduction` (an event id).

    It counts from anybody but the one who recorded it, and only if it happened at all.
    """

    kind: ClassVar[str] = "reproduction.confirmed@1"

    reproduction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionWaived(Fact):
    """The root cause may be worked on although nobody reproduced it; `reason` says why."""

    kind: ClassVar[str] = "reproduction.waived@1"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionDoubted(Fact):
    """What opened the work on the root cause no longer holds: it is locked again."""

    kind: ClassVar[str] = "reproduction.doubted@1"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseStated(Fact):
    """An answer to "why?": why `because_of` (the event id of a cause) happened, or the failure.

    `labels` may name a layer or another branch of the fishbone.
    """

    kind: ClassVar[str] = "cause.stated@1"

    text: str
    evidence: str = ""
    because_of: str = ""
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


CAUSE_KINDS: tuple[type[Fact], ...] = (
    ReproductionRecorded,
    ReproductionConfirmed,
    ReproductionWaived,
    ReproductionDoubted,
    CauseStated,
)
