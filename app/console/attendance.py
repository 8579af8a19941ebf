"""Whether somebody is here to see what happens, what they saw, and since when they missed it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.incident.last_seen import LastSeen
from app.incident.state import IncidentState

AWAY_FROM = timedelta(minutes=5)
"""Who was away for so long is told what happened."""


class Attendance:
    """One person at one incident.

    `seen` moves on while they attend: they look at the live view, and the server is heard.
    `since` is where the digest begins: at what had been seen when the console opened, when the
    last absence of `AWAY_FROM` began, or when a digest was last read.
    """

    def __init__(self, seen: LastSeen) -> None:
        self.seen = seen
        self.since = seen
        self._state: IncidentState | None = None
        self._is_here = False

    def attend(self, state: IncidentState, now: datetime) -> bool:
        """They see `state` at `now`; whether they have just come back after being away."""
        came_back = not self._is_here and now - self.seen.at >= AWAY_FROM
        if came_back:
            self.since = self.seen
        self._is_here = True
        self._see(state, now)
        return came_back

    def leave(self) -> None:
        """They do not see what happens from now on."""
        self._is_here = False

    def read(self, state: IncidentState, at: datetime) -> None:
        """They read all of `state`, as it was known at `at`."""
        self._see(state, at)
        self.since = self.seen

    def _see(self, state: IncidentState, at: datetime) -> None:
        if state is self._state:
            self.seen = self.seen.known_at(at)
        else:
            self._state, self.seen = state, LastSeen.of(state, at)
