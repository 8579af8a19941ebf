"""The tables of a server's database, the same for SQLite and PostgreSQL.

Times are microseconds since 1970 UTC.  `record` is keyed (log, position), so that PostgreSQL can
partition it by hash of the log; nothing ever joins two logs.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

LISTED_KINDS = (
    "incident.declared@1",
    "incident.phase_changed@1",
    "incident.severity_changed@1",
    "incident.title_changed@1",
)
"""The kinds the list of incidents is made from; indexed, so that it opens fast."""

CLASSIFYING_KIND = "entry.classified@1"
"""The kind that says who may read a note; indexed, because every page asks for it."""

head = Table(
    "head",
    metadata,
    Column("log", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("tree", LargeBinary, nullable=False),  # the compact range of the Merkle tree
)

record = Table(
    "record",
    metadata,
    Column("log", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("console", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "position"),
    UniqueConstraint("event_id", "log"),
    sqlite_with_rowid=False,
)

is_listed = text("kind IN ({})".format(", ".join(f"'{kind}'" for kind in LISTED_KINDS)))
Index(
    "record_listed",
    record.c.log,
    record.c.position,
    sqlite_where=is_listed,
    postgresql_where=is_listed,
)

is_classification = text(f"kind = '{CLASSIFYING_KIND}'")
classified = Index(
    "record_classified",
    record.c.log,
    record.c.position,
    sqlite_where=is_classification,
    postgresql_where=is_classification,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("log", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("site_index", BigInteger, nullable=True),
    PrimaryKeyConstraint("log", "size"),
)

site_leaf = Table(
    "site_leaf",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("log", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),  # the exact bytes hashed as a leaf
)

site_checkpoint = Table(
    "site_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("is_owner", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the content, in hex
    Column("size", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),  # who brought it first
    Column("created_at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True),
    Column("format", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("settled_at", BigInteger, nullable=True),
    Column("problem", Text, nullable=True),
)

Index(
    "delivery_waiting",
    delivery.c.id,
    sqlite_where=delivery.c.settled_at.is_(None),
    postgresql_where=delivery.c.settled_at.is_(None),
)
