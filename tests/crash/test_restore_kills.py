"""A restore that is killed at any step leaves what was there or what was restored; run again it
finishes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.incident.kinds.situation import LogRestored
from app.log.backup import back_up, require_whole
from app.log.event_log import EventLog, Head
from app.server.keys import load_keys
from tests.crash.forking import Nursery, nursery
from tests.crash.kept import told
from tests.log.writing import CODEC, LOG, OTHER_LOG, Writer, batch

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

STEPS_OF_TWO_ANNOUNCEMENTS = 4  # an id and a salt each
IN_THE_BACKUP, IN_THE_FILE, IN_THE_OLD = 3, 5, 7


@pytest.fixture(scope="module")
def restores(failing_disk: Path) -> Iterator[Nursery]:
    """Forks processes that restore, on a disk that can be made to fail."""
    with nursery("tests.crash.restoring", {"LD_PRELOAD": str(failing_disk)}) as running:
        yield running


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A backup, keys, and the database of a killed server: part of it is in the WAL only."""
    working, left = tmp_path / "working", tmp_path / "left"
    left.mkdir()
    load_keys(left / "server.key")
    maria = Writer()
    with EventLog.open(working / "server.db") as log:
        log.append([batch(*maria.notes(IN_THE_BACKUP))])
        back_up(log, left / "backup.db")
        log.append([batch(*maria.notes(IN_THE_FILE - IN_THE_BACKUP))])
        log.tidy()
    with EventLog.open(working / "server.db") as log:
        log.append([batch(*maria.notes(IN_THE_OLD - IN_THE_FILE))])
        for name in ("server.db", "server.db-wal", "server.db-shm"):
            shutil.copy(working / name, left / name)
    return left


def is_the_new_one(database: Path) -> bool:
    """Whether it is the restored database, whole; if not, it is the old one, whole."""
    with EventLog.open(database) as log:
        require_whole(log)
        *_, last = log.page(LOG, 0, limit=100, max_bytes=1 << 20).lines
        position = log.head(LOG).position
    is_new = isinstance(CODEC.read_record(last).event.fact, LogRestored)
    assert position == (IN_THE_BACKUP + 1 if is_new else IN_THE_OLD)
    return is_new


def is_there_after_a_kill(restores: Nursery, what: str, folder: Path, at: int, look: Path) -> bool:
    """Kill a restore; whether the new database is there then, as somebody finds who opens it."""
    child = restores.start(what, str(folder), str(at))
    child.wait()
    assert not told(restores.lines_until_end(child.pid), "steps"), "it was not killed"
    shutil.copytree(folder, look)
    return is_the_new_one(look / "server.db")


@pytest.mark.parametrize("what", ["names", "disk"])
def test_a_restore_killed_at_any_step_leaves_a_whole_database_and_can_be_run_again(
    restores: Nursery, left: Path, tmp_path: Path, what: str
):
    trial, look = tmp_path / "trial", tmp_path / "look"
    shutil.copytree(left, trial)
    child = restores.start(what, str(trial), "0")
    child.wait()
    (steps,) = told(restores.lines_until_end(child.pid), "steps")
    is_new = list[bool]()
    for at in range(1, int(steps) + 1):
        shutil.rmtree(trial)
        shutil.copytree(left, trial)
        is_new.append(is_there_after_a_kill(restores, what, trial, at, look))
        shutil.rmtree(look)

        child = restores.start(what, str(trial), "0")
        child.wait()

        assert told(restores.lines_until_end(child.pid), "steps"), f"not finished after step {at}"
        assert is_the_new_one(trial / "server.db")
        assert not is_the_new_one(trial / "server.db.before-restore-1")
        assert (trial / "server.db.before-restore-2").exists() == is_new[-1]

    assert is_new == sorted(is_new)
    assert set(is_new) == {False, True}


def heads(url: str) -> list[Head]:
    with EventLog.open(url) as log:
        return log.heads()


def test_epochs_that_are_begun_when_the_process_is_killed_are_not_begun(
    restores: Nursery, postgresql: str, tmp_path: Path
):
    load_keys(tmp_path / "server.key")
    with EventLog.open(postgresql) as log:
        log.append([batch(*Writer().notes(3))])
        log.append([batch(*Writer(seed=2).notes(4, OTHER_LOG), log=OTHER_LOG)])
    before = heads(postgresql)
    for at in range(1, STEPS_OF_TWO_ANNOUNCEMENTS + 1):
        killed = restores.start("epochs", str(tmp_path), str(at), postgresql)
        killed.wait()
        assert not told(restores.lines_until_end(killed.pid), "steps"), "it was not killed"
        assert heads(postgresql) == before

    child = restores.start("epochs", str(tmp_path), "0", postgresql)
    child.wait()

    steps = told(restores.lines_until_end(child.pid), "steps")
    assert steps == [str(STEPS_OF_TWO_ANNOUNCEMENTS)]
    after = {head.log: head for head in heads(postgresql)}
    for head in before:
        assert after[head.log].epoch != head.epoch
        assert after[head.log].position == head.position + 1
