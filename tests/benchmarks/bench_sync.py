"""From one console's append to everybody's screen: one, fifty and two hundred onlookers.

One server process (SQLite, synchronous FULL: every event is on disk before anybody sees it) and
this process with all consoles.  The clock starts before the POST; a console has applied an event
when it has decoded the record and folded it into its state.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import uvloop

from app.events.event import Recorded
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING
from app.protocol.kinds import full_codec
from app.protocol.stream import FrameKind, StreamParser
from tests.benchmarks.figure import Figure
from tests.log.writing import LOG, Writer
from tests.server.process import ServerProcess, running_process
from tests.server.pushing import push_content, register
from tests.server.raw_http import RawConnection, push_request

EVENTS = {1: 200, 50: 200, 200: 100}
PER_SECOND = {1: 20, 50: 20, 200: 10}
WARM_UP = 5
TEXT = "The checkout answers again; error rate is back under one in a thousand. ".ljust(180, ".")


class Reader(asyncio.Protocol):
    """One console that listens: a raw stream, the real parser, codec and fold."""

    def __init__(self, server: ServerProcess) -> None:
        self.applied: dict[int, float] = {}
        self.is_listening = asyncio.Event()
        self._server = server
        self._codec = full_codec()
        self._parser = StreamParser()
        self._state = BEFORE_ANYTHING
        self._is_in_body = False
        self._head = b""
        self._transport: asyncio.Transport | None = None

    async def listen(self) -> None:
        """Follow the log; returns once the stream has begun."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, *self._server.address)
        await self.is_listening.wait()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast(asyncio.Transport, transport)
        request = (
            f"GET /v1/logs/{LOG}/stream HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer {self._server.token}\r\nAccept: text/event-stream\r\n"
            "Last-Event-ID: 1\r\n\r\n"
        )
        self._transport.write(request.encode())

    def data_received(self, data: bytes) -> None:
        """Apply what has come."""
        self._take(data)
        self.is_listening.set()

    def _take(self, chunk: bytes) -> None:
        if not self._is_in_body:
            self._head += chunk
            _, end, chunk = self._head.partition(b"\r\n\r\n")
            self._is_in_body = bool(end)
            if not end:
                return
        for line in _without_chunk_sizes(chunk):
            for frame in self._parser.feed(line):
                if frame.kind == FrameKind.EVENT:
                    self._apply([self._codec.read_record(one) for one in frame.lines])

    def _apply(self, news: list[Recorded]) -> None:
        self._state = replay(news, self._state)
        now = time.perf_counter()
        self.applied.update((one.position, now) for one in news)


def _without_chunk_sizes(data: bytes) -> Iterable[bytes]:
    """The bodies of HTTP chunks; loopback delivers whole chunks, as the server writes them."""
    while data:
        size, _, rest = data.partition(b"\r\n")
        try:
            length = int(size, 16)
        except ValueError:
            yield data
            return
        yield rest[:length]
        data = rest[length + 2 :]


def measure() -> Iterable[Figure]:
    """Milliseconds from append to applied, at one console and at all of them."""
    note = "{} consoles and the writer in one process, server in another, SQLite FULL"
    for consoles in EVENTS:
        for ending, value in append_seen(consoles).items():
            name = f"sync.append_seen_n{consoles}_{ending}_ms"
            n = EVENTS[consoles]
            yield Figure(name=name, value=value, unit="ms", n=n, note=note.format(consoles))


def append_seen(consoles: int) -> dict[str, float]:
    """Milliseconds by ending (`p50`, `p99`: one console; `all_...`: the last of them)."""
    with (
        tempfile.TemporaryDirectory(prefix="wf-bench-") as folder,
        running_process(Path(folder)) as server,
    ):
        writer = Writer()
        register(server.url, server.token, writer.key)
        return endings(*uvloop.run(_run(server, writer, consoles)))


def endings(each: list[float], last: list[float]) -> dict[str, float]:
    """The median and the 99th percentile of both, by the ending of a figure's name."""
    return {
        "p50": _share(each, 0.5),
        "p99": _share(each, 0.99),
        "all_p50": _share(last, 0.5),
        "all_p99": _share(last, 0.99),
    }


async def _run(
    server: ServerProcess, writer: Writer, consoles: int
) -> tuple[list[float], list[float]]:
    """Milliseconds until each console, and until the last of them, had applied each event."""
    connection = await RawConnection.open(server.address)
    count = EVENTS[consoles] + WARM_UP
    requests = [
        push_request(server.address, server.token, LOG, push_content(note))
        for note in [writer.note(TEXT) for _ in range(count + 1)]
    ]
    await connection.send(requests[0])
    readers = [Reader(server) for _ in range(consoles)]
    for reader in readers:
        await reader.listen()
    gc.freeze()  # one process stands for many: none of them would walk the others' heaps
    sent = await _write(connection, requests[1:], consoles)
    while any(len(reader.applied) < count for reader in readers):
        await asyncio.sleep(0.01)
    for reader in readers:
        reader.close()
    connection.close()
    return _delays(sent, readers)


async def _write(
    connection: RawConnection, requests: list[bytes], consoles: int
) -> dict[int, float]:
    """Push one event at a time, at a steady pace; when each was sent, by position."""
    sent: dict[int, float] = {}
    pause = 1 / PER_SECOND[consoles]
    for number, request in enumerate(requests):
        began = time.perf_counter()
        sent[number + 2] = began
        answer = await connection.send(request)
        assert answer.status == 200, answer.body
        await asyncio.sleep(max(0.0, pause - (time.perf_counter() - began)))
    return sent


def _delays(sent: dict[int, float], readers: list[Reader]) -> tuple[list[float], list[float]]:
    positions = sorted(sent)[WARM_UP:]
    each = [(one.applied[at] - sent[at]) * 1_000 for at in positions for one in readers]
    last = [(max(one.applied[at] for one in readers) - sent[at]) * 1_000 for at in positions]
    return each, last


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
