"""A server that is killed under load keeps what it acknowledged, and records nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from app.log.event_log import EventLog
from app.proof.merkle import CompactRange
from tests.crash.forking import nursery
from tests.crash.load import WRITERS, Told, positions_in, send_again, write_until
from tests.crash.servers import Server
from tests.log.postgres import running_cluster
from tests.log.writing import LOG, Writer
from tests.real_programs import needs_program
from tests.server.pushing import push_content, register

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_800)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind; PostgreSQL itself is killed in `test_database_kills`."""
    if request.param == "sqlite":
        yield str(tmp_path / "server.db")
        return
    with running_cluster(needs_program("postgres").resolve().parent) as cluster:
        yield cluster.make_database("kills")


@dataclass
class RememberingWriter(Writer):
    """Keeps what it wrote, to send it again."""

    written: list[bytes] = field(default_factory=list)

    def note(self, text: str = "a note", log: str = LOG):
        """A note, remembered."""
        note = super().note(text, log)
        self.written.append(push_content(note))
        return note


def test_a_killed_server_keeps_what_it_acknowledged(
    database: str, cycles: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    random, maria, told = Random(3), RememberingWriter(), Told()
    began = time.monotonic()
    with nursery("tests.crash.served") as children:
        server = Server(children, tmp_path / "server", database)
        server.start()
        register(server.url, server.token, maria.key)
        for _ in range(cycles):
            asyncio.run(_one_cycle(server, maria, told, random))
            server.start()
            send_again(server.url, server.token, maria.written[-10:], told)
        found = positions_in(server.url, server.token)
        server.stop()

    assert len(told.positions) >= WRITERS * cycles
    lost = {key for key, at in told.positions.items() if found.get(key, [])[:1] != [at]}
    twice = {key: places for key, places in found.items() if len(places) > 1}
    assert (lost, twice) == (set(), {})
    _check_tree(database, len(found))
    with capsys.disabled():
        print(
            f"\n{cycles} kills in {time.monotonic() - began:.1f} s: {len(told.positions)} "
            f"acknowledged, {len(found)} recorded, {told.retries} sent again, 0 lost, 0 twice"
        )


async def _one_cycle(server: Server, maria: Writer, told: Told, random: Random) -> None:
    await write_until(server.address, server.token, maria, told, server.kill, random)


def _check_tree(database: str, size: int) -> None:
    with EventLog.open(database) as log:
        lines = log.page(LOG, 0, limit=10_000_000, max_bytes=1 << 40).lines
        tree = CompactRange()
        tree.extend(lines)
        assert (len(lines), tree.root) == (size, log.head(LOG).root)
