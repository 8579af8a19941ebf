"""A backup is one moment of a database in use; restoring it starts a new epoch."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
import sqlcipher3.dbapi2

from app.log.backup import back_up, restore
from app.log.database import driver_explained
from app.log.database_use import DatabaseInUse
from app.log.event_log import EventLog
from app.log.problems import DamagedDatabase, FolderUnusable, StorageFull, StorageUnavailable
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


def killed_server(folder: Path, maria: Writer) -> Path:
    """The database of a killed server, whose only records are in its write-ahead log."""
    with EventLog.open(folder / "working.db") as log:
        log.append([batch(*maria.notes(4))])
        for ending in ("", "-wal", "-shm"):
            shutil.copy(folder / f"working.db{ending}", folder / f"server.db{ending}")
    return folder / "server.db"


@pytest.fixture
def empty_backup(tmp_path: Path) -> Path:
    """A backup of a server that had recorded nothing."""
    with EventLog.open(tmp_path / "empty.db") as log:
        back_up(log, tmp_path / "one.db")
    return tmp_path / "one.db"


def positions(database: Path) -> dict[str, int]:
    with EventLog.open(database) as log:
        return log.positions()


def test_what_a_killed_server_left_beside_its_database_does_not_reach_the_new_one(
    empty_backup: Path, tmp_path: Path, maria: Writer
):
    database = killed_server(tmp_path, maria)

    restore(empty_backup, database)

    assert positions(database) == {}
    assert positions(tmp_path / "server.db.before-restore-1") == {LOG: 4}


def test_a_damaged_database_is_kept_with_what_lay_beside_it(empty_backup: Path, tmp_path: Path):
    database, letter = tmp_path / "server.db", b"a letter to a friend " * 500
    database.write_bytes(letter)
    (tmp_path / "server.db-wal").write_bytes(b"and another one")

    restore(empty_backup, database)

    assert positions(database) == {}
    assert (tmp_path / "server.db.before-restore-1").read_bytes() == letter
    assert (tmp_path / "server.db.before-restore-1-wal").read_bytes() == b"and another one"


def test_a_write_ahead_log_without_its_database_is_kept_away_from_the_new_one(
    empty_backup: Path, tmp_path: Path, maria: Writer
):
    database = killed_server(tmp_path, maria)
    database.unlink()

    restore(empty_backup, database)

    assert positions(database) == {}
    assert (tmp_path / "server.db.before-restore-1-wal").exists()


def test_a_file_system_without_hard_links_gets_a_copy_of_the_old_database(
    empty_backup: Path, tmp_path: Path, maria: Writer, monkeypatch: pytest.MonkeyPatch
):
    database = killed_server(tmp_path, maria)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    restore(empty_backup, database)

    assert positions(database) == {}
    assert positions(tmp_path / "server.db.before-restore-1") == {LOG: 4}
    assert list(tmp_path.glob("*.new")) == []


def test_a_database_behind_a_link_is_replaced_where_it_is(
    empty_backup: Path, tmp_path: Path, maria: Writer
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    database = killed_server(elsewhere, maria)
    (tmp_path / "server.db").symlink_to(database)

    restore(empty_backup, tmp_path / "server.db")

    assert positions(database) == {}
    assert (tmp_path / "server.db").is_symlink()
    assert positions(elsewhere / "server.db.before-restore-1") == {LOG: 4}


def test_a_database_that_is_open_is_not_replaced(
    empty_backup: Path, tmp_path: Path, maria: Writer
):
    with EventLog.open(tmp_path / "server.db") as log:
        log.append([batch(*maria.notes(4))])

        with pytest.raises(DatabaseInUse):
            restore(empty_backup, tmp_path / "server.db")

        log.append([batch(maria.note())])
    assert positions(tmp_path / "server.db") == {LOG: 5}
    assert list(tmp_path.glob("*before-restore*")) == []


def test_a_disk_that_fills_up_while_a_database_is_copied_is_told():
    with pytest.raises(StorageFull), driver_explained():
        raise sqlcipher3.dbapi2.OperationalError("database or disk is full")
    with pytest.raises(StorageUnavailable, match="disk I/O error"), driver_explained():
        raise sqlcipher3.dbapi2.OperationalError("disk I/O error")
