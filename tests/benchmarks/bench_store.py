"""How many single events a second a server makes durable, over HTTP, signatures checked."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import uvloop

from app.protocol.bodies import PushResponse
from tests.benchmarks.figure import Figure
from tests.benchmarks.follower import Follower
from tests.log.postgres import postgres_binaries, running_cluster
from tests.log.writing import LOG, Writer
from tests.server.process import ServerProcess, running_process
from tests.server.pushing import push_content, register
from tests.server.raw_http import RawConnection, push_request

ROUNDS = 3
EVENTS = {1: 300, 32: 6_000}


def measure() -> Iterable[Figure]:
    """Appends per second with 1 and 32 writers, on SQLite (FULL) and on PostgreSQL."""
    for writers in EVENTS:
        with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
            rate = durable_rate(writers, Path(folder))
        for name in (f"store.appends_per_s_w{writers}", f"store.appends_per_s_w{writers}_sqlite"):
            yield _figure(name, rate, "SQLite, synchronous FULL", writers)
    binaries = postgres_binaries()
    if binaries is None:
        return
    with running_cluster(binaries) as cluster:
        for writers in EVENTS:
            url = cluster.make_database(f"bench_{writers}")
            with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
                rate = durable_rate(writers, Path(folder), url)
            name = f"store.appends_per_s_w{writers}_postgres"
            yield _figure(name, rate, "PostgreSQL, synchronous_commit on", writers)


def _figure(name: str, rate: float, store: str, writers: int) -> Figure:
    note = f"{store}; {writers} writers, one event a request, one log; median of {ROUNDS}"
    return Figure(name=name, value=rate, unit="1/s", n=EVENTS[writers], note=note)


def durable_rate(writers: int, folder: Path, database: str = "") -> float:
    """Events per second, every one on disk when its writer goes on to the next."""
    with running_process(folder, database) as server:
        maria = Writer()
        register(server.url, server.token, maria.key)
        rounds = [_requests(server, maria, EVENTS[writers]) for _ in range(ROUNDS)]
        return statistics.median(
            uvloop.run(_push_all(server, requests, writers)) for requests in rounds
        )


def _requests(server: ServerProcess, maria: Writer, count: int) -> list[bytes]:
    return [
        push_request(server.address, server.token, LOG, push_content(note))
        for note in maria.notes(count)
    ]


def room_rate(writers: int, folder: Path) -> float:
    """The same with writers who are each sent everything that any of them writes, too."""
    with running_process(folder) as server:
        maria = Writer()
        register(server.url, server.token, maria.key)
        rounds = [_requests(server, maria, EVENTS[writers]) for _ in range(ROUNDS)]
        return statistics.median(
            uvloop.run(_push_in_room(server, requests, writers)) for requests in rounds
        )


async def _push_in_room(server: ServerProcess, requests: list[bytes], writers: int) -> float:
    connection = await RawConnection.open(server.address)
    first = await connection.send(requests[0])  # a log begins with its first event
    connection.close()
    after = msgspec.json.decode(first.body, type=PushResponse).head
    followers = [await Follower.open(server, LOG, after) for _ in range(writers)]
    rate = await _push_all(server, requests[1:], writers)
    for follower in followers:
        await follower.seen(len(requests) - 1)
        follower.close()
    return rate


async def _push_all(server: ServerProcess, requests: list[bytes], writers: int) -> float:
    connections = [await RawConnection.open(server.address) for _ in range(writers)]
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, connection in enumerate(connections):
            tasks.create_task(_push(connection, requests[number::writers]))
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return len(requests) / seconds


async def _push(connection: RawConnection, requests: list[bytes]) -> None:
    for request in requests:
        answer = await connection.send(request)
        assert answer.status == 200, answer
        assert b'"problem":null' in answer.body, answer.body
