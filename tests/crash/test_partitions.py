"""A console that was cut off from its server catches up by itself once the cable is mended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.log.event_log import EventLog
from tests.crash.forking import Child, Nursery, nursery
from tests.crash.namespaces import SERVER_ADDRESS, Link, linked_namespaces
from tests.crash.servers import Server
from tests.log.profiles import open_in
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

WAITING = (20, 60, 150)
"""How many entries wait before the cable is mended, ten a second."""

ROOT = Path(__file__).parents[2]


@pytest.fixture
def link() -> Iterator[Link]:
    """Two namespaces; only root may make them."""
    if os.geteuid() != 0:
        pytest.skip("only root may make network namespaces")
    with linked_namespaces() as made:
        yield made


def read_until(console: Child, what: str, seconds: float) -> list[str]:
    """Lines of a console until one begins with `what`; the test ends if it never comes."""
    lines = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        lines.append(console.line())
        if lines[-1].startswith(what):
            return lines
    raise AssertionError(f"no {what!r} in {seconds} s; last: {lines[-3:]}")


def register_from(link: Link, server: Server, writer: Writer) -> None:
    """Register a console from where consoles are."""
    program = (
        "import sys; from tests.server.pushing import register; "
        "from tests.log.writing import Writer; register(*sys.argv[1:3], Writer().key)"
    )
    words = [*link.prefix(link.consoles), sys.executable, "-c", program]
    subprocess.run([*words, server.url, server.token], check=True, cwd=ROOT)


def test_a_cut_off_console_catches_up_by_itself(
    link: Link, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with (
        nursery("tests.crash.served", prefix=link.prefix(link.servers)) as servers,
        nursery("tests.crash.writing_console", prefix=link.prefix(link.consoles)) as consoles,
    ):
        server = Server(servers, tmp_path / "server", "", host=SERVER_ADDRESS)
        server.start()
        register_from(link, server, Writer())
        seconds = _cut_and_mend(link, server, consoles, tmp_path / "profile")
        drained = consoles.start(str(tmp_path / "profile"), server.url, server.token, "drain")
        read_until(drained, "drained", PATIENCE)
        server.stop()

    _assert_same(tmp_path)
    with capsys.disabled():
        healed = ", ".join(f"{each:.1f}" for each in seconds)
        print(f"\nsent everything {healed} s after the cable was mended")


def _cut_and_mend(link: Link, server: Server, consoles: Nursery, profile: Path) -> list[float]:
    console = consoles.start(str(profile), server.url, server.token, "follow")
    seconds = []
    for waiting in WAITING:
        _wait_until(console, lambda sent, _: sent > 0)
        link.cut()
        sent, unsent = _wait_until(console, lambda _, unsent, count=waiting: unsent >= count)
        began = time.monotonic()
        link.mend()
        _wait_until(console, lambda now, _, written=sent + unsent: now >= written)
        seconds.append(time.monotonic() - began)
    console.kill()
    consoles.lines_until_end(console.pid)
    return seconds


def _wait_until(console: Child, holds: Callable[[int, int], bool]) -> tuple[int, int]:
    """How many notes are sent and how many wait, once that is as it should be.

    It goes on writing: on a slow machine there may always be some that wait.
    """
    while True:
        _, sent, unsent = read_until(console, "at ", PATIENCE)[-1].split(" ")
        if holds(int(sent), int(unsent)):
            return int(sent), int(unsent)


def _assert_same(folder: Path) -> None:
    database = folder / "server" / "server.db"
    with EventLog.open(database) as log, open_in(folder / "profile").log as own:
        lines = log.page(LOG, 0, limit=100_000, max_bytes=1 << 30).lines
        assert tuple(own.lines(LOG)) == lines
        assert own.outbox() == []
    ids = [CODEC.read_record(line).event.id for line in lines]
    assert len(set(ids)) == len(ids) > sum(WAITING)
