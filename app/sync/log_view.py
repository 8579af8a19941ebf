"""What is shown of one log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.events.event import Event
from app.protocol.problems import ProblemCode
from app.sync.engine import Progress

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """Something in this console's queue that the server will never record, and why.

    `is_repeated` says that it was logged again; `is_own` that it was written here.
    """

    event: Event
    code: ProblemCode
    detail: str
    is_repeated: bool = False
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView(Generic[S]):
    """What is shown of one log: the foreseen state, what waits, and how the sync stands."""

    log: str
    state: S
    confirmed: S
    waiting: tuple[Event, ...]
    parked: tuple[ParkedRow, ...]
    progress: Progress
