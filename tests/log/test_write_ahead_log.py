"""The room that a server's write-ahead log has from the start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.log import database
from app.log.event_log import EventLog
from tests.log.writing import LOG, Writer, batch

ROOM = 6 * 1024 * 1024

APPENDS_AND_DIES = """
import os, signal, sys
from app.log.event_log import EventLog
from tests.log.writing import Writer, batch
log = EventLog.open(sys.argv[1])
log.make_room()
maria = Writer(seed=1)
for note in maria.notes(3):
    log.append([batch(note)])
os.kill(os.getpid(), signal.SIGKILL)
"""


def wal_of(path: Path) -> Path:
    """The file SQLite writes first."""
    return path.with_name(f"{path.name}-wal")


def test_commits_find_their_room_in_the_file(tmp_path: Path, maria: Writer):
    path = tmp_path / "server.db"
    with EventLog.open(path) as log:
        log.make_room()
        assert wal_of(path).stat().st_size == ROOM
        log.append([batch(*maria.notes(5))])
        assert wal_of(path).stat().st_size == ROOM


def test_what_a_killed_process_committed_is_read_from_among_the_room(tmp_path: Path):
    path = tmp_path / "server.db"
    died = subprocess.run([sys.executable, "-c", APPENDS_AND_DIES, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert wal_of(path).stat().st_size == ROOM

    with EventLog.open(path) as log:
        assert log.head(LOG).position == 3
        grown = log.append([batch(Writer(seed=2).note())])
    with EventLog.open(path) as log:
        assert log.head(LOG).position == grown.outcomes[0].head == 4


def test_a_disk_without_room_for_it_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maria: Writer
):
    def refuse(descriptor: int) -> None:
        if os.fstat(descriptor).st_size == ROOM:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(database.os, "fsync", refuse)
    path = tmp_path / "server.db"
    with EventLog.open(path) as log:
        log.make_room()
        assert wal_of(path).stat().st_size < ROOM
        assert log.append([batch(maria.note())]).outcomes[0].head == 1
