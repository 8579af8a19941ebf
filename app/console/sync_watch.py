"""What the sync cell says, from how the two conversations with the server stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.protocol.problems import ProblemCode
from app.protocol.sync_status import SyncKind, SyncStatus

if TYPE_CHECKING:
    from app.sync.engine import Progress

SENDING_AFTER = timedelta(seconds=1)
FIRST_CONTACT = timedelta(seconds=5)
CATCHING_UP_FROM = 20
"""So many records behind, reading them is worth a word; fewer arrive before it can be read."""


def calm_kind(*, is_exercise: bool, is_only_here: bool) -> SyncKind:
    """What to say while nothing wants attention.

    `is_only_here` says that nobody else has what is written.  An exercise goes first: that
    nothing of it is real matters more to who reads it than who else has it.
    """
    if is_exercise:
        return SyncKind.SANDBOX
    return SyncKind.LOCAL_ONLY if is_only_here else SyncKind.LIVE


@dataclass(slots=True)
class _Since:
    offline: datetime | None = None
    queued: datetime | None = None
    behind: datetime | None = None


class SyncWatch:
    """Remembers since when things are as they are.

    `opened_at` is when the console began to look for its server: the first seconds of that are
    not yet called offline.
    """

    def __init__(self, opened_at: datetime) -> None:
        self._opened_at = opened_at
        self._was_connected = False
        self._since = _Since()
        self._only_read: SyncStatus | None = None

    def only_read(self, kept_until: datetime) -> SyncStatus:
        """Nothing is sent or fetched from now on: what shows was kept until then."""
        kind = SyncKind.READ_ONLY
        self._only_read = SyncStatus(kind=kind, since=kept_until, as_of=kept_until)
        return self._only_read

    def status(
        self,
        incident: Progress,
        organisation: Progress,
        to_settle: int,
        now: datetime,
        *,
        calm: SyncKind = SyncKind.LIVE,
    ) -> SyncStatus:
        """What the cell says at `now`; `calm` while nothing wants attention (`calm_kind`)."""
        queued = incident.queued + organisation.queued
        behind = incident.behind + organisation.behind
        if self._only_read is not None:
            return replace(self._only_read, queued=queued)
        self._remember(incident.is_connected, queued, behind, now)
        if incident.refusal is not None:
            is_other_site = incident.refusal.code is ProblemCode.OTHER_SITE
            kind = SyncKind.OTHER_SITE if is_other_site else SyncKind.REFUSED
            return SyncStatus(kind=kind, queued=queued, since=self._since.offline)
        if not incident.is_connected:
            return self._without_server(queued, now)
        if incident.is_recovering or behind >= CATCHING_UP_FROM:
            return SyncStatus(kind=SyncKind.CATCHING_UP, queued=queued, reading=behind)
        if to_settle:
            return SyncStatus(kind=SyncKind.CONFLICT, to_settle=to_settle, queued=queued)
        if self._since.queued is not None and now - self._since.queued >= SENDING_AFTER:
            return SyncStatus(kind=SyncKind.SENDING, queued=queued, since=self._since.queued)
        if self._since.behind is not None and now - self._since.behind >= FIRST_CONTACT:
            seconds = (now - self._since.behind).total_seconds()
            return SyncStatus(kind=SyncKind.SLOW, behind_seconds=seconds, reading=behind)
        return SyncStatus(kind=calm, queued=queued)

    def _remember(self, is_connected: bool, queued: int, behind: int, now: datetime) -> None:
        since = self._since
        if is_connected:
            self._was_connected = True
            since.offline = None
        else:
            since.offline = since.offline or now
        since.queued = (since.queued or now) if queued else None
        since.behind = (since.behind or now) if behind else None

    def _without_server(self, queued: int, now: datetime) -> SyncStatus:
        is_first = not self._was_connected and now - self._opened_at < FIRST_CONTACT
        kind = SyncKind.CONNECTING if is_first else SyncKind.OFFLINE
        as_of = self._since.offline if self._was_connected else None
        return SyncStatus(kind=kind, since=self._since.offline, queued=queued, as_of=as_of)
