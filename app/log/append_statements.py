"""What an append asks of its database, and two ways of asking.

Both ask the same of the same tables.  SQLite answers in a hundredth of the time that SQLAlchemy
takes to run a statement or a transaction, so there the text is made once and goes straight to
the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Protocol, TypeVar

import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import BindParameter, Engine, Select, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement, ColumnElement, Update

from app.log import schema

Result = TypeVar("Result")

Values = dict[str, object]
HeadRow = Sequence[Any]
"""Log, epoch, position, received_at, created_at and tree of a head, in that order."""

KnownRow = Sequence[Any]
"""Log, event id, position and line of a record, in that order."""


_MOST_ROWS = 64
"""Rows that one statement inserts at most: a power of two."""


class AppendStatements(Protocol):
    """The transaction of an append and its statements; each raises SQLAlchemy's `DatabaseError`.

    `place` is what `durably` gave.
    """

    def durably(self, work: Callable[[Any], Result]) -> Result:
        """What `work` returns, in a transaction that is durable then; an error of it undoes all.

        It is for the writer's thread.
        """
        ...

    def heads(self, place: Any, logs: Sequence[str]) -> Sequence[HeadRow]:
        """The heads of those of `logs` that exist, by name, locked against other writers."""
        ...

    def every_head(self, place: Any) -> Sequence[HeadRow]:
        """All heads, by name, locked against other writers."""
        ...

    def begin(self, place: Any, heads: Sequence[Values]) -> None:
        """Insert heads, given by column, but those of logs that exist already."""
        ...

    def renew(self, place: Any, epochs: Sequence[Values]) -> None:
        """Give heads other epochs: `of` a log `renewed` its epoch."""
        ...

    def known(self, place: Any, ids: Sequence[str]) -> Sequence[KnownRow]:
        """The records of any log whose event id is among `ids`."""
        ...

    def add(self, place: Any, records: Sequence[Values]) -> None:
        """Insert records, given by column."""
        ...

    def move(self, place: Any, heads: Sequence[Values]) -> None:
        """Move heads: `of` a log `to` a position, `at` a time (microseconds), `grown` tree."""
        ...


class PostgresqlStatements:
    """The statements through SQLAlchemy; heads are locked row by row."""

    def __init__(self, writer: Engine) -> None:
        head, record = schema.head.c, schema.record.c
        expanding: BindParameter[str] = bindparam("names", expanding=True)
        self._writer = writer
        self._heads = _heads().where(head.log.in_(expanding)).with_for_update()
        self._every_head = _heads().with_for_update()
        self._renew = _renew()
        self._begin = postgresql.insert(schema.head).on_conflict_do_nothing()
        self._known = _known().where(record.event_id.in_(expanding))
        self._add = schema.record.insert()
        self._move = _move()

    def durably(self, work: Callable[[Any], Result]) -> Result:
        """See `AppendStatements`."""
        with self._writer.begin() as place:
            return work(place)

    def heads(self, place: Any, logs: Sequence[str]) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        rows: Sequence[HeadRow] = place.execute(self._heads, {"names": logs}).all()
        return rows

    def every_head(self, place: Any) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        rows: Sequence[HeadRow] = place.execute(self._every_head).all()
        return rows

    def begin(self, place: Any, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.execute(self._begin, heads)

    def renew(self, place: Any, epochs: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.execute(self._renew, epochs)

    def known(self, place: Any, ids: Sequence[str]) -> Sequence[KnownRow]:
        """See `AppendStatements`."""
        rows: Sequence[KnownRow] = place.execute(self._known, {"names": ids}).all()
        return rows

    def add(self, place: Any, records: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.execute(self._add, records)

    def move(self, place: Any, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.execute(self._move, heads)


class SqliteStatements:
    """The statements as text for the driver of the writer's one connection.

    Rows are inserted many to a statement: every run of one gives the interpreter up to other
    threads, and getting it back can take longer than the row.
    """

    def __init__(self, writer: Engine) -> None:
        self._writer = writer
        self._driver: Any = None
        self._heads = _Lookup(_heads(), schema.head.c.log)
        self._every_head, _ = _text(_heads())
        self._renew, columns = _text(_renew())
        self._renewed = itemgetter(*columns)
        self._begin, columns = _text(sqlite.insert(schema.head).on_conflict_do_nothing())
        self._new_head = itemgetter(*columns)
        self._known = _Lookup(_known(), schema.record.c.event_id)
        self._add, columns = _text(schema.record.insert())
        self._add_many: dict[int, str] = {}
        self._record = itemgetter(*columns)
        self._move, columns = _text(_move())
        self._moved = itemgetter(*columns)

    def durably(self, work: Callable[[Any], Result]) -> Result:
        """See `AppendStatements`; the write lock is taken at once."""
        driver = self._driver = self._driver or _driver_of(self._writer)
        try:
            driver.execute("BEGIN IMMEDIATE")
            try:
                result = work(driver)
                driver.commit()
            except BaseException:
                driver.rollback()
                raise
        except sqlcipher3.dbapi2.DatabaseError as error:
            base = sqlcipher3.dbapi2.Error
            said: BaseException = DBAPIError.instance(
                "append", None, error, base, dialect=self._writer.dialect
            )
            raise said from error
        return result

    def heads(self, place: Any, logs: Sequence[str]) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        return self._heads.rows(place, logs)

    def every_head(self, place: Any) -> Sequence[HeadRow]:
        """See `AppendStatements`."""
        rows: Sequence[HeadRow] = place.execute(self._every_head).fetchall()
        return rows

    def begin(self, place: Any, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.executemany(self._begin, [self._new_head(values) for values in heads])

    def renew(self, place: Any, epochs: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.executemany(self._renew, [self._renewed(values) for values in epochs])

    def known(self, place: Any, ids: Sequence[str]) -> Sequence[KnownRow]:
        """See `AppendStatements`."""
        return self._known.rows(place, ids)

    def add(self, place: Any, records: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        rows = [self._record(values) for values in records]
        if len(rows) == 1:
            place.execute(self._add, rows[0])
            return
        for start, size in _pieces(len(rows)):
            piece = rows[start : start + size]
            place.execute(self._add_of(size), [value for row in piece for value in row])

    def _add_of(self, count: int) -> str:
        """The insert of so many rows."""
        text = self._add_many.get(count)
        if text is None:
            text = self._add_many[count] = _for_rows(self._add, count)
        return text

    def move(self, place: Any, heads: Sequence[Values]) -> None:
        """See `AppendStatements`."""
        place.executemany(self._move, [self._moved(values) for values in heads])


class _Lookup:
    """Rows by a column that is among some names; the text for one name is simpler."""

    def __init__(self, statement: Select[Any], column: ColumnElement[str]) -> None:
        each = func.json_each(bindparam("names")).table_valued("value")
        self._one, _ = _text(statement.where(column == bindparam("name")))
        self._many, _ = _text(statement.where(column.in_(select(each.c.value))))

    def rows(self, driver: Any, names: Sequence[str]) -> Sequence[Sequence[Any]]:
        """The rows for these names."""
        if len(names) == 1:
            rows: list[Sequence[Any]] = driver.execute(self._one, names).fetchall()
        else:
            parameters = (msgspec.json.encode(names).decode(),)
            rows = driver.execute(self._many, parameters).fetchall()
        return rows


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


def _renew() -> Update:
    return (
        update(schema.head)
        .where(schema.head.c.log == bindparam("of"))
        .values(epoch=bindparam("renewed"))
    )


def _text(statement: ClauseElement) -> tuple[str, list[str]]:
    """A statement as SQLite reads it, and the names of its parameters in their order."""
    compiled = statement.compile(dialect=sqlite.dialect())
    return compiled.string, list(getattr(compiled, "positiontup", None) or ())


def _pieces(count: int) -> Iterator[tuple[int, int]]:
    """Starts and sizes that make up `count`: powers of two, so that there are few statements."""
    start = 0
    while start < count:
        size = min(_MOST_ROWS, 1 << ((count - start).bit_length() - 1))
        yield start, size
        start += size


def _for_rows(insert: str, count: int) -> str:
    """An insert of one row as one of `count` rows."""
    head, values, row = insert.partition(" VALUES ")
    return head + values + ", ".join([row] * count)


def _driver_of(writer: Engine) -> Any:
    """The one connection of SQLite's driver that the writer has (its pool is static)."""
    pooled = writer.raw_connection()
    try:
        return pooled.driver_connection
    finally:
        pooled.close()
