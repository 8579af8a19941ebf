"""A backup is one moment of a database in use; restoring it starts a new epoch."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.log.backup import back_up, restore
from app.log.event_log import EventLog
from app.log.problems import DamagedDatabase, FolderUnusable
from tests.log.writing import LOG, Writer, batch


def test_a_restored_backup_has_what_was_there_under_a_new_epoch(tmp_path: Path, maria: Writer):
    notes = maria.notes(5)
    with EventLog.open(tmp_path / "server.db") as log:
        old = log.append([batch(*notes[:3])]).outcomes[0]
        assert back_up(log, tmp_path / "backups" / "one.db") > 0
        log.append([batch(*notes[3:])])

    assert restore(tmp_path / "backups" / "one.db", tmp_path / "server.db") == 1

    with EventLog.open(tmp_path / "server.db") as log:
        head = log.head(LOG)
        assert head.position == 3
        assert head.epoch != old.epoch
        again = log.append([batch(*notes)])
        assert [each.position for each in again.outcomes[0].placements] == [1, 2, 3, 4, 5]


def test_the_database_that_was_in_the_way_is_kept(tmp_path: Path, maria: Writer):
    with EventLog.open(tmp_path / "server.db") as log:
        back_up(log, tmp_path / "one.db")
        log.append([batch(*maria.notes(4))])

    for _ in range(2):
        restore(tmp_path / "one.db", tmp_path / "server.db")

    with EventLog.open(tmp_path / "server.db.before-restore-1") as log:
        assert log.head(LOG).position == 4
    assert (tmp_path / "server.db.before-restore-2").exists()


def test_a_damaged_backup_is_refused_and_the_database_stays(tmp_path: Path, maria: Writer):
    with EventLog.open(tmp_path / "server.db") as log:
        log.append([batch(*maria.notes(50))])
        back_up(log, tmp_path / "one.db")
    content = (tmp_path / "one.db").read_bytes()
    assert b"note 17" in content
    (tmp_path / "one.db").write_bytes(content.replace(b"note 17", b"note 71"))

    with pytest.raises(DamagedDatabase, match="not those that were recorded"):
        restore(tmp_path / "one.db", tmp_path / "server.db")

    with EventLog.open(tmp_path / "server.db") as log:
        assert log.head(LOG).position == 50


def test_a_backup_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "one.db").write_bytes(b"a letter to a friend " * 500)

    with pytest.raises(DamagedDatabase):
        restore(tmp_path / "one.db", tmp_path / "server.db")


def test_a_backup_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FolderUnusable, match="nothing"):
        restore(tmp_path / "nothing.db", tmp_path / "server.db")
