"""The server's logs: gap-free, append-only, each event at most once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, literal, select
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from app.log import schema
from app.log.append_statements import (
    AppendStatements,
    HeadRow,
    PostgresqlStatements,
    SqliteStatements,
)
from app.log.appending import Appended, Batch, GrowingLog, Growth, Known, ids_in
from app.log.database import Database, open_database
from app.log.migrations import migrate
from app.log.problems import StoreError, explained, explanation_of
from app.log.server_migrations import SERVER_MIGRATIONS
from app.proof.merkle import CompactRange

EPOCH_BYTES = 16
_CHUNK = 500
_MOST_WAL_PAGES = 8_000
"""32 MiB; when the write-ahead log has grown to that, the writer stops to checkpoint it itself."""
_USUAL_WAL_BYTES = 6 * 1024 * 1024
_APPEND_TRIES = 3


class UnknownLog(StoreError):
    """There is no log of this name."""

    advice = "Check the address; an incident appears once its first entry has arrived."

    def __init__(self, log: str) -> None:
        super().__init__(f"there is no log {log!r}")
        self.log = log


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a log has grown.  `tree` is the compact range over its record lines."""

    log: str
    epoch: str
    position: int
    received_at: int
    created_at: int
    tree: bytes

    @property
    def root(self) -> bytes:
        """The Merkle root over all its records (32 bytes)."""
        return CompactRange.from_bytes(self.tree).root


Announced = Callable[[Head, str], Batch]
"""What to record in a log, given its head as it was and its new epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A run of record lines after a position; `next` is the position to read on from."""

    log: str
    epoch: str
    head: int
    after: int
    lines: tuple[bytes, ...]

    @property
    def next(self) -> int:
        """The position of the last line, or where the page began if it is empty."""
        return self.after + len(self.lines)


