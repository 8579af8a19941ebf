"""Whether this console heard how services are since it opened, or shows what its disk had."""

from __future__ import annotations

from datetime import datetime

from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus

_STILL_COMING = (SyncKind.CONNECTING, SyncKind.CATCHING_UP)


class HealthHearing:
    """Remembers whether health was heard: readings, or the log to its end."""

    def __init__(self) -> None:
        self._has_heard = False
        self._sync = SyncStatus(kind=SyncKind.CONNECTING)
        self._state: IncidentState = BEFORE_ANYTHING

    def note(self, state: IncidentState, sync: SyncStatus, heard_at: float | None = None) -> None:
        """The incident is in this state and the line in this; readings were heard `heard_at`."""
        self._state, self._sync = state, sync
        self._has_heard = self._has_heard or sync.is_in_step or heard_at is not None

    @property
    def is_loading(self) -> bool:
        """Whether an incident shows as it was left, and how services are now is on its way."""
        is_coming = not self._has_heard and self._sync.kind in _STILL_COMING
        return is_coming and bool(self._state.position)

    @property
    def left_at(self) -> datetime | None:
        """The moment (server time) from which the health is that shows, if none was heard since.

        None while it is on its way, and from the first word on.
        """
        if self._has_heard or self._sync.kind in _STILL_COMING:
            return None
        rows = self._state.timeline
        recorded = next((one.recorded_at for one in reversed(rows) if not one.is_pending), None)
        moments = [one.since for one in self._state.signals.services]
        return max([*moments, recorded] if recorded else moments, default=None)
