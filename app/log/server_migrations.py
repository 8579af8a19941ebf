"""The versions of a server's database, oldest first."""

from __future__ import annotations

from sqlalchemy import Connection

from app.log import schema
from app.log.migrations import Migration


def _create_server_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)


def _add_attachments(connection: Connection) -> None:
    """Attachments, and the index for what says who may read a note."""
    schema.blob.create(connection, checkfirst=True)
    schema.classified.create(connection, checkfirst=True)


def _drop_unread_index(connection: Connection) -> None:
    """An index that nothing ever asked, and that every append had to write."""
    connection.exec_driver_sql("DROP INDEX IF EXISTS record_by_console")


SERVER_MIGRATIONS: tuple[Migration, ...] = (
    _create_server_tables,
    _add_attachments,
    _drop_unread_index,
)
"""Step i takes a server's database from schema i to schema i + 1."""
