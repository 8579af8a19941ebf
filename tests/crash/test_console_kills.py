"""A console that is killed keeps what it showed as kept, and sends each of it once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from random import Random

import pytest

from tests.crash.forking import Nursery, nursery
from tests.crash.load import positions_in
from tests.log.profiles import open_in, promise_reserve
from tests.log.writing import Writer
from tests.server.process import running_process
from tests.server.pushing import register

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_800)]


def test_a_killed_console_loses_nothing_it_showed(
    cycles: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    random, began, shown = Random(4), time.monotonic(), list[str]()
    profile = tmp_path / "profile"
    open_in(profile).log.close()
    promise_reserve(profile)
    with running_process(tmp_path / "server") as server, nursery(_CONSOLE) as consoles:
        register(server.url, server.token, Writer().key)
        words = (str(profile), server.url, server.token)
        for _ in range(cycles):
            shown += _write_and_die(consoles, words, random)
        drained = consoles.start(*words, "drain")
        assert drained.line() == "open"
        assert drained.line().startswith("drained")
        found = positions_in(server.url, server.token)

    assert len(shown) >= cycles
    lost = [event_id for event_id in shown if event_id not in found]
    twice = [event_id for event_id, places in found.items() if len(places) > 1]
    assert (lost, twice) == ([], [])
    with open_in(profile).log as log:
        assert (log.outbox(), log.refused()) == ([], [])
    with capsys.disabled():
        print(
            f"\n{cycles} kills in {time.monotonic() - began:.1f} s: {len(shown)} shown as kept, "
            f"{len(found)} recorded, 0 lost, 0 twice"
        )


_CONSOLE = "tests.crash.writing_console"


def _write_and_die(consoles: Nursery, words: tuple[str, ...], random: Random) -> list[str]:
    console = consoles.start(*words, "write")
    assert console.line() == "open"
    first = console.line()
    asyncio.run(asyncio.sleep(random.uniform(0.0, 0.2)))  # the moment of the kill is the test
    console.kill()
    return [first, *consoles.lines_until_end(console.pid)]
