"""What an append asks of its database, and two ways of asking.

Both ask the same of the same tables.  SQLite answers in a hundredth of the time that SQLAlchemy
takes to run a statement, so there the text is made once and goes straight to the driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Protocol

import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement, Update

from app.log import schema

Values = dict[str, object]
HeadRow = Sequence[Any]
"""Log, epoch, position, received_at, created_at and tree of a head, in that order."""

KnownRow = Sequence[Any]
"""Log, event id, position and line of a record, in that order."""


class AppendStatements(Protocol):
    """The four statements of an append; each raises SQLAlchemy's `DatabaseError`."""

    def heads(self, connection: Connection, logs: Sequence[str]) -> Sequence[HeadRow]:
        """The heads of those of `logs` that exist, by name, locked against other writers."""
        ...

    def known(self, connection: Connection, ids: Sequence[str]) -> Sequence[KnownRow]:
        """The records of any log whose event id is among `ids`."""
        ...

    def add(self, connection: Connection, records: Sequence[Values]) -> None:
        """Insert records, given by column."""
        ...

    def move(self, connection: Connection, heads: Sequence[Values]) -> None:
        """Move heads: `of` a log `to` a position, `at` a time (microseconds), `grown` tree."""
        ...


class PostgresqlStatements:
    """The statements through SQLAlchemy; heads are locked row by row."""

    def __init__(self) -> None:
        head, record = schema.head.c, schema.record.c
        expanding: BindParameter[str] = bindparam("names", expanding=True)
        self._heads = _heads().where(head.log.in_(expanding)).with_for_update()
        self._known = _known().where(record.event_id.in_(expanding))
        self._add = schema.record.insert()
        self._move = _move()

    def heads(self, connection: Connection, logs: Sequence[str]) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        return connection.execute(self._heads, {"names": logs}).all()

    def known(self, connection: Connection, ids: Sequence[str]) -> Sequence[KnownRow]:
        """See `AppendStatements`."""
        return connection.execute(self._known, {"names": ids}).all()

    def add(self, connection: Connection, records: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        connection.execute(self._add, records)

    def move(self, connection: Connection, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        connection.execute(self._move, heads)


class SqliteStatements:
    """The statements as text for the driver, inside SQLAlchemy's transaction."""

    def __init__(self) -> None:
        each = func.json_each(bindparam("names")).table_valued("value")
        names = select(each.c.value)
        self._heads, _ = _text(_heads().where(schema.head.c.log.in_(names)))
        self._known, _ = _text(_known().where(schema.record.c.event_id.in_(names)))
        self._add, columns = _text(schema.record.insert())
        self._record = itemgetter(*columns)
        self._move, places = _text(_move())
        self._head = itemgetter(*places)

    def heads(self, connection: Connection, logs: Sequence[str]) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        return _rows(connection, self._heads, logs)

    def known(self, connection: Connection, ids: Sequence[str]) -> Sequence[KnownRow]:
        """See `AppendStatements`."""
        return _rows(connection, self._known, ids)

    def add(self, connection: Connection, records: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        _write(connection, self._add, [self._record(values) for values in records])

    def move(self, connection: Connection, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        _write(connection, self._move, [self._head(values) for values in heads])


def _heads() -> Select[Any]:
    head = schema.head.c
    columns = (head.log, head.epoch, head.position, head.received_at, head.created_at, head.tree)
    return select(*columns).order_by(head.log)


def _known() -> Select[Any]:
    record = schema.record.c
    return select(record.log, record.event_id, record.position, record.line)


def _move() -> Update:
    return (
        update(schema.head)
        .where(schema.head.c.log == bindparam("of"))
        .values(position=bindparam("to"), received_at=bindparam("at"), tree=bindparam("grown"))
    )


def _text(statement: ClauseElement) -> tuple[str, list[str]]:
    """A statement as SQLite reads it, and the names of its parameters in their order."""
    compiled = statement.compile(dialect=sqlite.dialect())
    return compiled.string, list(getattr(compiled, "positiontup", None) or ())


def _rows(connection: Connection, statement: str, names: Sequence[str]) -> list[KnownRow]:
    parameters = (msgspec.json.encode(names).decode(),)
    try:
        rows: list[KnownRow] = _driver(connection).execute(statement, parameters).fetchall()
    except sqlcipher3.dbapi2.DatabaseError as error:
        raise _as_sqlalchemy_says(connection, statement, error) from error
    return rows


def _write(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    try:
        _driver(connection).executemany(statement, rows)
    except sqlcipher3.dbapi2.DatabaseError as error:
        raise _as_sqlalchemy_says(connection, statement, error) from error


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _as_sqlalchemy_says(
    connection: Connection, statement: str, error: sqlcipher3.dbapi2.DatabaseError
) -> BaseException:
    base = sqlcipher3.dbapi2.Error
    said: BaseException = DBAPIError.instance(
        statement, None, error, base, dialect=connection.dialect
    )
    return said
