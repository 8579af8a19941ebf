"""The clock on the wall: this machine's, corrected to the server's once that is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.events.codec import from_microseconds
from app.events.event import Draft
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient


MEASURE_SECONDS = 60.0
AGREES_WITHIN = timedelta(seconds=1)
"""A clock no further off than this is as good as the server's own."""


class ServerTime:
    """Tells server time.  `skew` is how far this machine's clock is ahead of the server's."""

    def __init__(self) -> None:
        self.skew = timedelta()

    def now(self) -> datetime:
        """The time, aware UTC."""
        return datetime.now(UTC) - self.skew

    def stamped(self, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
        """Drafts whose `made_at` is the time that showed, as this machine has to sign them.

        What an event says of when it was made is by its author's own clock, and whoever reads
        the record corrects it by what the server measured of that clock.  The time that showed
        is corrected already: where the two differ it is said as when it happened.
        """
        if abs(self.skew) <= AGREES_WITHIN:
            return tuple(drafts)
        return tuple(self._by_this_machine(draft) for draft in drafts)

    def _by_this_machine(self, draft: Draft) -> Draft:
        if draft.made_at is None:
            return draft
        happened = draft.occurred_at or draft.made_at
        return replace(draft, made_at=draft.made_at + self.skew, occurred_at=happened)


async def keep_measuring(
    api: ApiClient, reconnected: asyncio.Event, tell: Callable[[timedelta], None]
) -> None:
    """Every minute and after every reconnection: clocks are set, and machines sleep."""
    while True:
        with suppress(TimeoutError):  # `wait_for` of Python 3.11 may go on where it is cancelled
            async with asyncio.timeout(MEASURE_SECONDS):
                await reconnected.wait()
        reconnected.clear()
        with suppress(ServerUnavailable):
            tell(await measured_skew(api))


async def measured_skew(api: ApiClient) -> timedelta:
    """How far this clock is ahead: the best of three, by the shortest round trip (as NTP does)."""
    best: tuple[timedelta, timedelta] | None = None
    for _ in range(3):
        sent = datetime.now(UTC)
        server = from_microseconds(await api.server_time())
        received = datetime.now(UTC)
        trip = received - sent
        ahead = sent + trip / 2 - server
        if best is None or trip < best[0]:
            best = (trip, ahead)
    return timedelta() if best is None else best[1]
