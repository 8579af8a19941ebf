"""Several server processes on one PostgreSQL: one log, whoever is killed."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import pytest

from app.protocol.stream import FrameKind
from app.sync.api_client import ApiClient
from app.sync.unavailable import ServerUnavailable
from tests.crash.load import Told, positions_in, write_until
from tests.crash.pairs import Pair, running_pair
from tests.crash.servers import Server
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.pushing import push_content, register

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

NOTES = 40


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Two servers with hints over NATS or over PostgreSQL."""
    with running_pair(request.param, tmp_path) as running:
        yield running


@dataclass
class Listener:
    """What a stream has shown: event ids in order, and when each came."""

    ids: list[str] = field(default_factory=list)
    came: dict[str, float] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, url: str, token: str) -> None:
        """Follow the log for ever; a stream that ends is opened again where it was."""
        async with ApiClient(url, token) as api:
            while True:
                try:
                    await self._follow(api)
                except ServerUnavailable:
                    await asyncio.sleep(0.05)  # as a console waits before it tries again

    async def _follow(self, api: ApiClient) -> None:
        async for frames in api.stream(LOG, after=len(self.ids), epoch=""):
            for frame in frames:
                if frame.kind == FrameKind.EVENT:
                    self._take(frame.lines)

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            recorded = CODEC.read_record(line)
            assert recorded.position == len(self.ids) + 1
            self.ids.append(recorded.event.id)
            self.came[recorded.event.id] = time.monotonic()
        self.news.set()

    async def has(self, event_id: str) -> None:
        """Wait until it came."""
        async with asyncio.timeout(PATIENCE):
            while event_id not in self.came:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[Listener]:
    """A listener at one server."""
    listener = Listener()
    task = asyncio.create_task(listener.follow(server.url, server.token))
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _tell_and_wait(server: Server, listener: Listener, writer: Writer) -> list[float]:
    """Push notes to one server, one after the other; how long each took to the listener."""
    headers = {"Authorization": f"Bearer {server.token}"}
    seconds = []
    async with httpx.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http:
        for note in writer.notes(NOTES):
            began = time.monotonic()
            content = push_content(note)
            answer = await http.post(f"{server.url}/v1/logs/{LOG}/events", content=content)
            assert answer.status_code == 200, answer.text
            await listener.has(note.event.id)
            seconds.append(listener.came[note.event.id] - began)
    return seconds


@pytest.mark.parametrize("pair", ["nats", "postgresql"], indirect=True)
def test_what_one_server_records_is_heard_at_the_other(
    pair: Pair, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
):
    maria = Writer()
    here, there = pair.servers
    register(here.url, here.token, maria.key)

    async def hear() -> tuple[list[float], list[float]]:
        await _first_note(here, maria)
        async with listening(there) as listener:
            with_hints = await _tell_and_wait(here, listener, maria)
            pair.kill_nats.close()
            return with_hints, await _tell_and_wait(here, listener, maria)

    with_hints, afterwards = asyncio.run(hear())
    with capsys.disabled():
        name = request.node.callspec.id
        print(f"\n{name}: heard at the other server after {_summary(with_hints)}")
        if name == "nats":
            print(f"once NATS was killed after {_summary(afterwards)}")


async def _first_note(server: Server, writer: Writer) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http:
        content = push_content(writer.note())
        await http.post(f"{server.url}/v1/logs/{LOG}/events", content=content)


def _summary(seconds: list[float]) -> str:
    milliseconds = [1_000 * each for each in seconds]
    return f"{statistics.median(milliseconds):.0f} ms (median), {max(milliseconds):.0f} ms (most)"


@pytest.mark.parametrize("pair", ["nats", "postgresql"], indirect=True)
def test_two_servers_give_one_log_its_positions_whoever_is_killed(
    pair: Pair, capsys: pytest.CaptureFixture[str]
):
    random, told = Random(5), Told()
    writers = Writer(seed=1), Writer(seed=2)
    for writer in writers:
        register(pair.servers[0].url, pair.servers[0].token, writer.key)

    async def kill_in_turn() -> list[Listener]:
        await _first_note(pair.servers[0], writers[0])
        async with listening(pair.servers[0]) as one, listening(pair.servers[1]) as other:
            for number in range(6):
                await _both_write(pair.servers, writers, told, number % 2, random)
                pair.servers[number % 2].start()
            await _first_note(pair.servers[0], writers[0])
            last = next(reversed(positions_in(pair.servers[1].url, pair.servers[1].token)))
            await asyncio.gather(one.has(last), other.has(last))
            return [one, other]

    heard = asyncio.run(kill_in_turn())
    found = positions_in(pair.servers[0].url, pair.servers[0].token)

    assert {key: found.get(key) for key in told.positions} == {
        key: [position] for key, position in told.positions.items()
    }
    assert [listener.ids for listener in heard] == [list(found), list(found)]
    with capsys.disabled():
        print(f"\n6 kills, {len(told.positions)} acknowledged, {len(found)} recorded, 0 lost")


async def _both_write(
    servers: tuple[Server, Server],
    writers: tuple[Writer, Writer],
    told: Told,
    killed: int,
    random: Random,
) -> None:
    """Load on both servers, one of which is killed in the middle of it."""
    strikes = [lambda: None, lambda: None]
    strikes[killed] = servers[killed].kill
    await asyncio.gather(
        *(
            write_until(server.address, server.token, writer, told, strike, random)
            for server, writer, strike in zip(servers, writers, strikes, strict=True)
        )
    )
