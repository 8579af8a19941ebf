"""What other server processes recorded in the same database, brought to the listeners here."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from time import monotonic
from typing import Self

from app.log.appending import Growth
from app.log.event_log import EventLog, Page, UnknownLog
from app.log.problems import StoreError
from app.server.directory import Directory
from app.server.hints import Hints, NatsHints, PostgresHints
from app.server.recorder import Recorder
from app.server.settings import Settings

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the heads are read while no hints come."""

POLL_SECONDS_WITH_HINTS = 5.0
_PAGE = 5_000
_PAGE_BYTES = 4 * 1024 * 1024


class Neighbours:
    """Follows the logs of a database that several processes write.

    Positions tell what is missing, so hints may be lost; without them the heads are read every
    half second.  Use as an async context manager, inside the recorder's.  Where there is one
    process only (SQLite), it does nothing.
    """

    def __init__(
        self, log: EventLog, *, settings: Settings, recorder: Recorder, directory: Directory
    ) -> None:
        self._log = log
        self._recorder = recorder
        self._directory = directory
        self._wanted: set[str] = set()
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None
        self._looked_at = 0.0
        self._hints: Hints | None = None
        if log.database.is_postgresql:
            self._hints = (
                NatsHints(settings.hints, site=settings.site, receive=self.hear)
                if settings.hints
                else PostgresHints(settings.database, receive=self.hear)
            )

    async def __aenter__(self) -> Self:
        if self._hints is not None:
            await self._stack.enter_async_context(self._hints)
            self._recorder.listeners.append(self._learn)
            self._task = asyncio.create_task(self._run(), name="neighbours")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._stack.aclose()

    def hear(self, log: str, position: int) -> None:
        """Another process says that `log` has grown."""
        if position > self._known(log):
            self._wanted.add(log)
            self._news.set()

    async def catch_up(self, log: str) -> bool:
        """Bring in what others recorded in `log`; whether there was anything.

        Raises `StoreError`.
        """
        if self._hints is None:
            return False
        async with self._reading:
            before = self._known(log)
            while (page := await self._page(log)) is not None and page.lines:
                self._recorder.tell(await self._growth(page))
                if page.next >= page.head:
                    break
            return self._known(log) > before

    def _learn(self, growth: Growth) -> None:
        """Recorded here: tell the others, and read what they recorded before it."""
        if self._hints is not None:
            self._hints.tell(growth.log, growth.last)
        self.hear(growth.log, growth.last)

    async def _run(self) -> None:
        while True:
            await self._wait()
            self._news.clear()
            wanted, self._wanted = self._wanted, set()
            try:
                for log in sorted(wanted or await self._grown()):
                    await self.catch_up(log)
            except StoreError as error:
                _log.warning("what others recorded cannot be read: %s", error)
                self._wanted |= wanted

    async def _wait(self) -> None:
        """Until there is news, or it is time to look without any."""
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                if self._is_time_to_look():
                    return
            else:
                return

    def _is_time_to_look(self) -> bool:
        now = monotonic()
        is_live = self._hints is not None and self._hints.is_live
        if is_live and now - self._looked_at < POLL_SECONDS_WITH_HINTS:
            return False
        self._looked_at = now
        return True

    async def _grown(self) -> list[str]:
        positions = await asyncio.to_thread(self._log.positions)
        return [log for log, position in positions.items() if position > self._known(log)]

    async def _page(self, log: str) -> Page | None:
        after = self._known(log)
        try:
            return await asyncio.to_thread(
                self._log.page, log, after, limit=_PAGE, max_bytes=_PAGE_BYTES
            )
        except UnknownLog:
            return None

    async def _growth(self, page: Page) -> Growth:
        head = await asyncio.to_thread(self._log.head, page.log)
        return Growth(
            log=page.log,
            epoch=page.epoch,
            first=page.after + 1,
            lines=page.lines,
            received_at=head.received_at,
            root=head.root,
        )

    def _known(self, log: str) -> int:
        head = self._directory.head(log)
        return 0 if head is None else head.position
