"""The clock on the wall: this machine's, corrected to the server's once that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ServerTime:
    """Tells server time.  `skew` is how far this machine's clock is ahead of the server's."""

    def __init__(self) -> None:
        self.skew = timedelta()

    def now(self) -> datetime:
        """The time, aware UTC."""
        return datetime.now(UTC) - self.skew
