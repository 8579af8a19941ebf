"""Outbox entries as rows of the console's database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.log import local_schema as schema
from app.log.following import event_id_in
from app.log.local_values import CARRIED_FROM, OutboxEntry


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
    given = [{"log": one.log, "n": one.n} for one in entries if one.n < CARRIED_FROM]
    if not given:
        return
    give = upsert(schema.counter)
    give = give.on_conflict_do_update(
        index_elements=["log"], set_={"n": func.max(schema.counter.c.n, give.excluded.n)}
    )
    connection.execute(give, given)


def add_carried(connection: Connection, entries: Sequence[OutboxEntry]) -> list[OutboxEntry]:
    """Put entries that others wrote at the end of the outbox; gives back those that are new.

    What waits here, is confirmed here or was refused before is passed over.
    """
    known = {log: _known_ids(connection, log) for log in {entry.log for entry in entries}}
    last = connection.execute(select(func.max(schema.outbox.c.n))).scalar() or 0
    place = max(CARRIED_FROM, last + 1)
    added: list[OutboxEntry] = []
    for entry in entries:
        if entry.event_id not in known[entry.log]:
            known[entry.log].add(entry.event_id)
            added.append(replace(entry, n=place + len(added)))
    add_entries(connection, added)
    return added


def _known_ids(connection: Connection, log: str) -> set[str]:
    ids: set[str] = set()
    for table in (schema.outbox, schema.refused):
        ids.update(
            connection.execute(select(table.c.event_id).where(table.c.log == log)).scalars()
        )
    confirmed = schema.confirmed.c
    lines = connection.execute(select(confirmed.line).where(confirmed.log == log)).scalars()
    ids.update(map(event_id_in, lines))
    return ids
