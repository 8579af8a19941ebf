"""What is checked when a profile opens: its pages, the records of its logs, and its journal."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, inspect, select

from app.log import local_schema as schema
from app.log.database import Database
from app.log.following import event_id_in, leads_to_now
from app.log.kept_states import KeptMark
from app.log.local_values import OutboxEntry
from app.log.outbox_journal import JournalContent, OutboxJournal
from app.log.outbox_rows import add_entries, entry_of
from app.log.problems import DamagedDatabase, explained
from app.proof.merkle import CompactRange
from app.protocol.withholding import grow

_PAGE_RECORDS = 5_000


def check_pages(database: Database) -> None:
    """Let SQLite read every page; raises `DamagedDatabase`."""
    with explained(), database.writer.connect() as connection:
        _require_ok(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())


def check_pages_but_records(database: Database) -> None:
    """Let SQLite read every page but those of confirmed records; raises `DamagedDatabase`."""
    with explained(), database.writer.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name != schema.confirmed.name:
                statement = f"PRAGMA quick_check('{name}')"
                _require_ok(connection.exec_driver_sql(statement).scalar())


def _require_ok(found: object) -> None:
    if found != "ok":
        raise DamagedDatabase(f"the check of the local file found: {found}")


def all_lead_to_now(database: Database, marks: Iterable[KeptMark]) -> bool:
    """Whether every kept state is one of the log whose records are here."""
    with explained(), database.writer.connect() as connection:
        return all(leads_to_now(connection, mark) for mark in marks)


def check_records(database: Database, but: Container[str] = ()) -> None:
    """Compute the trees of the logs again from all their records; raises `DamagedDatabase`.

    Logs in `but` are passed over: their kept states were found to lead to now.
    """
    with explained(), database.writer.connect() as connection:
        followed = connection.execute(select(schema.followed.c.log, schema.followed.c.tree))
        for log, tree in followed.all():
            if log not in but and not _is_tree_of_records(connection, log, bytes(tree)):
                raise DamagedDatabase(f"the records of {log} are not those that were confirmed")


def _is_tree_of_records(connection: Connection, log: str, tree: bytes) -> bool:
    confirmed = schema.confirmed.c
    last = select(func.max(confirmed.position)).where(confirmed.log == log)
    lines = connection.execution_options(yield_per=_PAGE_RECORDS).execute(
        select(confirmed.line).where(confirmed.log == log).order_by(confirmed.position)
    )
    computed = CompactRange()
    grow(computed, lines.scalars())
    return computed.to_bytes() == tree and computed.size == (connection.scalar(last) or 0)


def reconcile(database: Database, journal: OutboxJournal, now: datetime) -> int:
    """Bring database and journal together; returns how many entries only the journal had.

    SQLite drops the last commits when their part of the file is damaged, and nothing says so:
    entries the journal has and the database does not know are put back.
    """
    content = journal.read()
    with explained(), database.writer.begin() as connection:
        lost = _put_back_entries(connection, content)
        settings = _put_back_settings(connection, content)
        waiting = [entry_of(row) for row in connection.execute(select(schema.outbox))]
    if content.damaged_lines:
        journal.move_aside(now)
    if _says(content, waiting, settings):
        journal.go_on(content)
    else:
        journal.begin(waiting, settings)
    return lost


def _put_back_entries(connection: Connection, content: JournalContent) -> int:
    waiting = {row.event_id for row in connection.execute(select(schema.outbox.c.event_id))}
    lost = [
        entry
        for entry in content.entries.values()
        if entry.event_id not in waiting and not _is_settled(connection, entry)
    ]
    for entry in lost:
        add_entries(connection, [_numbered(connection, entry)])
    return len(lost)


def _numbered(connection: Connection, entry: OutboxEntry) -> OutboxEntry:
    """The entry under a number that is free; the one it was signed with is in its body."""
    outbox = schema.outbox.c
    same = select(outbox.n).where(outbox.log == entry.log, outbox.n == entry.n)
    if connection.execute(same).first() is None:
        return entry
    last = select(func.max(outbox.n)).where(outbox.log == entry.log)
    return replace(entry, n=connection.execute(last).scalar_one() + 1)


def _is_settled(connection: Connection, entry: OutboxEntry) -> bool:
    refused = select(schema.refused.c.event_id).where(schema.refused.c.event_id == entry.event_id)
    if connection.execute(refused).first() is not None:
        return True
    confirmed = schema.confirmed.c
    mention = func.instr(confirmed.line, entry.event_id.encode()) > 0
    lines = connection.execute(
        select(confirmed.line).where(confirmed.log == entry.log, mention)
    ).scalars()
    return any(event_id_in(line) == entry.event_id for line in lines)


def _put_back_settings(connection: Connection, content: JournalContent) -> dict[str, bytes]:
    stored = {row.name: bytes(row.value) for row in connection.execute(select(schema.setting))}
    lost = {name: value for name, value in content.settings.items() if name not in stored}
    for name, value in lost.items():
        connection.execute(schema.setting.insert(), {"name": name, "value": value})
    return stored | lost


def _says(content: JournalContent, waiting: list[OutboxEntry], settings: dict[str, bytes]) -> bool:
    """Whether the journal as it was read says what the database says, and is whole."""
    is_whole = content.is_of_this_key and not content.damaged_lines and not content.is_unfinished
    same_entries = content.entries == {entry.event_id: entry for entry in waiting}
    return is_whole and same_entries and content.settings == settings
