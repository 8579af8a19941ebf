"""A reader of a stream that does nothing but count what it is sent."""

from __future__ import annotations

import asyncio
from typing import Self, cast

from tests.server.process import ServerProcess

_RECORD = b'\ndata: {"v":1,"position":'


class Follower(asyncio.Protocol):
    """Follows a log after a position; counts the records, even those cut in two on the way."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self._count = 0
        self._wanted = 0
        self._is_listening = asyncio.Event()
        self._has_all = asyncio.Event()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, server: ServerProcess, log: str, after: int) -> Self:
        """Follow `log`; returns once the stream has begun."""
        request = (
            f"GET /v1/logs/{log}/stream HTTP/1.1\r\nHost: bench\r\nLast-Event-ID: {after}\r\n"
            f"Authorization: Bearer {server.token}\r\nAccept: text/event-stream\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        _, follower = await loop.create_connection(lambda: cls(request.encode()), *server.address)
        await follower._is_listening.wait()
        return follower

    async def seen(self, count: int) -> None:
        """Returns once this many records have come."""
        self._wanted = count
        if self._count < count:
            await self._has_all.wait()
        assert self._count == count

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count what has come."""
        self._is_listening.set()
        known = self._rest + data
        self._count += known.count(_RECORD)
        self._rest = known[1 - len(_RECORD) :]
        if self._count >= self._wanted > 0:
            self._has_all.set()
