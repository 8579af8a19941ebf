"""A console that is killed while it keeps a state has the state before, whole, or the new one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.crash.forking import nursery
from tests.log.profiles import open_in, page, promise_reserve, record_lines
from tests.log.writing import LOG, Writer

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_800)]


def test_a_kept_state_is_whole_or_not_there_whenever_the_console_is_killed(
    cycles: int, tmp_path: Path
):
    random, lines = Random(7), record_lines(Writer().notes(30))
    with open_in(tmp_path).log as log:
        log.confirm(page(LOG, lines))
    promise_reserve(tmp_path)
    numbers = list[int]()
    with nursery("tests.crash.keeping_console") as consoles:
        for cycle in range(cycles):
            console = consoles.start(str(tmp_path))
            assert console.line() == "keeping"
            if cycle == cycles // 2:  # from here on there is one
                assert console.line() == "kept"
            asyncio.run(asyncio.sleep(random.uniform(0.0, 0.1)))  # the moment is the test
            console.kill()
            consoles.lines_until_end(console.pid)
            opened = open_in(tmp_path)
            with opened.log as log:
                kept = log.kept_state(LOG)
                assert opened.salvage is None
                assert tuple(log.lines(LOG)) == lines
            if kept is not None:
                assert set(kept.parts.values()) == {kept.rules * 2_000}
                assert len(kept.parts) == int(kept.rules) % 40 + 1
                numbers.append(int(kept.rules))

    assert len(numbers) >= cycles / 2
