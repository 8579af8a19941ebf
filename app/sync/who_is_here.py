"""Who has a console open at the incident that is open here: said of oneself, heard of others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import InvalidInput
from app.protocol.presence import PRESENCE_SECONDS, PresenceWord, read_presence
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

_log = logging.getLogger(__name__)

AGAIN_SECONDS = PRESENCE_SECONDS * 2 / 3
"""How often it is said again, before the last word is over."""

AFTER_FAILURE_SECONDS = 4.0

_PERSON = "person:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Who is at a console: the ids of the `people`, and at how many consoles but this one."""

    people: frozenset[str] = frozenset()
    other_consoles: int = 0


class WhoIsHere:
    """One console's side of presence at one log; for the worker's loop.

    `publish` is given who is present whenever that changes.  Without a server nobody is known
    to be here.
    """

    def __init__(self, log: str, console: str, publish: Callable[[Present], None]) -> None:
        self._log = log
        self._console = console
        self._publish = publish
        self._here: set[tuple[str, str]] = set()
        self._present = Present()
        self._server: ApiClient | None = None
        self._is_heard = asyncio.Event()
        self._is_new = asyncio.Event()

    def hear(self, lines: Sequence[bytes]) -> None:
        """Take in the data lines of a `presence` frame; one that cannot be read is left out."""
        for line in lines:
            try:
                word = read_presence(line)
            except InvalidInput:
                continue  # not a word of ours: nothing to show
            who = word.actor, word.console
            if word.gone:
                self._here.discard(who)
            else:
                self._here.add(who)
        self._tell()

    def line_is(self, *, is_connected: bool) -> None:
        """Take in whether the server is heard; a new stream begins with all who are here."""
        if is_connected == self._is_heard.is_set():
            return
        if is_connected:
            self._is_heard.set()
            self._is_new.set()
        else:
            self._is_heard.clear()
            self._here.clear()
            self._tell()

    async def say(self, api: ApiClient) -> None:
        """Say that somebody is here, as long as the server is heard; until cancelled."""
        self._server = api
        try:
            while True:
                await self._is_heard.wait()
                self._is_new.clear()
                pause = await self._say_once(api)
                with suppress(TimeoutError):  # `wait_for` of 3.11 may go on where it is cancelled
                    async with asyncio.timeout(pause):
                        await self._is_new.wait()
        finally:
            self._server = None

    async def leave(self) -> None:
        """Say that nobody is here any more, if there is a server to say it to."""
        if self._server is not None and self._is_heard.is_set():
            farewell = PresenceWord(console=self._console, gone=True)
            with suppress(ServerUnavailable):
                await self._server.say_presence(self._log, farewell)

    async def _say_once(self, api: ApiClient) -> float:
        """Say it; in how many seconds to say it again."""
        try:
            await api.say_presence(self._log, PresenceWord(console=self._console))
        except ServerUnavailable as error:
            _log.info("that somebody is here is said later: %s", error)
            return max(AFTER_FAILURE_SECONDS, error.failure.retry_after or 0.0)
        return AGAIN_SECONDS

    def _tell(self) -> None:
        at = [(actor, where) for actor, where in self._here if actor.startswith(_PERSON)]
        present = Present(
            people=frozenset(actor.removeprefix(_PERSON) for actor, _ in at),
            other_consoles=sum(where != self._console for _, where in at),
        )
        if present != self._present:
            self._present = present
            self._publish(present)
