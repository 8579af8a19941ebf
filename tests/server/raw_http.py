"""The leanest HTTP client there can be: one keep-alive connection, one request at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self, cast


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A status and a body."""

    status: int
    body: bytes


class RawConnection(asyncio.Protocol):
    """Sends prepared requests; not for anything but measuring and breaking servers."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[RawAnswer] | None = None

    @classmethod
    async def open(cls, address: tuple[str, int]) -> Self:
        """Connect to a server."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, *address)
        return connection

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    async def send(self, request: bytes) -> RawAnswer:
        """The answer to a whole request; raises `ConnectionError` when there is none."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns that there will be no answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
        if len(self._received) < end + 4 + length:
            return
        body = bytes(self._received[end + 4 : end + 4 + length])
        self._received.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(RawAnswer(int(head[9:12]), body))


def push_request(address: tuple[str, int], token: str, log: str, content: bytes) -> bytes:
    """A whole request that pushes `content` to a log."""
    head = (
        f"POST /v1/logs/{log}/events HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
