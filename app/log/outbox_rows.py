"""Outbox entries as rows of the console's database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func
from sqlalchemy.dialects.sqlite import insert as upsert

from app.log import local_schema as schema
from app.log.local_values import OutboxEntry


def entry_of(row: Row[Any]) -> OutboxEntry:
    """The entry in a row of `outbox` or `refused`."""
    return OutboxEntry(
        log=row.log,
        n=row.n,
        event_id=row.event_id,
        body=row.body,
        sig=row.sig,
        made_at=row.made_at,
    )


def row_of(entry: OutboxEntry) -> dict[str, object]:
    """An entry as a row of `outbox`."""
    return {
        "log": entry.log,
        "n": entry.n,
        "event_id": entry.event_id,
        "body": entry.body,
        "sig": entry.sig,
        "made_at": entry.made_at,
    }


def add_entries(connection: Connection, entries: Sequence[OutboxEntry]) -> None:
    """Put entries in the outbox and remember the highest number given in each log."""
    if not entries:
        return
    connection.execute(schema.outbox.insert(), [row_of(entry) for entry in entries])
    give = upsert(schema.counter)
    give = give.on_conflict_do_update(
        index_elements=["log"], set_={"n": func.max(schema.counter.c.n, give.excluded.n)}
    )
    connection.execute(give, [{"log": entry.log, "n": entry.n} for entry in entries])
