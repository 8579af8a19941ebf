"""A backup is whole or none, and a restored server says so and gets back what it lacks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.operations import (
    BackupExists,
    BackupUnusable,
    ManagedByPostgresql,
    NoKeys,
    OtherKeys,
    backup,
    restore,
)
from app.events.event import ORGANISATION_LOG
from app.incident.kinds.situation import LogRestored
from app.log.database_use import DatabaseInUse, NoDatabase
from app.log.event_log import EventLog
from app.server.keys import load_keys
from app.server.settings import Settings, settings_in
from app.server.site import running_site
from tests.log.writing import CODEC, LOG, OTHER_LOG, Writer, batch
from tests.server.running import running_server

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server's database with two logs, and its keys."""
    settings = settings_in(tmp_path / "server", local_person="maria")
    load_keys(settings.key_file)
    maria = Writer()
    with EventLog.open(settings.database) as log:
        log.append([batch(*maria.notes(30))])
        log.append([batch(*maria.notes(5, OTHER_LOG), log=OTHER_LOG)])
    return settings


def lines_of(settings: Settings, name: str = LOG) -> tuple[bytes, ...]:
    with EventLog.open(settings.database) as log:
        return log.page(name, 0, limit=1_000, max_bytes=1 << 30).lines


def back_up(settings: Settings, output: Path) -> Path:
    assert backup(settings.database, settings.key_file, output, clock=lambda: NOW) == 0
    return output


def put_back(settings: Settings, source: Path | None) -> None:
    assert restore(settings.database, settings.key_file, source, clock=lambda: NOW) == 0


def test_a_backup_can_be_made_while_the_server_writes(settings: Settings, tmp_path: Path):
    with EventLog.open(settings.database) as log:
        back_up(settings, tmp_path / "backup")
        log.append([batch(*Writer(seed=2).notes(3))])

    copied = settings_in(tmp_path / "backup", local_person="maria")
    assert lines_of(copied) == lines_of(settings)[:30]


def test_restoring_brings_back_the_records_under_new_epochs_and_says_so(
    settings: Settings, tmp_path: Path
):
    source, before = back_up(settings, tmp_path / "backup"), lines_of(settings)
    with EventLog.open(settings.database) as log:
        epochs = {head.log: head.epoch for head in log.heads()}
        log.append([batch(*Writer(seed=2).notes(3))])

    put_back(settings, source)

    with EventLog.open(settings.database) as log:
        assert all(log.head(name).epoch != epoch for name, epoch in epochs.items())
    *kept, last = lines_of(settings)
    restored = CODEC.read_record(last)
    assert tuple(kept) == before
    assert restored.event.fact == LogRestored(epoch_before=epochs[LOG][:8], kept=30, returned=0)
    assert restored.event.actor == "automation:server"
    assert len(lines_of(settings, OTHER_LOG)) == 6


def test_the_database_that_was_there_is_kept_beside(settings: Settings, tmp_path: Path):
    source = back_up(settings, tmp_path / "backup")
    with EventLog.open(settings.database) as log:
        log.append([batch(*Writer(seed=2).notes(3))])

    put_back(settings, source)

    (aside,) = Path(settings.database).parent.glob("server.db.before-restore-?")
    with EventLog.open(aside) as log:
        assert log.head(LOG).position == 33


def test_a_console_gives_back_what_the_backup_lacks(settings: Settings, tmp_path: Path):
    omar = Writer(seed=2, person="maria")

    async def tell() -> list[bytes]:
        async with running_server(settings) as server:
            await server.register(omar)
            source = back_up(settings, tmp_path / "backup")
            later = omar.notes(4)
            await server.push(*later)
        put_back(settings, source)
        async with running_server(settings) as server:
            await server.push(*later)
        return [note.body for note in later]

    bodies = asyncio.run(tell())

    lines = lines_of(settings)
    assert len(lines) == 35
    assert all(any(body in line for line in lines) for body in bodies)


