"""A disk that fails again and again, and processes that end on it, lose nothing acknowledged.

Every `STEP`th write and sync of a run of 200 operations fails, counted from several beginnings
(with `--cycles 450` from all of them); a process is ended at points spread over the run, some of
them in the middle of a write.  `test_every_point.py` tries each point alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.forking import Nursery, nursery
from tests.crash.kept import CHECKS, told
from tests.crash.swept import COUNT, END, FAIL, FULL, TEAR_AND_END
from tests.log.profiles import promise_reserve

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

STEP = 61
ENOUGH_FOR_ALL = 150
NEVER_AGAIN = 1 << 30


@pytest.fixture(scope="module")
def children(failing_disk: Path) -> Iterator[Nursery]:
    """Forks children whose disk can be made to fail."""
    with nursery("tests.crash.swept", environment={"LD_PRELOAD": str(failing_disk)}) as running:
        yield running


def run(children: Nursery, words: tuple[str, Path], at: int, step: int, mode: int) -> list[str]:
    """What a run told until it ended, on its own or not."""
    kind, folder = words
    child = children.start(kind, str(folder), str(at), str(step), str(mode))
    child.wait()
    return children.lines_until_end(child.pid)


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("mode", [FAIL, FULL], ids=["error", "full"])
def test_every_write_and_sync_may_fail(
    children: Nursery,
    disk: Path,
    kind: str,
    mode: int,
    cycles: int,
    capsys: pytest.CaptureFixture[str],
):
    acknowledged = 0
    first_failures = range(1, STEP + 1, 1 if cycles >= ENOUGH_FOR_ALL else 10)
    for at in first_failures:
        folder = _folder(disk, at)
        lines = run(children, (kind, folder), at, STEP, mode)
        acknowledged += CHECKS[kind](folder, lines)
        shutil.rmtree(folder)

    assert acknowledged > 10 * len(first_failures)
    with capsys.disabled():
        runs = len(first_failures)
        print(f"\n{kind}: every {STEP}th write or sync failed in {runs} runs; {acknowledged} kept")


@pytest.mark.parametrize("kind", CHECKS)
def test_a_process_may_end_at_any_write_or_sync(
    children: Nursery, disk: Path, kind: str, cycles: int, capsys: pytest.CaptureFixture[str]
):
    lines = run(children, (kind, _folder(disk, 0)), 0, NEVER_AGAIN, COUNT)
    calls = int(told(lines, "calls")[0])
    points = sorted({1 + number * calls // (2 * cycles) for number in range(2 * cycles)})
    for at in points:
        folder = _folder(disk, at)
        lines = run(children, (kind, folder), at, NEVER_AGAIN, (END, TEAR_AND_END)[at % 2])
        assert not told(lines, "calls"), "the process did not end where it should"
        CHECKS[kind](folder, lines)
        shutil.rmtree(folder)

    assert calls > 200
    with capsys.disabled():
        print(f"\n{kind}: ended at {len(points)} of {calls} writes and syncs, nothing lost")


def _folder(disk: Path, at: int) -> Path:
    folder = disk / str(at)
    folder.mkdir()
    promise_reserve(folder)
    return folder
