"""What the processes of one site do one after the other on their PostgreSQL."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection


class Turn(IntEnum):
    """Work that only one process may be at; the numbers are those of PostgreSQL's locks."""

    MIGRATING = 7_233_001
    GROWING_SITE_LOG = 7_233_002
    KEEPING_DELIVERIES = 7_233_003


def take_turn(connection: Connection, turn: Turn) -> None:
    """Wait until no other process is at `turn`, and keep it until the transaction ends.

    On SQLite, whose writer is alone, there is nothing to wait for.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({turn:d})")
