"""What other server processes recorded in the same database, brought to the listeners here."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Self

from app.events.event import ORGANISATION_LOG
from app.log.appending import Growth
from app.log.event_log import EventLog, Head, Page, UnknownLog
from app.log.problems import StoreError
from app.protocol.bodies import LogHead
from app.server.directory import Directory, is_listed
from app.server.feed import Feed
from app.server.hints import Grown
from app.server.recorder import Recorder
from app.server.talk import Talk

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the heads are read while no hints come."""

POLL_SECONDS_WITH_HINTS = 5.0
_PAGE = 5_000
_PAGE_BYTES = 4 * 1024 * 1024


class Neighbours:
    """Follows the logs of a database that several processes write.

    Positions tell what is missing, so hints may be lost; without them the heads are read every
    half second.  The records of a log are read only where somebody listens to it, or where they
    change the list of incidents; of the others it is enough to know how far they have grown.

    Use as an async context manager, inside the recorder's.  Where there is one process only
    (SQLite), it does nothing.
    """

    def __init__(
        self, log: EventLog, *, talk: Talk, recorder: Recorder, directory: Directory, feed: Feed
    ) -> None:
        self._log = log
        self._talk = talk
        self._recorder = recorder
        self._directory = directory
        self._feed = feed
        self._wanted: set[str] = set()
        self._ahead: set[str] = set()
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._looked_at = 0.0

    async def __aenter__(self) -> Self:
        if self._talk.is_shared:
            self._talk.on_grown.append(self._hear)
            self._talk.on_line.append(self._look_now)
            self._recorder.listeners.append(self._learn)
            self._task = asyncio.create_task(self._run(), name="neighbours")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def catch_up(self, log: str) -> bool:
        """Bring in what others recorded in `log`; whether more is known here than before.

        Somebody else may have been at it already.  Raises `StoreError`.
        """
        if not self._talk.is_shared:
            return False
        before = self._known(log)
        async with self._reading:
            while (page := await self._page(log)) is not None and page.lines:
                self._recorder.tell(await self._growth(page))
                if page.next >= page.head:
                    break
        return self._known(log) > before

    async def refresh(self) -> None:
        """Bring in what others have recorded by now, as far as hints or the database tell.

        Raises `StoreError`.
        """
        if not self._talk.is_shared:
            return
        wanted = set(self._wanted)
        if not self._talk.is_live:
            wanted |= await self.look()
        for log in sorted(wanted):
            await self.catch_up(log)

    def _hear(self, grown: list[Grown]) -> None:
        """Another process says what has grown."""
        for each in grown:
            known = self._known(each.log)
            if each.last <= known:
                continue
            if each.first != known + 1 or each.is_listed or self._is_followed(each.log):
                self._want(each.log)
            else:
                self._feed.publish_head(self._directory.move(_head_in(each)))

    def _is_followed(self, log: str) -> bool:
        return log == ORGANISATION_LOG or self._feed.has_listeners(log)

    def _learn(self, growth: Growth) -> None:
        """Recorded here: tell the others, and read what they recorded before it."""
        self._talk.grow(
            Grown(
                log=growth.log,
                first=growth.first,
                last=growth.last,
                epoch=growth.epoch,
                received_at=growth.received_at,
                is_listed=any(map(is_listed, growth.lines)),
            )
        )
        if growth.last > self._known(growth.log):
            self._want(growth.log)

    def _want(self, log: str) -> None:
        self._wanted.add(log)
        self._news.set()

    def _look_now(self) -> None:
        """Hints may have been missed."""
        self._looked_at = 0.0
        self._news.set()

    async def _run(self) -> None:
        while True:
            await self._wait()
            self._news.clear()
            wanted, self._wanted = self._wanted, set()
            try:
                if self._is_time_to_look():
                    wanted |= await self.look()
                    self._looked_at = monotonic()
                for log in sorted(wanted):
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
                if self._wanted or self._is_time_to_look():
                    return
            else:
                return

    def _is_time_to_look(self) -> bool:
        pause = POLL_SECONDS_WITH_HINTS if self._talk.is_live else POLL_SECONDS
        return monotonic() - self._looked_at >= pause * 0.9

    async def look(self) -> set[str]:
        """Compare with the database; the logs of which there is more than was heard.

        Raises `StoreError`.
        """
        positions = await asyncio.to_thread(self._log.positions)
        await self._correct(positions)
        return {log for log, position in positions.items() if position > self._known(log)}

    async def _correct(self, positions: dict[str, int]) -> None:
        """Take back what a hint said and the database, looked at twice, does not know of."""
        ahead = {log for log, position in positions.items() if position < self._known(log)}
        for log in sorted(ahead & self._ahead):
            head = await asyncio.to_thread(self._log.head, log)
            if head.position < self._known(log):
                self._directory.move(_stored(head))
        self._ahead = ahead

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
            tree=head.tree,
        )

    def _known(self, log: str) -> int:
        head = self._directory.head(log)
        return 0 if head is None else head.position


def _head_in(grown: Grown) -> LogHead:
    return LogHead(
        log=grown.log, epoch=grown.epoch, position=grown.last, received_at=grown.received_at
    )


def _stored(head: Head) -> LogHead:
    return LogHead(
        log=head.log, epoch=head.epoch, position=head.position, received_at=head.received_at
    )
