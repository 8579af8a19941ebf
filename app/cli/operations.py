"""`backup` and `restore`: what whoever runs the server needs on the worst day."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from app.errors import WatchfloorError
from app.log.backup import back_up, require_whole
from app.log.backup import restore as restore_database
from app.log.database_use import require_database, require_unused
from app.log.event_log import EventLog
from app.log.problems import FolderUnusable
from app.log.secret_file import sync_folder, write_secret
from app.server.keys import load_keys
from app.server.restoring import begin_new_epochs

DATABASE_NAME = "server.db"
KEY_NAME = "server.key"
MANIFEST_NAME = "backup.json"


class BackupUnusable(WatchfloorError):
    """The folder is not a whole backup."""

    advice = "Use another backup. Nothing was changed."


class BackupExists(WatchfloorError):
    """There is something where the backup should go."""

    advice = "Name a folder that does not exist yet; backups are never written over."


class OtherKeys(WatchfloorError):
    """The server's keys are not those of the backup."""

    advice = (
        "Put the key file of the backup in place (or move the present one "
        "away): proofs made before are checked with it."
    )


class NoKeys(WatchfloorError):
    """The keys of the site are not there."""

    advice = (
        "Copy the key file that was kept with the backup there first. With a new one every "
        "console would take the server for another site."
    )


class ManagedByPostgresql(WatchfloorError):
    """A PostgreSQL database is backed up with PostgreSQL's own tools."""

    advice = (
        "Use pg_dump --format=custom (or archive the WAL), and keep server.key with it. After "
        "pg_restore, run restore with --database and without a backup: it begins new epochs."
    )


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a backup: records by log, and the SHA-256 of each file in hex."""

    format: int = 1
    made_at: str
    records: dict[str, int]
    files: dict[str, str]


Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def backup(database: str, key_file: Path, output: Path, *, clock: Clock = _utc_now) -> int:
    """Copy a running server's SQLite database and its keys to the new folder `output`.

    The copy is checked: every record is hashed into the tree of its log.  Prints what there is.
    Raises `BackupExists`, `ManagedByPostgresql`, `StoreError`.
    """
    path = _file_of(database)
    if output.exists():
        raise BackupExists(f"{output} exists already")
    unfinished = output.with_name(f"{output.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    require_database(path)
    with EventLog.open(path) as log:
        back_up(log, unfinished / DATABASE_NAME)
    with EventLog.open(unfinished / DATABASE_NAME) as log:
        require_whole(log)
        records = {head.log: head.position for head in log.heads()}
    write_secret(unfinished / KEY_NAME, _read(key_file))
    files = {name: _digest(unfinished / name) for name in (DATABASE_NAME, KEY_NAME)}
    manifest = Manifest(made_at=clock().isoformat(), records=records, files=files)
    write_secret(unfinished / MANIFEST_NAME, msgspec.json.encode(manifest))
    try:
        unfinished.replace(output)
        sync_folder(output.parent)
    except OSError as error:
        raise FolderUnusable(f"{output}: {error.strerror}") from error
    print(f"{output}: {sum(records.values())} records in {len(records)} logs, checked")
    return 0


def restore(database: str, key_file: Path, source: Path | None, *, clock: Clock = _utc_now) -> int:
    """Put a backup in the place of a stopped server's database, and begin new epochs.

    The database that was there is kept beside it.  Without `source` the database is taken as it
    is, restored already by other means (PostgreSQL).  Prints what was done.  Raises
    `BackupUnusable`, `DatabaseInUse`, `NoKeys`, `OtherKeys`, `KeysUnreadable`, `StoreError`;
    then the database is as it was.
    """
    if source is None:
        return _begin_anew(database, key_file, clock)
    path = _file_of(database)
    manifest = _checked(source)
    require_unused(path)
    _restore_keys(source / KEY_NAME, key_file)
    key = load_keys(key_file).console
    count = restore_database(
        source / DATABASE_NAME, path, lambda log: begin_new_epochs(log, key, clock)
    )
    print(f"{path}: {count} logs as of {manifest.made_at}; consoles send again what is missing")
    return 0


def _begin_anew(database: str, key_file: Path, clock: Clock) -> int:
    try:
        key_file.stat()
    except OSError as error:
        raise NoKeys(f"{key_file}: {error.strerror}") from error
    with suppress(ManagedByPostgresql):
        path = _file_of(database)
        require_database(path)
        require_unused(path)
    with EventLog.open(database) as log:
        count = begin_new_epochs(log, load_keys(key_file).console, clock)
    print(f"{count} logs have new epochs; consoles send again what is missing")
    return 0


def _restore_keys(kept: Path, key_file: Path) -> None:
    with suppress(FileNotFoundError):
        if key_file.read_bytes() != kept.read_bytes():
            raise OtherKeys(f"{key_file} has other keys than the backup")
        return
    write_secret(key_file, _read(kept))


def _checked(source: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((source / MANIFEST_NAME).read_bytes(), type=Manifest)
        for name in (DATABASE_NAME, KEY_NAME):
            if _digest(source / name) != manifest.files.get(name):
                raise BackupUnusable(f"{source / name} is not the file that was backed up")
    except (OSError, msgspec.DecodeError) as error:
        raise BackupUnusable(f"{source} cannot be read as a backup: {error}") from error
    return manifest


def _file_of(database: str) -> Path:
    scheme, separator, rest = database.partition("://")
    if not separator:
        return Path(database)
    if scheme == "sqlite":
        return Path(rest.removeprefix("/"))
    raise ManagedByPostgresql("this command copies SQLite databases")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FolderUnusable(f"{path}: {error.strerror}") from error


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
