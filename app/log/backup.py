"""A copy of a server's SQLite database, made while it is written, and checked to be whole."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from app.log.database import make_folder
from app.log.event_log import EventLog
from app.log.problems import DamagedDatabase, FolderUnusable, StorageUnavailable, StoreError
from app.log.secret_file import sync_folder
from app.proof.merkle import CompactRange

_PAGES_AT_ONCE = 1_024
_LINES = 5_000
_BYTES = 16 * 1024 * 1024


class DatabaseInUse(StoreError):
    """Something has the database open."""

    advice = "Stop the server first, then restore."


class NoDatabase(StoreError):
    """There is no database where one was named."""

    advice = "Check the path: it is the --database or the --data folder the server was given."


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file, which is on disk when this returns.

    The copy is of one moment.  Raises `NoDatabase`, `StorageUnavailable`, `FolderUnusable`.
    """
    if not source.is_file():
        raise NoDatabase(f"there is no file {source}")
    make_folder(target.parent)
    try:
        with (
            closing(sqlcipher3.dbapi2.connect(str(source))) as reading,
            closing(sqlcipher3.dbapi2.connect(str(target))) as writing,
        ):
            reading.backup(writing, pages=_PAGES_AT_ONCE)
        target.chmod(0o600)
        _sync(target)
    except sqlcipher3.dbapi2.Error as error:
        raise StorageUnavailable(f"{source.name} cannot be copied: {error}") from error
    except OSError as error:
        raise FolderUnusable(f"{target}: {error.strerror}") from error


def check_log(log: EventLog) -> dict[str, int]:
    """Recompute the tree of every log from its records; how many there are, by log.

    Raises `DamagedDatabase`.
    """
    counts = {}
    for head in log.heads():
        tree = CompactRange()
        while tree.size < head.position:
            page = log.page(head.log, tree.size, limit=_LINES, max_bytes=_BYTES)
            if not page.lines:
                break
            tree.extend(page.lines)
        if (tree.size, tree.root) != (head.position, head.root):
            raise DamagedDatabase(f"the records of {head.log} are not those of its tree")
        counts[head.log] = head.position
    return counts


def require_unused(path: Path) -> None:
    """Raise `DatabaseInUse` while any process has the database at `path` open."""
    if not path.exists():
        return
    with closing(sqlcipher3.dbapi2.connect(str(path), timeout=0.2, isolation_level=None)) as one:
        try:
            _lock(one)
        except sqlcipher3.dbapi2.OperationalError as error:
            raise DatabaseInUse(f"{path} is in use: {error}") from error
        except sqlcipher3.dbapi2.DatabaseError:
            return  # a file nobody can have open as a database; it is moved aside as it is


def replace_database(path: Path, new: Path, now: datetime) -> Path | None:
    """Put the database `new` in place of `path`; where the old one is now, if there was one."""
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for ending in ("-wal", "-shm", ""):
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.replace(aside.with_name(aside.name + ending))
    new.replace(path)
    sync_folder(path.parent)
    return aside if aside.exists() else None


def _lock(connection: Any) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("ROLLBACK")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)
