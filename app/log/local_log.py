"""A console's own database: confirmed records, the outbox, and what must survive a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.log import local_schema as schema
from app.log.database import Database
from app.log.following import (
    begin_following,
    cursor_of,
    event_id_in,
    follow_anew,
    leads_to_now,
    move_cursor,
    stop_following,
    supersede,
    take_lines,
)
from app.log.glance import Glance
from app.log.kept_states import KeptMark, KeptState, KeptStates
from app.log.local_values import (
    MAX_POSITION,
    ConfirmedPage,
    Cursor,
    OutboxEntry,
    RefusedEntry,
    SavedDraft,
    Superseded,
)
from app.log.newer_profile import profile_as_it_is
from app.log.outbox_journal import OutboxJournal
from app.log.outbox_rows import add_carried, add_entries, entry_of
from app.log.problems import StorageFull, explained
from app.log.reserve import Reserve

Kept = TypeVar("Kept")


class NotNext(ValueError):
    """A page does not follow what is confirmed here; fetch the page that does."""


class LocalLog:
    """One profile's database, for one thread.  Open it with `open_profile`.

    Every method that writes is one transaction that is on disk when it returns.  All raise
    `StoreError` when the disk or the file fails; nothing is half done then.
    """

    def __init__(
        self,
        path: Path,
        database: Database,
        reserve: Reserve,
        journal: OutboxJournal,
        kept: KeptStates,
    ) -> None:
        self.path = path
        self._kept = kept
        self._database = database
        self._reserve = reserve
        self._journal = journal
        self._is_distrusted = False
        self.rewrites = 0
        """How often confirmed lines were replaced since the file was opened."""

    def close(self) -> None:
        """Close the files and let another process open them."""
        self._kept.close()
        self._journal.close()
        self._database.close()

    def as_it_lies(self) -> AbstractContextManager[Glance]:
        """What is in the file once it is closed; see `profile_as_it_is`."""
        return profile_as_it_is(self.path, self._kept.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What is ours and waits

    def next_number(self, log: str) -> int:
        """The number the next event made here for `log` gets."""
        counter = schema.counter.c
        with self._transaction() as connection:
            last = connection.execute(select(counter.n).where(counter.log == log)).scalar()
        return (last or 0) + 1

    def enqueue(self, entries: Sequence[OutboxEntry], *, repeats: str = "") -> None:
        """Keep events made here until they are confirmed, all of them or none.

        `repeats` is the id of a refused event they take the place of; that is kept with them.
        When the disk is full the reserve is given up for them.  Raises `StorageFull` only when
        that is used up too.
        """
        self._at_any_cost(lambda connection: _enqueue(connection, entries, repeats))
        self._journal.append(entries)

    def carry(self, entries: Sequence[OutboxEntry]) -> list[OutboxEntry]:
        """Keep events that other consoles wrote until they are confirmed, like our own.

        They go after our own, in the order given, and get their place in the queue (`n`) here.
        Gives back those that are new here.  Raises what `enqueue` raises.
        """
        carried = self._at_any_cost(lambda connection: add_carried(connection, entries))
        self._journal.append(carried)
        return carried

    def outbox(self, log: str | None = None, *, limit: int = 1_000_000) -> list[OutboxEntry]:
        """What waits, for one log or all, in the order it was made."""
        outbox = schema.outbox.c
        statement = select(schema.outbox).order_by(outbox.made_at, outbox.n).limit(limit)
        if log is not None:
            statement = (
                select(schema.outbox).where(outbox.log == log).order_by(outbox.n).limit(limit)
            )
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(statement)]

    def waiting_logs(self) -> list[str]:
        """The logs something waits for, by name."""
        with self._transaction() as connection:
            statement = select(schema.outbox.c.log).distinct().order_by(schema.outbox.c.log)
            return list(connection.execute(statement).scalars())

    def refuse(self, event_id: str, *, code: str, detail: str, now: int) -> None:
        """Take an event out of the outbox because the server will never record it; keep it."""
        with self._transaction() as connection:
            statement = select(schema.outbox).where(schema.outbox.c.event_id == event_id)
            row = connection.execute(statement).first()
            if row is None:
                return
            connection.execute(
                insert(schema.refused),
                {**row._asdict(), "code": code, "detail": detail, "refused_at": now},
            )
            connection.execute(delete(schema.outbox).where(schema.outbox.c.event_id == event_id))
        self._journal.settle([event_id])

    def refused(self) -> list[RefusedEntry]:
        """Events made here that the server refused, oldest first."""
        statement = select(schema.refused).order_by(schema.refused.c.refused_at)
        with self._transaction() as connection:
            return [
                RefusedEntry(
                    entry=entry_of(row),
                    code=row.code,
                    detail=row.detail,
                    refused_at=row.refused_at,
                    repeated_as=row.repeated_as or "",
                )
                for row in connection.execute(statement)
            ]

    # What is confirmed

    def confirm(self, page: ConfirmedPage, *, known_recorded: Sequence[str] = ()) -> Cursor:
        """Take in a page, its cursor, and what it settles in the outbox, all at once.

        `known_recorded` are ids of waiting events that are recorded at positions confirmed
        earlier: they leave the outbox too.  Lines that are here already are passed over.
        Raises `NotNext` when the page leaves a gap or is of another epoch; then nothing changed.
        """
        with self._transaction() as connection:
            cursor = cursor_of(connection, page.log)
            if cursor is None:
                cursor = begin_following(connection, page.log, page.epoch)
            if cursor.epoch != page.epoch:
                raise NotNext(f"{page.log}: epoch {page.epoch} does not follow {cursor.epoch}")
            if page.after > cursor.position:
                raise NotNext(f"{page.log}: {page.after} does not follow {cursor.position}")
            lines = page.lines[cursor.position - page.after :]
            take_lines(connection, page.log, cursor.position, lines)
            if known_recorded:
                waiting = schema.outbox.c.event_id.in_(known_recorded)
                connection.execute(delete(schema.outbox).where(waiting))
            moved = move_cursor(connection, cursor, page, lines)
        if self._journal.is_waiting:
            self._journal.settle([*map(event_id_in, lines), *known_recorded])
        return moved

    def cursor(self, log: str) -> Cursor | None:
        """How far `log` has been followed here, or None if it never was."""
        with self._transaction() as connection:
            return cursor_of(connection, log)

    def followed(self) -> list[str]:
        """The logs that have been followed here, by name."""
        with self._transaction() as connection:
            statement = select(schema.followed.c.log).order_by(schema.followed.c.log)
            return list(connection.execute(statement).scalars())

    def lines(self, log: str, *, after: int = 0, limit: int = 1_000_000) -> list[bytes]:
        """Confirmed record lines after a position, in order."""
        confirmed = schema.confirmed.c
        statement = (
            select(confirmed.line)
            .where(confirmed.log == log, confirmed.position > after)
            .order_by(confirmed.position)
            .limit(limit)
        )
        with self._transaction() as connection:
            return list(connection.execute(statement).scalars())

    def positions(
        self, log: str, words: bytes, *, after: int = 0, to: int = MAX_POSITION
    ) -> list[int]:
        """Where in `log`, later than `after` and up to `to`, these bytes are in a line."""
        confirmed = schema.confirmed.c
        is_there = (confirmed.log == log) & confirmed.position.between(after + 1, to)
        statement = (
            select(confirmed.position)
            .where(is_there, func.instr(confirmed.line, words) > 0)
            .order_by(confirmed.position)
        )
        with self._transaction() as connection:
            return list(connection.execute(statement).scalars())

    def rewrite_lines(self, log: str, lines: Mapping[int, bytes]) -> None:
        """Put other lines in the place of confirmed ones that stand for the same records.

        What was kept of the states they were folded into is forgotten.
        """
        confirmed = schema.confirmed.c
        place = (confirmed.log == log) & (confirmed.position == bindparam("at"))
        statement = update(schema.confirmed).where(place).values(line=bindparam("instead"))
        rows = [{"at": position, "instead": line} for position, line in lines.items()]
        with self._transaction() as connection:
            connection.execute(statement, rows)
        self.rewrites += 1
        self.forget_kept_states()

    def keep_checkpoint(self, log: str, note: bytes) -> None:
        """Remember the newest checkpoint of `log` that was verified."""
        statement = (
            update(schema.followed).where(schema.followed.c.log == log).values(checkpoint=note)
        )
        with self._transaction() as connection:
            connection.execute(statement)

    # States that need not be folded again

    def kept_state(self, log: str) -> KeptState | None:
        """The state kept of `log`, if it is one of the records that are here.

        It is when its tree, grown by what follows here, is the tree of what is confirmed.
        """
        kept = self._kept.load(log)
        if kept is None:
            return None
        with self._transaction() as connection:
            return kept if leads_to_now(connection, kept.mark) else None

    def kept_mark(self, log: str) -> KeptMark | None:
        """What the state kept of `log` stands on; None without one."""
        return self._kept.marks().get(log)

    def keep_state(self, kept: KeptState) -> bool:
        """Keep a state for the next opening; False when there is no room, or no trust, for it."""
        return not self._is_distrusted and self._kept.keep(kept)

    def forget_kept_states(self) -> None:
        """Let the next opening check and fold everything anew."""
        self._kept.forget()

    def distrust(self) -> None:
        """Keep nothing any more that would spare the next opening its check of the whole file."""
        self._is_distrusted = True
        self._kept.forget()

    def forget_copy(self, log: str) -> None:
        """Forget what a server recorded in `log`; what was written here and waits stays."""
        with self._transaction() as connection:
            stop_following(connection, log)
        self._kept.forget()

    # After the server was restored

    def begin_epoch(self, log: str, epoch: str, *, keep: int) -> Cursor:
        """Follow `log` under a new epoch, whose first `keep` records are the ones we have.

        Everything after them is moved to `superseded`, from where it can be sent again.
        """
        with self._transaction() as connection:
            cursor = cursor_of(connection, log) or begin_following(connection, log, epoch)
            supersede(connection, cursor, keep)
            return follow_anew(connection, log, epoch)

    def superseded(self, log: str, *, only_missing: bool = False) -> list[Superseded]:
        """Records of earlier epochs; `only_missing`: those the log has not got back yet."""
        superseded = schema.superseded.c
        statement = (
            select(schema.superseded)
            .where(superseded.log == log)
            .order_by(superseded.epoch, superseded.position)
        )
        if only_missing:
            statement = statement.where(superseded.is_back.is_(False))
        with self._transaction() as connection:
            return [
                Superseded(
                    log=row.log,
                    epoch=row.epoch,
                    position=row.position,
                    event_id=row.event_id,
                    line=row.line,
                )
                for row in connection.execute(statement)
            ]

    # Small things that must survive

    def save_draft(self, name: str, text: str, *, began_at: int | None, now: int) -> None:
        """Keep what is being typed under `name`; empty text forgets it."""
        with self._transaction() as connection:
            connection.execute(delete(schema.draft).where(schema.draft.c.name == name))
            if text:
                row = {"name": name, "text": text, "began_at": began_at, "saved_at": now}
                connection.execute(insert(schema.draft), row)

    def draft(self, name: str) -> SavedDraft | None:
        """What was being typed under `name`, or None."""
        statement = select(schema.draft).where(schema.draft.c.name == name)
        with self._transaction() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None
        return SavedDraft(text=row.text, began_at=row.began_at, saved_at=row.saved_at)

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a small value, such as the console's signing key."""
        with self._transaction() as connection:
            connection.execute(delete(schema.setting).where(schema.setting.c.name == name))
            connection.execute(insert(schema.setting), {"name": name, "value": value})
        self._journal.keep(name, value)

    def value(self, name: str) -> bytes | None:
        """The value kept under `name`, or None."""
        statement = select(schema.setting.c.value).where(schema.setting.c.name == name)
        with self._transaction() as connection:
            return connection.execute(statement).scalar()

    def restore_rows(self, tables: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """Put back rows that were saved from a damaged file, by name of table."""
        with self._transaction() as connection:
            for name, rows in tables.items():
                if rows:
                    table = schema.metadata.tables[name]
                    connection.execute(upsert(table).on_conflict_do_nothing(), list(rows))

    def _at_any_cost(self, work: Callable[[Connection], Kept]) -> Kept:
        """Do work in a transaction; on a full disk, with the reserve given up for it."""
        try:
            with self._transaction() as connection:
                return work(connection)
        except StorageFull:
            if not self._reserve.release():
                raise
        with self._transaction() as connection:
            return work(connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained(), self._database.writer.begin() as connection:
            yield connection


def _enqueue(connection: Connection, entries: Sequence[OutboxEntry], repeats: str) -> None:
    add_entries(connection, entries)
    if repeats and entries:
        is_repeated = schema.refused.c.event_id == repeats
        repeated = {"repeated_as": entries[0].event_id}
        connection.execute(update(schema.refused).where(is_repeated).values(repeated))
