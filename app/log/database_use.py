"""Whether a server's SQLite database is there, and whether anything has it open."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import sqlcipher3.dbapi2

from app.log.problems import StoreError, file_trouble

_MAGIC = b"SQLite format 3\0"


class DatabaseInUse(StoreError):
    """Something has the database open."""

    advice = "Stop the server first, then restore."


class NoDatabase(StoreError):
    """There is no database where one was named."""

    advice = "Check the path: it is the --database or the --data folder the server was given."


def require_database(path: Path) -> None:
    """Raise `NoDatabase` unless there is a file: opening one that is not there would make it."""
    if not path.is_file():
        raise NoDatabase(f"there is no file {path}")


def is_sqlite(path: Path) -> bool:
    """Whether there is a file at `path` that begins as a database does (sqlite.org/fileformat).

    SQLite is not let near another one: it would throw away the write-ahead log beside it.  Raises
    `FolderUnusable`.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False
    except OSError as error:
        raise file_trouble(path, error) from error


def require_unused(path: Path) -> None:
    """Raise `DatabaseInUse` while any process has the database at `path` open."""
    if not is_sqlite(path):
        return
    with closing(sqlcipher3.dbapi2.connect(str(path), timeout=0.2, isolation_level=None)) as one:
        try:
            one.execute("PRAGMA locking_mode = EXCLUSIVE")
            one.execute("BEGIN EXCLUSIVE")
            one.execute("ROLLBACK")
        except sqlcipher3.dbapi2.OperationalError as error:
            raise DatabaseInUse(f"{path} is in use: {error}") from error
        except sqlcipher3.dbapi2.DatabaseError:
            return  # nothing can have a damaged file open as a database; it is moved aside
