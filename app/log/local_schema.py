"""The tables of a console's own database: what is confirmed, what waits, what was set aside.

Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    inspect,
)

from app.log.migrations import Migration

metadata = MetaData()

confirmed = Table(
    "confirmed",
    metadata,
    Column("log", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "position"),
    sqlite_with_rowid=False,
)

followed = Table(
    "followed",
    metadata,
    Column("log", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("tree", LargeBinary, nullable=False),  # the compact range over the confirmed lines
    Column("checkpoint", LargeBinary, nullable=False),
    Column("synced_at", BigInteger, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("log", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("sig", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "n"),
)

counter = Table(
    "counter",
    metadata,
    Column("log", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),  # the last number given
)

refused = Table(
    "refused",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("log", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sig", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("refused_at", BigInteger, nullable=False),
    Column("repeated_as", Text, nullable=True),  # the event it was logged again as
)

superseded = Table(
    "superseded",
    metadata,
    Column("log", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("is_back", Boolean, nullable=False),
    PrimaryKeyConstraint("log", "epoch", "position"),
)

Index("superseded_by_id", superseded.c.event_id)

draft = Table(
    "draft",
    metadata,
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("began_at", BigInteger, nullable=True),
    Column("saved_at", BigInteger, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


def _create_local_tables(connection: Connection) -> None:
    metadata.create_all(connection)


def _remember_repeats(connection: Connection) -> None:
    """Which refused events were logged again; a database that was made since has the column."""
    columns = {column["name"] for column in inspect(connection).get_columns(refused.name)}
    if "repeated_as" not in columns:
        connection.exec_driver_sql("ALTER TABLE refused ADD COLUMN repeated_as TEXT")


def _drop_what_nothing_used(connection: Connection) -> None:
    """Tables no version ever wrote: what was seen of the site is a setting (`site.seen`)."""
    for name in ("unreadable", "site_checkpoint"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


LOCAL_MIGRATIONS: tuple[Migration, ...] = (
    _create_local_tables,
    _remember_repeats,
    _drop_what_nothing_used,
)
"""Step i takes a console's database from schema i to schema i + 1."""
