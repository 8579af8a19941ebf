"""PostgreSQL itself is killed under load: the server says so, and goes on when it is back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from app.protocol.bodies import PushResponse
from tests.crash.load import positions_in
from tests.log.postgres import Cluster, running_cluster
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.real_programs import needs_program
from tests.server.process import ServerProcess, running_process
from tests.server.pushing import push_content, register
from tests.server.raw_http import RawConnection, push_request

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

KILLS = 3
WRITERS = 6
_ANSWER = msgspec.json.Decoder(PushResponse)


@dataclass
class Told:
    """What writers heard: acknowledged positions by event id, and every other answer."""

    positions: dict[str, int] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)


def test_a_database_that_is_killed_loses_nothing_and_the_server_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    maria, told = Writer(), Told()
    with running_cluster(needs_program("postgres").resolve().parent) as cluster:
        database = cluster.make_database("killed")
        with running_process(tmp_path / "server", database) as server:
            register(server.url, server.token, maria.key)
            asyncio.run(_write_through_kills(cluster, server, maria, told))
            found = positions_in(server.url, server.token)

    assert {key: found.get(key) for key in told.positions} == {
        key: [position] for key, position in told.positions.items()
    }
    assert [key for key, places in found.items() if len(places) > 1] == []
    assert told.refusals
    assert {status for status, _ in told.refusals} == {503}
    assert all("retry_after" in body for _, body in told.refusals)
    with capsys.disabled():
        print(
            f"\nPostgreSQL killed {KILLS} times: {len(told.positions)} acknowledged, "
            f"{len(found)} recorded, {len(told.refusals)} put off, 0 lost, 0 twice"
        )


async def _write_through_kills(
    cluster: Cluster, server: ServerProcess, maria: Writer, told: Told
) -> None:
    """Six writers go on and on; each kill comes after some were answered, and is got over."""
    async with asyncio.TaskGroup() as tasks:
        stop = asyncio.Event()
        for _ in range(WRITERS):
            tasks.create_task(_write(server, maria, told, stop))
        for _ in range(KILLS):
            await _grows(lambda: len(told.positions))
            await asyncio.to_thread(cluster.kill)
            await _grows(lambda: len(told.refusals))
            await asyncio.to_thread(cluster.start)
        await _grows(lambda: len(told.positions))
        stop.set()


async def _grows(count) -> None:
    """Wait until there are some more of them."""
    before, deadline = count(), time.monotonic() + PATIENCE
    while count() < before + WRITERS:
        assert time.monotonic() < deadline, "the server does not go on"
        await asyncio.sleep(0.02)


async def _write(server: ServerProcess, maria: Writer, told: Told, stop: asyncio.Event) -> None:
    """Write notes; one that was not taken is sent again as it was, as a console does."""
    connection = await RawConnection.open(server.address)
    try:
        while not stop.is_set():
            content = push_content(maria.note())
            while not await _is_taken(connection, server, content, told) and not stop.is_set():
                await asyncio.sleep(0.05)
    finally:
        connection.close()


async def _is_taken(
    connection: RawConnection, server: ServerProcess, content: bytes, told: Told
) -> bool:
    answer = await connection.send(push_request(server.address, server.token, LOG, content))
    if answer.status != 200:
        told.refusals.append((answer.status, answer.body.decode()))
        return False
    for result in _ANSWER.decode(answer.body).results:
        assert result.position is not None
        assert told.positions.setdefault(result.id, result.position) == result.position
    return True