class EventLog:
    """All logs of one site in one database.

    `append` is for one thread at a time; everything else may be called from any thread.
    """

    def __init__(
        self, database: Database, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        """Wrap an opened, migrated database; use `EventLog.open` for both."""
        self.database = database
        self._random_bytes = random_bytes
        is_postgresql = database.is_postgresql
        self._tries = _APPEND_TRIES if is_postgresql else 1
        statements = PostgresqlStatements if is_postgresql else SqliteStatements
        self._statements: AppendStatements = statements(database.writer)

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open and migrate the database at `where` (see `open_database`).

        Raises `NewerDatabase`, `FolderUnusable`, `DamagedDatabase`, `StorageUnavailable`.
        """
        database = open_database(where)
        try:
            migrate(database.writer, SERVER_MIGRATIONS)
            database.checkpoint_beside(_MOST_WAL_PAGES)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, batches: Sequence[Batch]) -> Appended:
        """Record a group of batches in one durable transaction.

        When this returns, everything in it is on disk.  Known ids keep their first position.
        Logs begin with their first batch.  Raises `StorageFull`, `StorageUnavailable`; then
        nothing was recorded, and the same batches may be given again.
        """
        try:
            return self._durably(lambda place: self._append(place, batches, ids=()))
        except IntegrityError:  # rare, so it is looked up only then: something is known already
            ids = ids_in(batches)
            return self._durably(lambda place: self._append(place, batches, ids))

    def _durably(self, work: Callable[[Any], Appended]) -> Appended:
        """What `work` does with the place it is given, in one durable transaction."""
        for tries_left in reversed(range(self._tries)):
            try:
                return self._statements.durably(work)
            except DatabaseError as error:
                if tries_left == 0 or not isinstance(error, OperationalError):
                    raise explanation_of(error) from error
        raise AssertionError("unreachable")

    def make_room(self) -> None:
        """Give SQLite's write-ahead log the size it will have anyway: the first commits of a
        server are as quick as the later ones.  For the writer's thread, before it appends.
        """
        with explained():
            self.database.fill_write_ahead_log(_USUAL_WAL_BYTES)

    def tidy(self) -> None:
        """Take committed pages from SQLite's write-ahead log into its file, beside the writer.

        The writer would otherwise do it within a commit that somebody waits for.  May be called
        from any thread.
        """
        if self.database.is_postgresql:
            return
        with explained():
            self.database.checkpoint()

    def ensure(self, log: str, now: int) -> Head:
        """The head of `log`, which begins now (microseconds) if there is none yet."""
        with explained():
            self._statements.durably(lambda place: self._begin_missing(place, {log: now}))
        return self.head(log)

    def head(self, log: str) -> Head:
        """The head of `log`; raises `UnknownLog`."""
        with explained(), self.database.readers.connect() as connection:
            return self._head_in(connection, log)

    def heads(self) -> list[Head]:
        """The heads of all logs, latest change first."""
        statement = select(schema.head).order_by(schema.head.c.received_at.desc())
        with explained(), self.database.readers.connect() as connection:
            return [_head(row) for row in connection.execute(statement)]

    def positions(self) -> dict[str, int]:
        """How far every log has grown, by name."""
        statement = select(schema.head.c.log, schema.head.c.position)
        with explained(), self.database.readers.connect() as connection:
            return {row.log: row.position for row in connection.execute(statement)}

    def page(self, log: str, after: int, *, limit: int, max_bytes: int) -> Page:
        """Record lines after position `after`: at most `limit`, and about `max_bytes` of them.

        Always holds at least one line if there is one.  Raises `UnknownLog`.
        """
        with explained(), self.database.readers.connect() as connection:
            head = self._head_in(connection, log)
            lines = _read_lines(connection, head, after, limit, max_bytes)
        return Page(log=log, epoch=head.epoch, head=head.position, after=after, lines=tuple(lines))

    def lines_of_kind(self, log: str, kind: str, *, after: int) -> list[bytes]:
        """The record lines of one kind in `log` after a position, in order."""
        wanted = literal(kind, literal_execute=True)  # or no partial index is used
        record = schema.record.c
        statement = (
            select(record.line)
            .where(record.log == log, record.kind == wanted, record.position > after)
            .order_by(record.position)
        )
        with explained(), self.database.readers.connect() as connection:
            return [bytes(line) for line in connection.execute(statement).scalars()]

    def listed_lines(self) -> list[tuple[str, bytes]]:
        """Log and line of every record the list of incidents is made from, in order."""
        record = schema.record.c
        statement = (
            select(record.log, record.line)
            .where(schema.is_listed)
            .order_by(record.log, record.position)
        )
        with explained(), self.database.readers.connect() as connection:
            return [(row.log, bytes(row.line)) for row in connection.execute(statement)]

    def change_epochs(self, announced: Announced | None = None) -> int:
        """Give every log a new epoch, as after a restore; returns how many there are.

        Consoles then send again what this database lacks.  What `announced` makes of a log that
        has records is recorded in it, in the same durable transaction as all the epochs.
        """
        with explained():
            return self._statements.durably(lambda place: self._change_epochs(place, announced))

    def _change_epochs(self, place: Any, announced: Announced | None) -> int:
        before = [_head(row) for row in self._statements.every_head(place)]
        renewed = [(head, self._new_epoch()) for head in before]
        if renewed:
            self._statements.renew(place, [_renewed(head, epoch) for head, epoch in renewed])
        if announced is not None:
            batches = [announced(head, epoch) for head, epoch in renewed if head.position]
            self._append(place, batches, ids=())
        return len(renewed)

    def _append(self, place: Any, batches: Sequence[Batch], ids: Sequence[str]) -> Appended:
        """Append; raises `IntegrityError` for an event that is known and not among `ids`."""
        growing = self._lock_heads(place, batches)
        rows = self._statements.known(place, ids) if ids else ()
        known = {
            (log, event_id): Known(position=position, line=bytes(line))
            for log, event_id, position, line in rows
        }
        outcomes = tuple(growing[batch.log].take(batch, known) for batch in batches)
        grown = [log for log in growing.values() if log.lines]
        growths = tuple([log.growth() for log in grown])
        if growths:
            self._statements.add(place, [row for log in grown for row in log.rows])
            self._statements.move(place, [_moved(growth) for growth in growths])
        return Appended(outcomes=outcomes, growths=growths)

    def _lock_heads(self, place: Any, batches: Sequence[Batch]) -> dict[str, GrowingLog]:
        logs = {batch.log: batch.arrived_at for batch in batches}
        names = sorted(logs)
        rows = self._statements.heads(place, names)
        if len(rows) < len(logs):
            self._begin_missing(place, logs)
            rows = self._statements.heads(place, names)
        return {growing.log: growing for growing in map(_growing, rows)}

    def _begin_missing(self, place: Any, logs: dict[str, int]) -> None:
        self._statements.begin(
            place,
            [
                {
                    "log": log,
                    "epoch": self._new_epoch(),
                    "position": 0,
                    "received_at": now,
                    "created_at": now,
                    "tree": CompactRange().to_bytes(),
                }
                for log, now in sorted(logs.items())
            ],
        )

    def _head_in(self, connection: Connection, log: str) -> Head:
        row = connection.execute(select(schema.head).where(schema.head.c.log == log)).first()
        if row is None:
            raise UnknownLog(log)
        return _head(row)

    def _new_epoch(self) -> str:
        return self._random_bytes(EPOCH_BYTES).hex()


def _head(row: HeadRow) -> Head:
    log, epoch, position, received_at, created_at, tree = row
    return Head(
        log=log,
        epoch=epoch,
        position=position,
        received_at=received_at,
        created_at=created_at,
        tree=bytes(tree),
    )


def _growing(row: HeadRow) -> GrowingLog:
    log, epoch, position, received_at, _created_at, tree = row
    return GrowingLog(
        log=log,
        epoch=epoch,
        position=position,
        received_at=received_at,
        tree=CompactRange.from_bytes(bytes(tree)),
    )


def _moved(log: Growth) -> dict[str, object]:
    return {"of": log.log, "to": log.last, "at": log.received_at, "grown": log.tree}


def _renewed(head: Head, epoch: str) -> dict[str, object]:
    return {"of": head.log, "renewed": epoch}


def _read_lines(
    connection: Connection, head: Head, after: int, limit: int, max_bytes: int
) -> list[bytes]:
    record = schema.record.c
    lines: list[bytes] = []
    size = 0
    while len(lines) < limit and size < max_bytes:
        position = after + len(lines)
        statement = (
            select(record.line)
            .where(
                record.log == head.log,
                record.position > position,
                record.position <= head.position,
            )
            .order_by(record.position)
            .limit(min(_CHUNK, limit - len(lines)))
        )
        chunk = connection.execute(statement).scalars().all()
        if not chunk:
            break
        for line in chunk:
            if lines and size + len(line) > max_bytes:
                return lines
            lines.append(bytes(line))
            size += len(line)
    return lines
