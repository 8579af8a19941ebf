"""Whichever write or sync of a run fails or is the last, what was acknowledged is there.

With enough `--cycles` every write and sync of a run of 200 operations fails in one of `STEP` runs,
in each of which every `STEP`th fails; a process is ended at points spread over the run, some of
them in the middle of a write.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.log.event_log import EventLog
from app.proof.merkle import CompactRange
from tests.crash.forking import Nursery, nursery
from tests.crash.swept import COUNT, END, FAIL, FULL, TEAR_AND_END
from tests.log.profiles import open_in, promise_reserve, record_lines
from tests.log.writing import CODEC, LOG, OTHER_LOG, Writer
from tests.real_programs import needs_program

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

STEP = 61
ENOUGH_FOR_ALL = 100
NEVER_AGAIN = 1 << 30
_SOURCE = Path(__file__).parent / "failing_disk.c"


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Forks children whose disk can be made to fail."""
    library = tmp_path_factory.mktemp("library") / "failing_disk.so"
    compile_it = [needs_program("gcc"), "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"]
    subprocess.run(compile_it, check=True)
    with nursery("tests.crash.swept", environment={"LD_PRELOAD": str(library)}) as running:
        yield running


def run(children: Nursery, words: tuple[str, Path], at: int, step: int, mode: int) -> list[str]:
    """What a run told until it ended, on its own or not."""
    kind, folder = words
    child = children.start(kind, str(folder), str(at), str(step), str(mode))
    child.wait()
    return children.lines_until_end(child.pid)


def told(lines: list[str], what: str) -> list[str]:
    """What follows `what` in the lines that begin with it."""
    return [line.removeprefix(f"{what} ") for line in lines if line.startswith(f"{what} ")]


def check_console(folder: Path, lines: list[str]) -> int:
    """Everything that was told is there, once; returns how much was kept."""
    theirs = record_lines(Writer(seed=2).notes(200, OTHER_LOG))
    with open_in(folder).log as log:
        waiting = [entry.event_id for entry in log.outbox()]
        settled = [CODEC.read_record(line).event.id for line in log.lines(LOG)]
        followed = tuple(log.lines(OTHER_LOG))
    everything = waiting + settled
    assert set(told(lines, "kept")) <= set(everything)
    assert set(told(lines, "settled")) <= set(settled)
    assert len(everything) == len(set(everything))
    assert followed == theirs[: len(followed)]
    assert len(followed) >= max(map(int, told(lines, "followed")), default=0)
    return len(told(lines, "kept"))


def check_server(folder: Path, lines: list[str]) -> int:
    """Everything that was recorded is at its place, once; returns how much was recorded."""
    acknowledged = dict(line.split(" ") for line in told(lines, "recorded"))
    with EventLog.open(folder / "server.db") as log:
        stored = log.page(LOG, 0, limit=1_000, max_bytes=1 << 30).lines if log.heads() else ()
        tree = CompactRange()
        tree.extend(stored)
        assert not stored or tree.root == log.head(LOG).root
    ids = [CODEC.read_record(line).event.id for line in stored]
    assert len(set(ids)) == len(ids)
    placed = {event_id: str(position) for position, event_id in enumerate(ids, 1)}
    assert placed.items() >= acknowledged.items()
    return len(acknowledged)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder for runs; in memory where there is such a place, for speed."""
    memory = Path("/dev") / "shm"
    place = memory if os.access(memory, os.W_OK) else tmp_path
    folder = Path(tempfile.mkdtemp(prefix="wf-sweep-", dir=place))
    yield folder
    shutil.rmtree(folder)


CHECKS = {"console": check_console, "server": check_server}


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
