"""How a console stands to its server: what it tells the person who sits at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SyncKind(StrEnum):
    """The states a console can be in towards its server.

    `SANDBOX` and `LOCAL_ONLY` are `LIVE` in an exercise, and where nobody else is there.
    `READ_ONLY`: nothing is sent or fetched, because a newer version wrote what is here.
    """

    CONNECTING = "connecting"
    LIVE = "live"
    SENDING = "sending"
    SLOW = "slow"
    OFFLINE = "offline"
    CATCHING_UP = "catching_up"
    CONFLICT = "conflict"
    REFUSED = "refused"
    OTHER_SITE = "other_site"
    SANDBOX = "sandbox"
    LOCAL_ONLY = "local_only"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """One state, with the figures that explain it.

    `since` is when the state began; `queued` counts events that only this device has; `reading`
    counts records still to be read; `to_settle` counts contested states.  `behind_seconds` is
    how late news arrives.  `as_of` is the last moment at which what came from others was known
    to be current; None while it still is.
    """

    kind: SyncKind = SyncKind.LIVE
    since: datetime | None = None
    queued: int = 0
    reading: int = 0
    to_settle: int = 0
    behind_seconds: float = 0.0
    as_of: datetime | None = None

    @property
    def is_offline(self) -> bool:
        """Whether nothing can arrive from others."""
        return self.kind in (SyncKind.OFFLINE, SyncKind.READ_ONLY)

    @property
    def is_in_step(self) -> bool:
        """Whether the server is heard, with nothing to catch up with first."""
        match self.kind:
            case SyncKind.CONNECTING | SyncKind.OFFLINE | SyncKind.CATCHING_UP:
                return False
            case SyncKind.REFUSED | SyncKind.OTHER_SITE | SyncKind.READ_ONLY:
                return False
            case SyncKind.LIVE | SyncKind.SANDBOX | SyncKind.LOCAL_ONLY:
                return True
            case SyncKind.SENDING | SyncKind.SLOW | SyncKind.CONFLICT:
                return True
