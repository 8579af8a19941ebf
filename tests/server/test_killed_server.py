"""A server that is killed at any moment loses nothing it acknowledged, and repeats nothing."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
import pytest

from app.events.codec import RecordLine
from app.log.event_log import EventLog
from app.log.following import event_id_in
from app.proof.merkle import CompactRange
from app.protocol.authoring import SignedEvent
from app.protocol.bodies import PushResponse
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.server.process import ServerProcess, kill, start_server, stop
from tests.server.pushing import push_content, register
from tests.server.raw_http import RawConnection, push_request

CYCLES = int(os.environ.get("WATCHFLOOR_KILL_CYCLES", "20"))
WRITERS = 8

pytestmark = [pytest.mark.real, pytest.mark.timeout(60 + CYCLES * 30)]


@dataclass
class Ledger:
    """What was acknowledged, and where."""

    positions: dict[str, int] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)

    def note(self, content: bytes) -> None:
        """Take in an answer; an event that has moved is remembered as such."""
        for result in msgspec.json.decode(content, type=PushResponse).results:
            assert result.position is not None, result
            if self.positions.setdefault(result.id, result.position) != result.position:
                self.moved.append(result.id)


def test_kill_minus_nine_under_writers_loses_nothing_and_repeats_nothing(tmp_path: Path):
    random = Random(7)
    writers = [Writer(seed=number, person="maria") for number in range(1, WRITERS + 1)]
    waiting: list[list[SignedEvent]] = [[] for _ in writers]
    ledger = Ledger()

    for cycle in range(CYCLES):
        server = start_server(tmp_path)
        try:
            if cycle == 0:
                for writer in writers:
                    register(server.url, server.token, writer.key)
            seconds = random.uniform(0.0, 0.3)
            asyncio.run(_write_until_killed(server, writers, waiting, ledger, seconds))
        finally:
            kill(server)

    server = start_server(tmp_path)
    try:
        asyncio.run(_write_until_killed(server, writers, waiting, ledger, 0.0, ends=True))
    finally:
        stop(server)
    _check(tmp_path, ledger)


async def _write_until_killed(
    server: ServerProcess,
    writers: list[Writer],
    waiting: list[list[SignedEvent]],
    ledger: Ledger,
    seconds: float,
    *,
    ends: bool = False,
) -> None:
    """Let all of them write; `seconds` after the first two answers the server is killed."""
    over = asyncio.Event()
    enough = len(ledger.positions) + 2
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        for writer, queue in zip(writers, waiting, strict=True):
            tasks.create_task(_write(server, writer, queue, ledger, over))
        while len(ledger.positions) < enough:
            await asyncio.sleep(0.005)  # the writers do not say when
        await asyncio.sleep(seconds)  # the moment of the kill is the test
        if ends:
            over.set()
        else:
            server.process.kill()


async def _write(
    server: ServerProcess,
    writer: Writer,
    queue: list[SignedEvent],
    ledger: Ledger,
    over: asyncio.Event,
) -> None:
    """One event after the other, those first whose fate is unknown, until the server is gone."""
    try:
        connection = await RawConnection.open(server.address)
    except ConnectionError:
        return
    try:
        while queue or not over.is_set():
            if not queue:
                queue.append(writer.note())
            request = push_request(server.address, server.token, LOG, push_content(*queue))
            answer = await connection.send(request)
            assert answer.status == 200, answer.body
            ledger.note(answer.body)
            queue.clear()
    except ConnectionError:
        return  # killed: what is queued is sent again to its successor
    finally:
        connection.close()


def _check(folder: Path, ledger: Ledger) -> None:
    with EventLog.open(folder / "server.db") as log:
        head = log.head(LOG)
        lines = log.page(LOG, 0, limit=1_000_000, max_bytes=1 << 30).lines
        with log.database.readers.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    recorded = {event_id_in(line): position for position, line in enumerate(lines, 1)}
    times = Counter(event_id_in(line) for line in lines)
    tree = CompactRange()
    tree.extend(lines)

    assert len(ledger.positions) > CYCLES
    assert ledger.moved == []
    assert [each for each, count in times.items() if count > 1] == []
    assert [each for each, at in ledger.positions.items() if recorded.get(each) != at] == []
    assert [msgspec.json.decode(line, type=RecordLine).position for line in lines] == list(
        range(1, len(lines) + 1)
    )
    assert (head.position, head.root) == (len(lines), tree.root)
