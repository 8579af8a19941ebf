"""Many consoles in one process, as raw as they can be: they follow logs and always come back.

`python -m tests.benchmarks.topology.followers TOKEN HOST:PORT HOST:PORT` obeys lines on standard
input (`connect COUNT FIRST LOG@POSITION...`, `slow COUNT LOG`, `tell`, `status`) and answers each
with one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import socket
import sys
from dataclasses import dataclass, field
from random import Random
from time import monotonic, monotonic_ns
from typing import cast

from app.sync.backoff import Backoff
from app.sync.puller import SILENCE_SECONDS

STAMP = re.compile(rb'"sent (\d+)')
"""What a note says that was written at a time of this machine's monotonic clock (ns)."""

_ID = re.compile(rb"\nid: (\d+)\n")
_RETRY = re.compile(rb'"retry_ms":(\d+)')
_AT_ONCE = 100
_OPEN_SECONDS = 10

Address = tuple[str, int]


@dataclass
class Crowd:
    """What all followers of this process have in common."""

    token: str
    servers: list[Address]
    connected: int = 0
    holes: int = 0
    doubles: int = 0
    byes: int = 0
    lost: int = 0
    seen: list[tuple[float, float]] = field(default_factory=list)
    """When something came (monotonic seconds), and how long it took (seconds)."""
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


class Stream(asyncio.Protocol):
    """One connection; `ended` is set when it is over, and `wait` is what a `bye` asked for."""

    def __init__(self, crowd: Crowd, follower: Follower) -> None:
        self._crowd = crowd
        self._follower = follower
        self._rest = b""
        self.has_begun = False
        self.transport: asyncio.Transport | None = None
        self.heard_at = monotonic()
        self.ended = asyncio.Event()
        self.begun = asyncio.Event()
        self.wait: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast(asyncio.Transport, transport)
        log, after = self._follower.log, self._follower.position
        self.transport.write(
            f"GET /v1/logs/{log}/stream HTTP/1.1\r\nHost: wf\r\nLast-Event-ID: {after}\r\n"
            f"Authorization: Bearer {self._crowd.token}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Count what came."""
        self.heard_at = monotonic()
        if not self.has_begun:
            self._begin(data)
        *frames, self._rest = (self._rest + data).split(b"\n\n")
        for frame in frames:
            if b"event: event" in frame:
                self._take(frame)
            elif b"event: bye" in frame:
                self._crowd.byes += 1
                found = _RETRY.search(frame)
                self.wait = int(found[1]) / 1_000 if found else 1.0

    def _begin(self, data: bytes) -> None:
        if b" 200 " not in data[:20] and self.transport is not None:
            self.transport.abort()
            return
        self.has_begun = True
        self._crowd.connected += 1
        self.begun.set()

    def _take(self, frame: bytes) -> None:
        found = _ID.search(frame)
        last, count = int(found[1]) if found else 0, frame.count(b"\ndata: ")
        first, known = last - count + 1, self._follower.position
        self._crowd.holes += max(0, first - known - 1)
        self._crowd.doubles += max(0, known - first + 1)
        self._follower.position = max(last, known)
        now = monotonic_ns()
        for stamp in STAMP.findall(frame):
            self._crowd.seen.append((now / 1e9, (now - int(stamp)) / 1e9))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._crowd.connected -= self.has_begun
        self._crowd.lost += self.has_begun
        self.begun.set()
        self.ended.set()


class Follower:
    """One console: follows a log for ever, now at this server and now at the other."""

    def __init__(self, crowd: Crowd, number: int, place: str) -> None:
        self._crowd = crowd
        self._number = number
        self._random = Random(number)
        self.log, _, position = place.partition("@")
        self.position = int(position)

    async def run(self) -> None:
        """Follow until cancelled, waiting as a console waits."""
        backoff, server = Backoff(self._random), self._number
        while True:
            stream = await self._open(self._crowd.servers[server % 2])
            if stream is not None and stream.has_begun:
                backoff.forget()
                await self._until_over(stream)
            server += 1
            await asyncio.sleep(backoff.next_wait(None if stream is None else stream.wait))

    async def _open(self, address: Address) -> Stream | None:
        loop = asyncio.get_running_loop()
        stream = Stream(self._crowd, self)
        async with self._crowd.gate:
            try:
                async with asyncio.timeout(_OPEN_SECONDS):
                    await loop.create_connection(lambda: stream, *address)
                    await stream.begun.wait()
            except (OSError, TimeoutError):
                if stream.transport is not None:
                    stream.transport.abort()
                return None
        return stream

    async def _until_over(self, stream: Stream) -> None:
        assert stream.transport is not None
        try:
            while not stream.ended.is_set():
                left = stream.heard_at + SILENCE_SECONDS - monotonic()
                if left <= 0:
                    return
                try:
                    async with asyncio.timeout(left):
                        await stream.ended.wait()
                except TimeoutError:
                    continue
        finally:
            stream.transport.abort()


async def follow_slowly(crowd: Crowd, log: str) -> None:
    """Ask for a stream and never read on."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, crowd.servers[0])
    request = (
        f"GET /v1/logs/{log}/stream HTTP/1.1\r\nHost: wf\r\n"
        f"Authorization: Bearer {crowd.token}\r\n\r\n"
    )
    await asyncio.get_running_loop().sock_sendall(sock, request.encode())
    try:
        await asyncio.Event().wait()
    finally:
        sock.close()


async def obey(crowd: Crowd) -> None:
    """Do what the lines say until there are no more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    tasks: list[asyncio.Task[None]] = []
    while line := (await reader.readline()).decode().split():
        match line:
            case ["connect", count, first, *logs]:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                crowd.seen.clear()
                tasks = [
                    asyncio.create_task(
                        Follower(crowd, int(first) + n, logs[n // 2 % len(logs)]).run()
                    )
                    for n in range(int(count))
                ]
            case ["slow", count, log]:
                tasks += [
                    asyncio.create_task(follow_slowly(crowd, log)) for _ in range(int(count))
                ]
        print(json.dumps(_status(crowd, with_seen=line[0] == "tell")), flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _status(crowd: Crowd, *, with_seen: bool) -> dict[str, object]:
    counts = ("connected", "holes", "doubles", "byes", "lost")
    status: dict[str, object] = {name: getattr(crowd, name) for name in counts}
    if with_seen:
        status["seen"], crowd.seen = crowd.seen, []
    return status


def main(token: str, *servers: str) -> None:
    """Run the followers; raises the limit of open files as far as it goes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    addresses = [(host, int(port)) for host, _, port in (one.partition(":") for one in servers)]
    asyncio.run(obey(Crowd(token, addresses)))


if __name__ == "__main__":
    main(*sys.argv[1:])
