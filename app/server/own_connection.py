"""Connections to PostgreSQL that stay open for a purpose of their own: listening, a duty."""

from __future__ import annotations

from typing import Any

import psycopg

Connection = psycopg.AsyncConnection[Any]

SILENT_SECONDS = 4
"""After so long without a sign of the other side a connection counts as cut."""


async def own_connection(database: str, options: str = "") -> Connection:
    """A connection to the database at a URL, outside of every pool; each statement commits.

    `options` are settings of the session, as `-c name=value`.  Raises `psycopg.Error`.
    """
    scheme, _, rest = database.partition("://")
    return await psycopg.AsyncConnection.connect(
        f"{scheme.partition('+')[0]}://{rest}",
        autocommit=True,
        options=options,
        connect_timeout=SILENT_SECONDS,
        keepalives_idle=2,
        keepalives_interval=1,
        keepalives_count=2,
        tcp_user_timeout=SILENT_SECONDS * 1_000,
    )
