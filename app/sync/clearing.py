"""Asking again for records that this reader may read by now, or may not any more.

What the server gives stands for the same record or is not taken: its leaf hash is the one that is
here, so nothing of the proof changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.events.event import Recorded, Standing
from app.incident.kinds.work import EntryClassified
from app.log.problems import StoreError
from app.sync.log_copy import LogCopy
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
_MOST_AT_ONCE = 50  # of the longest records, so many are one page


class Clearing:
    """For one log.  `publish` is called when other words are here; for the worker's loop."""

    def __init__(self, copy: LogCopy[Any], publish: Callable[[], None]) -> None:
        self._copy = copy
        self._publish = publish
        self._wanted: set[int] = set()
        self._is_anew = False
        self._news = asyncio.Event()

    def look_again(self) -> None:
        """There is a server, or one with another opinion: ask for what is not for everybody.

        What is withheld here may be readable by now, and what is readable here withheld.  A
        server ends the streams of a reader whose clearance changed, so that they ask again.
        """
        self._is_anew = True
        self._news.set()

    def notice(self, news: Iterable[Recorded]) -> None:
        """Take in what was recorded: a note that was classified is asked for again."""
        for recorded in news:
            fact = recorded.event.fact
            if isinstance(fact, EntryClassified) and recorded.standing is Standing.ACCEPTED:
                self._want(self._copy.concerned(fact.entry))

    def _want(self, positions: Sequence[int]) -> None:
        self._wanted.update(positions)
        if self._wanted:
            self._news.set()

    async def run(self, api: Callable[[], ApiClient | None]) -> None:
        """Ask whenever there is something to ask for, until cancelled."""
        while True:
            await self._news.wait()
            server = api()
            if server is None or not await self._ask(server):
                await asyncio.sleep(PAUSE_SECONDS)
            elif not self._wanted and not self._is_anew:
                self._news.clear()

    async def _ask(self, server: ApiClient) -> bool:
        """Ask for all that is wanted; whether there was an answer."""
        lines: dict[int, bytes] = {}
        try:
            if self._is_anew:
                await self._read_through()
            wanted = sorted(self._wanted)
            for first, last in _runs(wanted):
                page = await server.page(self._copy.log, after=first - 1, limit=last - first + 1)
                lines.update(enumerate(page.lines, first))
            if self._copy.reword(lines):
                self._publish()
        except (ServerUnavailable, StoreError) as error:
            _log.info("what may be read by now is asked for later: %s", error)
            return False
        self._wanted.difference_update(wanted)
        return True

    async def _read_through(self) -> None:
        """Want everything that is not for everybody; whoever writes comes in between."""
        for _ in iter(self._copy.read_guarded, False):
            await asyncio.sleep(0)
        self._wanted.update((*self._copy.withheld(), *self._copy.guarded))
        self._is_anew = False


def _runs(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each stretch of positions without a gap."""
    start = last = 0
    for position in positions:
        if start and (position != last + 1 or position - start >= _MOST_AT_ONCE):
            yield start, last
            start = 0
        start, last = start or position, position
    if start:
        yield start, last
