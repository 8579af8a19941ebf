"""How a console makes itself known to its server: at once, or whenever the server comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar

from app.console.bridge import Notice
from app.console.remembered import ACTOR_VALUE
from app.console.server_time import measured_skew
from app.log.local_log import LocalLog
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.problems import ProblemCode
from app.sync.backoff import Backoff
from app.sync.exchange import Failure
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

KEY_VALUE = "console.key"

_NOT_FOR_US = (
    ProblemCode.UNAUTHENTICATED,
    ProblemCode.FORBIDDEN,
    ProblemCode.UPGRADE_REQUIRED,
    ProblemCode.OTHER_SITE,
)

T = TypeVar("T")


class Introduction:
    """Asks the server who the token speaks for, and registers the key this console signs with.

    `has_own_clock` says that the server may tell another time than this machine.
    """

    def __init__(
        self,
        api: ApiClient,
        local: LocalLog,
        *,
        has_own_clock: bool,
        tell: Callable[[Notice], None],
    ) -> None:
        self._api = api
        self._local = local
        self._key = console_key(local)
        self._has_own_clock = has_own_clock
        self._tell = tell

    async def begin(self) -> tuple[str, timedelta]:
        """Who the token speaks for, and how far this clock is ahead; offline, as last time.

        A console that was never at any server waits for this one.  Raises `ServerUnavailable`
        when the server does not let it in.
        """
        known = self._local.value(ACTOR_VALUE)
        if known is None:
            return await until_answered(self._meet, self._api.url, self._tell)
        try:
            return await self._meet()
        except ServerUnavailable:
            return known.decode(), timedelta()

    async def _meet(self) -> tuple[str, timedelta]:
        who = await self._api.who_am_i()
        await self._register_key()
        skew = await measured_skew(self._api) if self._has_own_clock else timedelta()
        self._local.set_value(ACTOR_VALUE, who.actor.encode())
        return who.actor, skew

    async def register(self) -> None:
        """Register this console for the person who wrote here while no server was heard.

        Raises `ServerUnavailable` when it cannot be reached, or when the token now speaks for
        somebody else: what waits was not written by them.
        """
        who = await self._api.who_am_i()
        author = (self._local.value(ACTOR_VALUE) or b"").decode()
        if author != who.actor:
            detail = f"the token is for {who.actor}; what waits here was written by {author}"
            raise ServerUnavailable(Failure(detail=detail, code=ProblemCode.FORBIDDEN))
        await self._register_key()

    async def _register_key(self) -> None:
        public_key = to_base64url(self._key.public_key)
        await self._api.register_console(self._key.console_id, public_key)


async def until_answered(
    ask: Callable[[], Awaitable[T]], url: str, tell: Callable[[Notice], None]
) -> T:
    """What `ask` gives, once the server at `url` answers it; that it does not yet is told once.

    Raises `ServerUnavailable` when the server does not let us in.
    """
    pause = Backoff(SystemRandom())
    while True:
        try:
            return await ask()
        except ServerUnavailable as error:
            if error.failure.code in _NOT_FOR_US:
                raise
            if not pause.failures:
                tell(_waiting_for(url, error))
        await asyncio.sleep(pause.next_wait())


def console_key(local: LocalLog) -> ConsoleKey:
    """The key this installation signs with; made once, kept inside the encrypted profile."""
    stored = local.value(KEY_VALUE)
    if stored is not None:
        return ConsoleKey.from_private_bytes(stored)
    key = ConsoleKey.generate()
    local.set_value(KEY_VALUE, key.private_bytes())
    return key


def _waiting_for(url: str, error: ServerUnavailable) -> Notice:
    return Notice(
        sentence=f"The server at {url} does not answer: {error}.",
        advice="This console goes on asking. Check the address, or close it and name another one.",
    )
