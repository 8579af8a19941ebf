"""What decisions were called before they got their numbers: D-7* until a server has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.incident.state import IncidentState

REMEMBERED_FOR = timedelta(minutes=10)


class Renumbering:
    """Remembers temporary numbers, and for ten minutes those that came out differently."""

    def __init__(self) -> None:
        self._temporary: dict[str, str] = {}
        self._former: dict[str, tuple[str, datetime]] = {}

    def note(self, state: IncidentState, now: datetime) -> None:
        """Take in how everything is called at `now`."""
        for decision in state.decisions:
            if decision.is_provisional:
                self._temporary[decision.decision_id] = decision.label
                continue
            before = self._temporary.pop(decision.decision_id, None)
            if before is not None and before != f"{decision.label}*":
                self._former[decision.decision_id] = (before, now)

    def former(self, now: datetime) -> Mapping[str, str]:
        """What was called differently in the last ten minutes, by decision id."""
        return {
            decision: label
            for decision, (label, since) in self._former.items()
            if now - since < REMEMBERED_FOR
        }
