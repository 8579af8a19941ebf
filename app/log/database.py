"""Opening databases: SQLite files (through SQLCipher's build of SQLite) and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from app.log.problems import StorageUnavailable, explained, trouble_told
from app.log.secret_file import make_private_file

BUSY_SECONDS = 10.0
SQLITE_FLOOR = (3, 51, 3)
"""The first SQLite without the WAL-reset race (two connections that checkpoint and write)."""

POSTGRESQL_SILENCE = {
    "connect_timeout": 4,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4_000,
}
"""libpq's settings: a connection without a sign of the other side counts as cut after 4 s."""

_SESSION = "-c synchronous_commit=on -c idle_in_transaction_session_timeout=5s"
"""Commits wait for the disk; a server that is cut off in a transaction gives its locks back."""

_CACHE_KIBIBYTES = 32 * 1024
_PASSES = 4
"""How often a checkpoint looks for what was committed during its last pass."""
_PYTHON_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database: a `writer` for one thread at a time, and `readers` for any thread."""

    writer: Engine
    readers: Engine

    @property
    def is_postgresql(self) -> bool:
        """Whether several processes may write this database at once."""
        return self.writer.dialect.name == "postgresql"

    def checkpoint_beside(self, most_pages: int) -> None:
        """Let SQLite's writer checkpoint from `most_pages` on only: others call `checkpoint`."""
        if not self.is_postgresql:
            with self.writer.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {most_pages:d}")

    def fill_write_ahead_log(self, size: int) -> None:
        """Make SQLite's write-ahead log `size` bytes long, while nobody writes.

        What follows its last frame is not read (sqlite.org/walformat.html).  A commit then
        overwrites blocks instead of adding some, which a file system writes to its own journal
        too: on ext4 0.4 instead of 0.6 ms in the middle, and 0.5 instead of 5 ms for one in ten.
        Where there is no room for it, it stays as it is.
        """
        if self.is_postgresql:
            return
        with self.writer.connect() as connection:
            asked = "SELECT file FROM pragma_database_list WHERE name = 'main'"
            path = Path(f"{connection.exec_driver_sql(asked).scalar_one()}-wal")
        with suppress(OSError), path.open("r+b") as file:
            _fill(file, size)

    def checkpoint(self) -> None:
        """Take what is committed from SQLite's write-ahead log into its file, beside the writer.

        May be called from any thread.  Raises SQLAlchemy's `DatabaseError`.
        """
        if not self.is_postgresql:
            with self.readers.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
                for _ in range(_PASSES):
                    row = one.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
                    if row[1] == row[2]:  # all of it: the writer begins the log anew
                        return

    def close(self) -> None:
        """Close every connection; one that a thread still uses, once it is given back."""
        for engine in (self.readers, self.writer):
            event.listen(engine, "checkin", _close_at_once)
            engine.dispose()


def open_database(where: str | Path) -> Database:
    """The database at `where`: a file, `sqlite:///file`, or `postgresql://...`.

    Raises `FolderUnusable`, `StorageUnavailable`.
    """
    text = str(where)
    scheme, separator, rest = text.partition("://")
    if not separator:
        return open_sqlite(Path(text))
    if scheme == "sqlite":
        return open_sqlite(Path(rest.removeprefix("/")))
    if scheme.partition("+")[0] in _PYTHON_DRIVERS:
        return open_postgresql(_PYTHON_DRIVERS[scheme.partition("+")[0]] + "://" + rest)
    raise StorageUnavailable(f"{scheme} databases are not supported; use sqlite or postgresql")


def open_sqlite(path: Path, key: bytes | None = None, *, reader_count: int = 4) -> Database:
    """The SQLite file at `path`, encrypted with `key` (32 bytes) if given.

    WAL, every commit synced.  One connection writes and checkpoints; the others only read.
    """
    require_sound_sqlite()
    make_private_file(path)
    writer = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=_connector(path, key, is_writer=True),
        poolclass=StaticPool,
    )
    readers = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=_connector(path, key, is_writer=False),
        poolclass=QueuePool,
        pool_size=reader_count,
        max_overflow=reader_count,
    )
    event.listen(writer, "begin", begin_immediate)
    event.listen(readers, "begin", _begin)
    with explained():
        writer.connect().close()
    return Database(writer=writer, readers=readers)


def open_postgresql(url: str) -> Database:
    """The PostgreSQL database at `url`; commits wait for the disk whatever its settings say."""
    options = {"options": _SESSION, **POSTGRESQL_SILENCE}
    engine = create_engine(url, pool_size=8, max_overflow=8, connect_args=options)
    with explained():
        engine.connect().close()
    return Database(writer=engine, readers=engine)


@contextmanager
def driver_explained() -> Iterator[None]:
    """Turn a failure of SQLite's driver, used without SQLAlchemy, into a `StoreError`."""
    try:
        yield
    except sqlcipher3.dbapi2.DatabaseError as error:
        unknown = StorageUnavailable(f"the database does not answer: {error}")
        raise trouble_told(str(error)) or unknown from error


def _fill(file: BinaryIO, size: int) -> None:
    before = file.seek(0, os.SEEK_END)
    try:
        file.write(bytes(max(0, size - before)))
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        file.truncate(before)
        raise


def require_sound_sqlite() -> None:
    """Raise `StorageUnavailable` when the SQLite in use has the WAL-reset race."""
    version = tuple(int(part) for part in sqlcipher3.dbapi2.sqlite_version.split("."))
    if version < SQLITE_FLOOR:
        raise StorageUnavailable(
            f"SQLite {sqlcipher3.dbapi2.sqlite_version} can damage a database; 3.51.3 is needed"
        )


def _connector(path: Path, key: bytes | None, *, is_writer: bool) -> Callable[[], Any]:
    def connect() -> Any:
        connection = sqlcipher3.dbapi2.connect(
            str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if is_writer:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        else:
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        return connection

    return connect


def _close_at_once(_: Any, record: ConnectionPoolEntry) -> None:
    """Close a connection that is given back: nobody would take it again, or close it."""
    record.invalidate()


def begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first could fail to get it later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
