"""A disk that fails again and again, and processes that end on it, lose nothing acknowledged.

Every `STEP`th write and sync of a run of 200 operations fails, counted from several beginnings
(with `--cycles 450` from all of them); a process is ended at points spread over the run, some of
them in the middle of a write.  `test_every_point.py` tries each point alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash import forking
from tests.crash.forking import Nursery
from tests.crash.kept import CHECKS, told
from tests.crash.swept import COUNT, END, FAIL, FULL, TEAR_AND_END
from tests.log.profiles import promise_reserve

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_800)]

STEP = 61
ENOUGH_FOR_ALL = 150
NEVER_AGAIN = 1 << 30


@pytest.fixture(scope="module")
def children(failing_disk: Path) -> Iterator[list[Nursery]]:
    """One for each processor: they fork children whose disk can be made to fail."""
    environment = {"LD_PRELOAD": str(failing_disk)}
    with ExitStack() as running:
        yield [
            running.enter_context(forking.nursery("tests.crash.swept", environment=environment))
            for _ in range(os.cpu_count() or 1)
        ]


def for_each(
    points: Sequence[int], children: list[Nursery], attempt: Callable[[Nursery, int], int]
) -> int:
    """The sum of attempts at all points, of which each nursery makes one at a time."""

    def take_turns(share: int) -> int:
        return sum(attempt(children[share], at) for at in points[share :: len(children)])

    with ThreadPoolExecutor(len(children)) as waiting:
        return sum(waiting.map(take_turns, range(len(children))))


def run(nursery: Nursery, words: tuple[str, Path], at: int, step: int, mode: int) -> list[str]:
    """What a run told until it ended, on its own or not."""
    kind, folder = words
    child = nursery.start(kind, str(folder), str(at), str(step), str(mode))
    child.wait()
    return nursery.lines_until_end(child.pid)


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("mode", [FAIL, FULL], ids=["error", "full"])
def test_every_write_and_sync_may_fail(
    children: list[Nursery],
    disk: Path,
    kind: str,
    mode: int,
    cycles: int,
    capsys: pytest.CaptureFixture[str],
):
    def fail(nursery: Nursery, at: int) -> int:
        folder = _folder(disk, at)
        lines = run(nursery, (kind, folder), at, STEP, mode)
        kept = CHECKS[kind](folder, lines)
        shutil.rmtree(folder)
        return kept

    first_failures = range(1, STEP + 1, 1 if cycles >= ENOUGH_FOR_ALL else 10)
    acknowledged = for_each(first_failures, children, fail)

    assert acknowledged > 10 * len(first_failures)
    with capsys.disabled():
        runs = len(first_failures)
        print(f"\n{kind}: every {STEP}th write or sync failed in {runs} runs; {acknowledged} kept")


@pytest.mark.parametrize("kind", CHECKS)
def test_a_process_may_end_at_any_write_or_sync(
    children: list[Nursery], disk: Path, kind: str, cycles: int, capsys: pytest.CaptureFixture[str]
):
    def end(nursery: Nursery, at: int) -> int:
        folder = _folder(disk, at)
        lines = run(nursery, (kind, folder), at, NEVER_AGAIN, (END, TEAR_AND_END)[at % 2])
        assert not told(lines, "calls"), f"the process did not end where it should ({at})"
        kept = CHECKS[kind](folder, lines)
        shutil.rmtree(folder)
        return kept

    lines = run(children[0], (kind, _folder(disk, 0)), 0, NEVER_AGAIN, COUNT)
    calls = int(told(lines, "calls")[0])
    points = sorted({1 + number * calls // (2 * cycles) for number in range(2 * cycles)})
    for_each(points, children, end)

    assert calls > 200
    with capsys.disabled():
        print(f"\n{kind}: ended at {len(points)} of {calls} writes and syncs, nothing lost")


def _folder(disk: Path, at: int) -> Path:
    folder = disk / str(at)
    folder.mkdir()
    promise_reserve(folder)
    return folder
