"""Connections to PostgreSQL that stay open for a purpose of their own: listening, a duty."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from app.log.database import POSTGRESQL_SILENCE

Connection = psycopg.AsyncConnection[Any]


async def own_connection(database: str, options: str = "") -> Connection:
    """A connection to the database at a URL, outside of every pool; each statement commits.

    `options` are settings of the session, as `-c name=value`.  Raises `psycopg.Error`.
    """
    scheme, _, rest = database.partition("://")
    where = f"{scheme.partition('+')[0]}://{rest}"
    place = make_conninfo(where, options=options, **POSTGRESQL_SILENCE)
    return await psycopg.AsyncConnection.connect(place, autocommit=True)
