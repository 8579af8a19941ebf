"""Pages of logs as each reader may see them; what a crowd asks for at once is read once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from app.log.credentials import Principal
from app.log.event_log import EventLog, Page
from app.protocol.bodies import MAX_PAGE_BYTES
from app.server.discretion import Discretion, Sealed


@dataclass(frozen=True, slots=True)
class _Asked:
    log: str
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class _Read:
    page: Page
    sealed: Mapping[int, Sealed]


class Pages:
    """Reads pages for everybody who follows a log; for the event loop.

    After an interruption a crowd comes back to the same place of the same log.  Who asks while
    that page is being read waits for the next reading of it, together with all the others that
    do: a reading that began before they asked could lack what was recorded in between.
    """

    def __init__(self, log: EventLog, discretion: Discretion) -> None:
        self._log = log
        self._discretion = discretion
        self._wanted: dict[_Asked, asyncio.Task[_Read]] = {}
        self._being_read: dict[_Asked, asyncio.Task[_Read]] = {}

    async def page(self, log: str, after: int, reader: Principal, *, limit: int) -> Page:
        """At most `limit` records of `log` after a position, as this reader may see them.

        Everything that was recorded before this was called is counted in its head.  Raises
        `UnknownLog`, `StoreError`.
        """
        asked = _Asked(log, after, limit)
        reading = self._wanted.get(asked)
        if reading is None:
            reading = asyncio.create_task(self._read(asked, self._being_read.get(asked)))
            reading.add_done_callback(_heard)
            self._wanted[asked] = reading
        read = await asyncio.shield(reading)  # who hangs up does not take it from the others
        return self._discretion.page_for(read.page, read.sealed, reader)

    async def _read(self, asked: _Asked, before: asyncio.Task[_Read] | None) -> _Read:
        if before is not None:
            await asyncio.wait([before])
        reading = self._being_read[asked] = self._wanted.pop(asked)
        try:
            return await asyncio.to_thread(self._read_now, asked)
        finally:
            if self._being_read.get(asked) is reading:
                del self._being_read[asked]

    def _read_now(self, asked: _Asked) -> _Read:
        page = self._log.page(asked.log, asked.after, limit=asked.limit, max_bytes=MAX_PAGE_BYTES)
        return _Read(page, self._discretion.sealed_in(page))


def _heard(reading: asyncio.Task[_Read]) -> None:
    """Look at how it ended: everybody who asked may have hung up before it failed."""
    if not reading.cancelled():
        reading.exception()