def test_a_restored_server_starts_and_signs(settings: Settings, tmp_path: Path):
    source = back_up(settings, tmp_path / "backup")
    put_back(settings, source)

    async def start() -> int:
        async with running_site(settings) as site:
            return site.log.head(ORGANISATION_LOG).position

    assert asyncio.run(start()) > 0


def test_a_machine_that_lost_everything_gets_the_keys_too(settings: Settings, tmp_path: Path):
    source, keys = back_up(settings, tmp_path / "backup"), settings.key_file.read_bytes()
    elsewhere = settings_in(tmp_path / "new", local_person="maria")

    put_back(elsewhere, source)

    assert elsewhere.key_file.read_bytes() == keys
    assert lines_of(elsewhere)[:-1] == lines_of(settings)


def test_a_server_that_runs_is_not_restored_over(settings: Settings, tmp_path: Path):
    source = back_up(settings, tmp_path / "backup")

    with EventLog.open(settings.database) as log:
        log.head(LOG)
        with pytest.raises(DatabaseInUse) as refused:
            put_back(settings, source)

    assert "Stop the server" in refused.value.advice
    assert len(lines_of(settings)) == 30


def test_a_backup_with_one_changed_byte_is_refused(settings: Settings, tmp_path: Path):
    source = back_up(settings, tmp_path / "backup")
    content = bytearray((source / "server.db").read_bytes())
    content[9_000] ^= 1
    (source / "server.db").write_bytes(content)

    with pytest.raises(BackupUnusable):
        put_back(settings, source)

    assert len(lines_of(settings)) == 30


def test_a_folder_that_is_no_backup_is_refused(settings: Settings, tmp_path: Path):
    with pytest.raises(BackupUnusable):
        put_back(settings, tmp_path)


def test_other_keys_are_not_mixed_with_the_backup(settings: Settings, tmp_path: Path):
    source = back_up(settings, tmp_path / "backup")
    settings.key_file.write_bytes(b"k" * 64)

    with pytest.raises(OtherKeys):
        put_back(settings, source)


def test_a_database_put_back_without_its_keys_is_not_begun_anew(settings: Settings):
    settings.key_file.unlink()

    with pytest.raises(NoKeys) as refused:
        put_back(settings, None)

    assert "another site" in refused.value.advice
    assert not settings.key_file.exists()
    assert len(lines_of(settings)) == 30


def test_epochs_do_not_change_under_a_server_that_runs(settings: Settings):
    with EventLog.open(settings.database) as log:
        epoch = log.head(LOG).epoch
        with pytest.raises(DatabaseInUse):
            put_back(settings, None)
        assert log.head(LOG).epoch == epoch


def test_a_restore_makes_no_database_where_there_is_none(settings: Settings, tmp_path: Path):
    with pytest.raises(NoDatabase):
        restore(str(tmp_path / "none.db"), settings.key_file, None, clock=lambda: NOW)

    assert not (tmp_path / "none.db").exists()


def test_a_backup_is_never_written_over(settings: Settings, tmp_path: Path):
    back_up(settings, tmp_path / "backup")

    with pytest.raises(BackupExists):
        back_up(settings, tmp_path / "backup")


def test_a_database_that_is_not_there_is_said(settings: Settings, tmp_path: Path):
    with pytest.raises(NoDatabase):
        backup(str(tmp_path / "none.db"), settings.key_file, tmp_path / "backup")

    assert not (tmp_path / "backup").exists()


def test_postgresql_is_left_to_its_own_tools(settings: Settings, tmp_path: Path):
    with pytest.raises(ManagedByPostgresql) as refused:
        backup("postgresql://here/site", settings.key_file, tmp_path / "backup")

    assert "pg_dump" in refused.value.advice


@pytest.mark.real
def test_a_restored_postgresql_begins_new_epochs(postgresql: str, settings: Settings):
    with EventLog.open(postgresql) as log:
        log.append([batch(*Writer().notes(3))])
        epoch = log.head(LOG).epoch

    assert restore(postgresql, settings.key_file, None, clock=lambda: NOW) == 0

    with EventLog.open(postgresql) as log:
        assert log.head(LOG).epoch != epoch
        assert log.head(LOG).position == 4
