"""Whether the directory, the organisation's log, is in step while the incident is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.sync.engine import Progress

UNREACHABLE_AFTER = timedelta(seconds=10)
"""So long the two logs may stand apart: each has a stream of its own, and a server that is gone
is missed on one of them up to two heartbeats before it is on the other."""


class DirectoryStanding(Enum):
    """How far what is known of the organisation can be relied on."""

    UNKNOWN = auto()
    """The server is not heard at all, or the log is being read."""
    IN_STEP = auto()
    UNREACHABLE = auto()
    """The server is heard about the incident, and not about the organisation."""


class DirectoryWatch:
    """Remembers since when the organisation's log is missed."""

    def __init__(self) -> None:
        self._missed_since: datetime | None = None

    def standing(
        self, incident: Progress, organisation: Progress, now: datetime
    ) -> DirectoryStanding:
        """How the directory stands at `now`, a moment no earlier than the last."""
        is_heard = incident.is_connected and incident.refusal is None
        is_followed = organisation.is_connected and organisation.refusal is None
        if not is_heard or is_followed:
            self._missed_since = None
            is_read = is_heard and not organisation.behind and not organisation.is_recovering
            return DirectoryStanding.IN_STEP if is_read else DirectoryStanding.UNKNOWN
        self._missed_since = self._missed_since or now
        if now - self._missed_since < UNREACHABLE_AFTER:
            return DirectoryStanding.UNKNOWN
        return DirectoryStanding.UNREACHABLE
