"""Keeps a console to the site its profile belongs to: nothing is said to any other.

At one address there may be another site tomorrow: a server that was set up anew, a port that was
given away.  So whoever answers is asked which site it is before anything else, and again
after each call that failed and each stream that ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol

import httpx

from app.protocol.bodies import SITE_HEADER, WhoAmI
from app.protocol.problems import ProblemCode
from app.protocol.stream import Frame
from app.sync.api_client import ApiClient, Gossip
from app.sync.exchange import Failure
from app.sync.site_mark import Marked, SiteMark, keep_site, site_of
from app.sync.unavailable import ServerUnavailable

_ASKED_OF_ANYONE = "/v1/me"


class OtherSite(ServerUnavailable):
    """The server is another site than the one this console's profile belongs to."""

    def __init__(self, url: str) -> None:
        detail = f"{url} is another site than the one this profile belongs to"
        super().__init__(Failure(detail=detail, code=ProblemCode.OTHER_SITE))


async def site_at(server: ApiClient) -> SiteMark:
    """Which site answers; raises `ServerUnavailable`."""
    who = await server.who_am_i()
    return SiteMark(key=who.site_key, epoch=await server.organisation_epoch())


class Listener(Protocol):
    """Hears which site answers, whenever that changes."""

    def own_site(self) -> None:
        """The site that the profile belongs to."""

    def other_site(self) -> None:
        """Another one: nothing is sent to it, and nothing is read from it."""


class OwnSite:
    """Knows the site of a profile.  A profile of no site takes the first one that it meets."""

    def __init__(self, local: Marked, listener: Listener) -> None:
        self._local = local
        self._listener = listener
        self._heard_key: str | None = None

    async def admits(self, key: str, ask_epoch: Callable[[], Awaitable[str]]) -> bool:
        """Whether the site that signs with `key` is the one; `ask_epoch` asks for its epoch.

        Raises what `ask_epoch` raises, and `StoreError` when it cannot be kept.
        """
        own, offered = site_of(self._local), SiteMark(key=key)
        if own.is_known and not own.is_of(offered):
            offered = SiteMark(key=key, epoch=await ask_epoch())
        is_own = not own.is_known or own.is_of(offered)
        if is_own and key and key != own.key:
            keep_site(self._local, key)
        if key != self._heard_key:
            self._heard_key = key
            (self._listener.own_site if is_own else self._listener.other_site)()
        return is_own


class OwnSiteClient(ApiClient):
    """A client that asks who answers before it says anything; see `ApiClient`.

    Until the own site answers, every call raises `OtherSite` or another `ServerUnavailable`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        site: OwnSite,
        gossip: Gossip | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(url, token, gossip=gossip, transport=transport)
        self._site = site
        self._admitted_key = ""
        self._is_admitted = False
        self._asking = asyncio.Lock()

    async def who_am_i(self) -> WhoAmI:
        """Whom the token speaks for, at the site this profile belongs to."""
        async with self._asking:
            return await self._ask()

    async def stream(
        self, log: str, *, after: int, epoch: str = ""
    ) -> AsyncGenerator[list[Frame], None]:
        """As `ApiClient.stream`."""
        await self._be_admitted()
        try:
            async with aclosing(super().stream(log, after=after, epoch=epoch)) as frames:
                async for some in frames:
                    yield some
        finally:
            self._is_admitted = False

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        if path != _ASKED_OF_ANYONE:
            await self._be_admitted()
        try:
            return await super()._request(method, path, **options)
        except ServerUnavailable:
            self._is_admitted = False
            raise

    async def _be_admitted(self) -> None:
        async with self._asking:
            if not self._is_admitted:
                await self._ask()

    async def _ask(self) -> WhoAmI:
        who = await super().who_am_i()
        self._is_admitted = await self._site.admits(who.site_key, self.organisation_epoch)
        if not self._is_admitted:
            raise OtherSite(self.url)
        self._admitted_key = who.site_key
        return who

    async def _tell(self, request: httpx.Request) -> None:
        if self._is_admitted:
            request.headers[SITE_HEADER] = self._admitted_key
            await super()._tell(request)
