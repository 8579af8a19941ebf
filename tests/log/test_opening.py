"""Opening a server's database: what it refuses, and what it says then."""

from __future__ import annotations

import errno
from pathlib import Path

import psycopg
import pytest
import sqlcipher3.dbapi2

from app.log.credentials import Credentials, token_digest
from app.log.database import open_database, open_sqlite
from app.log.deliveries import Arriving, Deliveries
from app.log.event_log import EventLog
from app.log.problems import (
    DamagedDatabase,
    FolderUnusable,
    NewerDatabase,
    StorageFull,
    StorageUnavailable,
    file_trouble,
)
from tests.log.writing import Writer, batch


def test_a_database_of_a_later_version_is_refused_and_left_alone(database_url: str):
    with EventLog.open(database_url) as log, log.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")

    with pytest.raises(NewerDatabase, match="99") as caught:
        EventLog.open(database_url)

    assert "newer version" in caught.value.advice


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "server.db"
    path.write_bytes(b"not a database, but a letter. " * 200)
    before = path.read_bytes()

    with pytest.raises(DamagedDatabase):
        EventLog.open(path)

    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FolderUnusable, match="file"):
        EventLog.open(tmp_path / "file" / "server.db")


def test_a_folder_on_a_full_disk_is_told_from_one_that_may_not_be_used(tmp_path: Path):
    full = file_trouble(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    refused = file_trouble(tmp_path, OSError(errno.EACCES, "Permission denied"))

    assert isinstance(full, StorageFull)
    assert "disk space" in full.advice
    assert isinstance(refused, FolderUnusable)
    assert "Permission denied" in str(refused)


def test_a_database_server_that_does_not_answer_is_named(tmp_path: Path):
    with pytest.raises(StorageUnavailable, match="does not answer"):
        EventLog.open(f"postgresql://nobody@/none?host={tmp_path}")


def test_a_database_of_an_unknown_kind_is_refused():
    with pytest.raises(StorageUnavailable, match="mysql"):
        EventLog.open("mysql://somewhere/else")


def test_commits_of_a_server_wait_for_the_disk(tmp_path: Path):
    database = open_sqlite(tmp_path / "server.db")

    with database.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()


def test_readers_cannot_write(tmp_path: Path, maria: Writer):
    with (
        EventLog.open(tmp_path / "server.db") as log,
        log.database.readers.connect() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1


def test_when_the_disk_is_full_nothing_is_half_recorded_and_reading_goes_on(
    tmp_path: Path, maria: Writer
):
    with EventLog.open(tmp_path / "server.db") as log:
        log.append([batch(maria.note())])
        with log.database.writer.begin() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

        with pytest.raises(StorageFull) as caught:
            log.append([batch(maria.note("x" * 60_000), maria.note("y" * 60_000))])

        assert "disk space" in caught.value.advice
        page = log.page(batch().log, 0, limit=10, max_bytes=1_000_000)
        assert len(page.lines) == page.head == 1
        with log.database.writer.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1_000}")
        assert log.append([batch(maria.note())]).outcomes[0].head == 2


def test_the_sqlite_in_use_has_not_the_race_that_damages_databases():
    version = tuple(int(part) for part in sqlcipher3.dbapi2.sqlite_version.split("."))

    assert version >= (3, 51, 3)


def test_tokens_are_known_by_their_hash_until_they_are_revoked(log: EventLog):
    credentials = Credentials(log.database)

    token = credentials.issue("person:maria", now=1, is_owner=True)

    principal = credentials.principal_of(token_digest(token))
    assert principal is not None
    assert (principal.actor, principal.is_owner) == ("person:maria", True)
    assert len(token) >= 43
    credentials.revoke(token_digest(token), now=2)
    assert credentials.principal_of(token_digest(token)) is None


def test_deliveries_wait_in_order_until_they_are_settled(log: EventLog):
    deliveries = Deliveries(log.database)
    arriving = [
        Arriving(format="alertmanager", source="prometheus", received_at=at, content=b"%d" % at)
        for at in (1, 2, 3)
    ]

    kept = deliveries.store(arriving)
    deliveries.settle(kept[0].id, now=9)

    assert [each.content for each in deliveries.waiting()] == [b"2", b"3"]
    assert len(deliveries.waiting_ids()) == 2


def test_a_connection_in_use_is_closed_when_it_comes_back_to_a_closed_database(database_url: str):
    database = open_database(database_url)
    used = database.readers.connect()
    own = used.connection.dbapi_connection
    database.close()

    used.close()

    assert own is not None
    with pytest.raises((sqlcipher3.dbapi2.ProgrammingError, psycopg.OperationalError)):
        own.execute("SELECT 1")
