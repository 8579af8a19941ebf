"""Online backups of a server's SQLite database, and starting again from one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from app.log.database import driver_explained
from app.log.event_log import EventLog
from app.log.problems import DamagedDatabase, FolderUnusable, StorageUnavailable
from app.log.replacing import begin_unfinished, put_in_place, replace_database
from app.proof.merkle import CompactRange

_PAGES_AT_ONCE = 1_000
_RECORDS_AT_ONCE = 5_000
_BYTES_AT_ONCE = 16 * 1024 * 1024


def back_up(log: EventLog, target: Path) -> int:
    """Copy the whole database to `target` while it is in use; returns its size in bytes.

    The copy is one consistent moment, checked and on disk when this returns.  For PostgreSQL use
    its own tools (`pg_dump`, WAL archiving).  Raises `StorageUnavailable`, `FolderUnusable`.
    """
    if log.database.is_postgresql:
        raise StorageUnavailable("a PostgreSQL database is backed up with pg_dump or its WAL")
    unfinished = begin_unfinished(target)
    with log.database.readers.connect() as connection:
        source: Any = connection.connection.driver_connection
        with driver_explained(), closing(sqlcipher3.dbapi2.connect(str(unfinished))) as copy:
            source.backup(copy, pages=_PAGES_AT_ONCE)
            _require_sound(copy, unfinished)
    put_in_place(unfinished, target)
    return target.stat().st_size


def restore(
    backup: Path,
    database: Path,
    begin_again: Callable[[EventLog], int] = EventLog.change_epochs,
) -> int:
    """Make a backup the database of a server that is not running; returns how many logs it has.

    Every log gets a new epoch, so that consoles notice and send again what the backup lacks:
    `begin_again` sees to that, before the database is in its place.  One that is in the way is
    kept beside it.  Ended at any moment, this leaves the old database or the new one, whole; run
    again it finishes.  Raises `DamagedDatabase` for a bad backup, `DatabaseInUse`, `StoreError`.
    """
    if not backup.is_file():
        raise FolderUnusable(f"{backup} is not a file")
    database = database.resolve()
    unfinished = begin_unfinished(database)
    connect = sqlcipher3.dbapi2.connect
    with (
        driver_explained(),
        closing(connect(str(backup))) as source,
        closing(connect(str(unfinished))) as copy,
    ):
        _require_sound(source, backup)
        source.backup(copy)
    with EventLog.open(unfinished) as log:
        require_whole(log)
        logs = begin_again(log)
    replace_database(unfinished, database)
    return logs


def require_whole(log: EventLog) -> None:
    """Compute the tree of every log again from its records; raises `DamagedDatabase`.

    This finds a changed record, which the database's own check does not look for.
    """
    for head in log.heads():
        tree = CompactRange()
        while tree.size < head.position:
            page = log.page(head.log, tree.size, limit=_RECORDS_AT_ONCE, max_bytes=_BYTES_AT_ONCE)
            if not page.lines:
                break
            tree.extend(page.lines)
        if tree.to_bytes() != head.tree:
            raise DamagedDatabase(f"the records of {head.log!r} are not those that were recorded")


def _require_sound(connection: Any, path: Path) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlcipher3.dbapi2.DatabaseError as error:
        raise DamagedDatabase(f"{path} cannot be read: {error}") from error
    if found != "ok":
        raise DamagedDatabase(f"{path} is damaged: {found}")
