"""A real server on a free port, in the loop of the test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from app.protocol.authoring import SignedEvent
from app.protocol.bodies import PushResponse, TokenIssued
from app.protocol.problems import Problem
from app.protocol.stream import Frame, StreamParser
from app.server.intake.reading import IntakeFormat
from app.server.serve import SiteServer, listen, url_of
from app.server.settings import Settings
from app.server.site import Clock, Site, running_site, utc_now
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.server.pushing import push_content, registration

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback is not encrypted; to read who the web trusts takes longer than most tests here."""


@dataclass
class RunningServer:
    """A server that answers; `owner` is a client that speaks for its owner."""

    site: Site
    url: str
    owner: httpx.AsyncClient
    server: SiteServer

    def client(self, token: str | None) -> httpx.AsyncClient:
        """A client with this token, or without any."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=PATIENCE, verify=NO_AUTHORITIES
        )

    async def token_for(self, actor: str) -> str:
        """A new token that the owner issues."""
        answer = await self.owner.post("/v1/tokens", json={"actor": actor})
        assert answer.status_code == 201, answer.text
        return msgspec.json.decode(answer.content, type=TokenIssued).token

    async def register(self, writer: Writer, client: httpx.AsyncClient | None = None) -> None:
        """Make a writer's console known."""
        who = client or self.owner
        answer = await who.post("/v1/consoles", content=registration(writer.key))
        assert answer.status_code in (200, 201), answer.text

    async def push(
        self,
        *signed: SignedEvent,
        log: str = LOG,
        epoch: str = "",
        sent_at: int | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> PushResponse:
        """Push events that must be answered with results."""
        content = push_content(*signed, epoch=epoch, sent_at=sent_at)
        answer = await (client or self.owner).post(f"/v1/logs/{log}/events", content=content)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=PushResponse)

    async def lines(self, log: str = LOG, after: int = 0) -> list[bytes]:
        """The record lines of a log."""
        answer = await self.owner.get(f"/v1/logs/{log}/events", params={"after": after})
        assert answer.status_code == 200, answer.text
        return answer.content.splitlines()


@asynccontextmanager
async def running_server(
    settings: Settings, clock: Clock = utc_now, formats: Iterable[IntakeFormat] | None = None
) -> AsyncIterator[RunningServer]:
    """Start a server for these settings; it is stopped in the end."""
    chosen = {} if formats is None else {"formats": formats}
    with listen(settings) as listening:
        async with running_site(settings, clock, **chosen) as site:
            server = SiteServer(site)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            await server.is_ready.wait()
            token = await asyncio.to_thread(_token_in, settings.token_file)
            try:
                async with httpx.AsyncClient(
                    base_url=url_of(listening),
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=PATIENCE,
                    verify=NO_AUTHORITIES,
                ) as owner:
                    yield RunningServer(site, url_of(listening), owner, server)
            finally:
                server.stop()
                await serving


def _token_in(file: Path | None) -> str:
    return "" if file is None else file.read_text().strip()


class Listener:
    """Follows a stream; `frames(n)` waits for n frames more."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.aiter_raw()
        self._parser = StreamParser()
        self._frames: list[Frame] = []

    async def frames(self, count: int) -> list[Frame]:
        """The next frames; fewer if the stream ends."""
        async with asyncio.timeout(PATIENCE):
            while len(self._frames) < count:
                try:
                    chunk = await anext(self._chunks)
                except StopAsyncIteration:
                    break
                self._frames += self._parser.feed(chunk)
        taken, self._frames = self._frames[:count], self._frames[count:]
        return taken

    async def lines(self, count: int) -> list[bytes]:
        """At least this many record lines, from as many frames as that takes."""
        lines: list[bytes] = []
        while len(lines) < count:
            frames = await self.frames(1)
            assert frames, "the stream ended"
            lines += frames[0].lines if frames[0].kind == "event" else ()
        return lines


@asynccontextmanager
async def listening_to(
    client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None
) -> AsyncIterator[Listener]:
    """Open a stream; it has begun when this is entered."""
    async with client.stream("GET", path, headers=headers or {}) as response:
        assert response.status_code == 200, await response.aread()
        yield Listener(response)


def problem_in(answer: httpx.Response) -> Problem:
    """The problem document that was answered."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return msgspec.json.decode(answer.content, type=Problem)
