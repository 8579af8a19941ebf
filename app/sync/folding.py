"""How a log becomes a state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from app.events.event import Event, Recorded

S = TypeVar("S")


class Folding(Protocol[S]):
    """How a log becomes a state: `replay` records onto a state, `foresee` pending events."""

    def replay(self, log: Sequence[Recorded], start: S) -> S:
        """The state after more records."""

    def foresee(self, state: S, outbox: Sequence[Event]) -> S:
        """The state once everything pending is recorded."""
