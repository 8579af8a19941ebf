"""A profile that a newer version wrote is refused untouched, and read without being touched."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
import sqlcipher3.dbapi2

from app.log.glance import NothingToSee, glance_at
from app.log.local_schema import LOCAL_MIGRATIONS, metadata
from app.log.local_values import PROFILE_SCHEMA
from app.log.newer_profile import READ, NewerProfile, StillWritten, profile_as_it_is
from app.log.problems import StoreError
from app.log.profile import open_profile
from tests.log.newer import GROWN, RAISED, files_in, let_newer_write
from tests.log.profiles import page, record_lines
from tests.log.writing import LOG, NOON, Writer, outbox_entry

KEY = bytes(range(32))
LEFT_OUT = [(table, column) for table, columns in READ.items() for column in columns]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "newer" / "profile.db"


@pytest.fixture
def lines(path: Path) -> tuple[bytes, ...]:
    """What is confirmed in a profile of this version, with an entry that waits; it is closed."""
    maria = Writer()
    lines = record_lines(maria.notes(40))
    with open_profile(path, KEY, clock=lambda: NOON).log as log:
        log.confirm(page(LOG, lines))
        log.enqueue([outbox_entry(maria.note())])
        log.set_value("actor", b"person:maria")
    return lines


def refused(path: Path) -> NewerProfile:
    """How opening the profile at `path` for work is refused."""
    with pytest.raises(NewerProfile) as caught:
        open_profile(path, KEY, clock=lambda: NOON)
    return caught.value


def test_the_schema_that_is_known_is_that_of_the_last_migration() -> None:
    assert len(LOCAL_MIGRATIONS) == PROFILE_SCHEMA


@pytest.mark.parametrize("statements", [(RAISED,), GROWN], ids=["raised", "grown"])
def test_a_newer_profile_is_refused_and_read_and_not_one_byte_changes(
    path: Path, lines: tuple[bytes, ...], statements: tuple[str, ...]
) -> None:
    let_newer_write(path, KEY, *statements)
    before = files_in(path.parent)

    error = refused(path)

    assert str(PROFILE_SCHEMA + 1) in str(error)
    assert error.look is not None
    with error.look() as seen:
        assert seen.schema == PROFILE_SCHEMA + 1
        assert seen.lines(LOG, 0) == list(lines)
        assert len(seen.waiting(LOG)) == 1
        assert seen.setting("actor") == b"person:maria"
        assert list(seen.followed()) == [LOG]
    assert files_in(path.parent) == before


def test_states_that_a_newer_version_kept_are_not_thrown_away(
    path: Path, lines: tuple[bytes, ...]
) -> None:
    let_newer_write(path, KEY, RAISED)
    kept = path.with_name(f"{path.name}.kept")
    kept.write_bytes(b"of a layout that is still to come")

    refused(path)
    with pytest.raises(NothingToSee, match="newer"), glance_at(path, KEY):
        pass

    assert kept.read_bytes() == b"of a layout that is still to come"


def test_a_newer_version_that_ended_before_it_could_close_is_found_out_and_read(
    path: Path, lines: tuple[bytes, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given that the later schema, and what was written last, are in the file beside the database
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    left = tmp_path / "left"
    maria = Writer(seed=7)
    with open_profile(path, KEY, clock=lambda: NOON).log as log:
        with log._transaction() as connection:
            connection.exec_driver_sql(RAISED)
        log.enqueue([outbox_entry(maria.note())])
        shutil.copytree(path.parent, left)
    before = files_in(left)
    assert before["profile.db-wal"]

    # when it is opened, and read
    error = refused(left / path.name)
    assert error.look is not None
    with error.look() as seen:
        waiting = seen.waiting(LOG)
        assert len(list(private.iterdir())) == 1

    # then all of it was seen, nothing changed, and the private copy is gone
    assert len(waiting) == 2
    assert files_in(left) == before
    assert list(private.iterdir()) == []


@pytest.mark.parametrize(("table", "column"), LEFT_OUT)
def test_without_a_column_that_is_read_nothing_is_shown_and_the_advice_stays(
    path: Path, lines: tuple[bytes, ...], table: str, column: str
) -> None:
    renamed = f"ALTER TABLE {table} RENAME COLUMN {column} TO another"
    let_newer_write(path, KEY, RAISED, renamed)
    before = files_in(path.parent)

    error = refused(path)

    assert error.look is None
    assert "Install the newer version again" in error.advice
    assert files_in(path.parent) == before


def test_every_column_that_has_to_be_there_is_one_of_this_version() -> None:
    for table, columns in READ.items():
        assert set(columns) <= set(metadata.tables[table].columns.keys())


def test_a_profile_that_changes_while_it_is_read_is_not_believed(
    path: Path, lines: tuple[bytes, ...]
) -> None:
    def read_while_another_writes() -> None:
        with profile_as_it_is(path, KEY) as seen:
            assert len(seen.lines(LOG, 0)) == len(lines)
            with open_profile(path, KEY, clock=lambda: NOON).log as log:
                log.enqueue([outbox_entry(note) for note in Writer(seed=3).notes(2)])

    with pytest.raises(StillWritten):
        read_while_another_writes()


def test_nothing_can_be_written_through_what_reads_it(
    path: Path, lines: tuple[bytes, ...]
) -> None:
    refused = pytest.raises(sqlcipher3.dbapi2.OperationalError, match="readonly")
    with profile_as_it_is(path, KEY) as seen, refused:
        seen.connection.execute("DELETE FROM confirmed")


def test_a_profile_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises((NothingToSee, StoreError)), profile_as_it_is(tmp_path / "gone.db", KEY):
        pass
