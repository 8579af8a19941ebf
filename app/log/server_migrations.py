"""The versions of a server's database, oldest first."""

from __future__ import annotations

from sqlalchemy import Connection

from app.log import schema
from app.log.migrations import Migration


def _create_server_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)


SERVER_MIGRATIONS: tuple[Migration, ...] = (_create_server_tables,)
"""Step i takes a server's database from schema i to schema i + 1."""
