"""A profile's local log, as sessions use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from app.events.codec import RecordLine, to_microseconds
from app.incident.kinds.situation import LogRestored
from app.log.kept_states import KeptState
from app.log.local_log import LocalLog
from app.log.local_values import CARRIED_FROM, MAX_POSITION, ConfirmedPage, OutboxEntry, Superseded
from app.proof.withheld import is_withheld_line
from app.protocol.problems import ProblemCode
from app.sync.exchange import Arrived, Outgoing
from app.sync.local_store import KeptAside, LocalCursor

_RECORD = msgspec.json.Decoder(RecordLine)


class ProfileStore:
    """Implements `LocalStore` on the profile's database."""

    def __init__(self, local: LocalLog, clock: Callable[[], datetime]) -> None:
        self._local = local
        self._clock = clock

    def cursor(self, log: str) -> LocalCursor:
        """How far `log` is on disk."""
        cursor = self._local.cursor(log)
        if cursor is None:
            return LocalCursor(epoch="", position=0)
        return LocalCursor(
            epoch=cursor.epoch,
            position=cursor.position,
            tree=cursor.tree,
            rewrites=self._local.rewrites,
        )

    def lines(self, log: str, after: int, limit: int) -> list[bytes]:
        """Record lines after a position, in order."""
        return self._local.lines(log, after=after, limit=limit)

    def line_at(self, log: str, position: int) -> bytes | None:
        """The record line at a position."""
        found = self._local.lines(log, after=position - 1, limit=1)
        return found[0] if found else None

    def kept_state(self, log: str) -> KeptState | None:
        """The state kept of `log`, if it is one of the records that are here."""
        return self._local.kept_state(log)

    def keep_state(self, kept: KeptState) -> bool:
        """Keep a state for the next opening; False when there is no room for it."""
        return self._local.keep_state(kept)

    def positions(
        self, log: str, words: bytes, *, after: int = 0, to: int = MAX_POSITION
    ) -> list[int]:
        """Later than `after` and up to `to`, the positions of lines with these bytes."""
        return self._local.positions(log, words, after=after, to=to)

    def rewrite_lines(self, log: str, lines: Mapping[int, bytes]) -> None:
        """Put other lines in the place of those that stand for the same records."""
        self._local.rewrite_lines(log, lines)

    def outbox(self, log: str) -> list[Outgoing]:
        """What waits: announcements, then records a restored server lacks, then our own."""
        own = [_outgoing(entry) for entry in self._local.outbox(log)]
        return in_sending_order(self._lost(log), own)

    def _lost(self, log: str) -> list[Outgoing]:
        return [
            _returning(one)
            for one in self._local.superseded(log, only_missing=True)
            if not is_withheld_line(one.line)  # those who may read it have its words
        ]

    def parked(self, log: str) -> list[KeptAside]:
        """The rows that were set aside, oldest first."""
        return [
            KeptAside(
                body=one.entry.body,
                code=ProblemCode(one.code),
                detail=one.detail,
                is_repeated=bool(one.repeated_as),
            )
            for one in self._local.refused()
            if one.entry.log == log
        ]

    def next_number(self, log: str) -> int:
        """The number this console gives its next event in `log`, from 1."""
        return self._local.next_number(log)

    def append(self, log: str, rows: Sequence[Outgoing], *, repeats: str = "") -> None:
        """Put rows in the outbox; `repeats` is the id of a parked row they take the place of."""
        self._local.enqueue(self._entries(log, rows), repeats=repeats)

    def carry(self, log: str, rows: Sequence[Outgoing]) -> list[Outgoing]:
        """Put rows that other consoles wrote after our own; gives back those that are new.

        A record that a restored server lacks waits here already, in a place of its own.
        """
        lost = {row.event_id for row in self._lost(log)}
        new = [row for row in rows if row.event_id not in lost]
        return [_outgoing(entry) for entry in self._local.carry(self._entries(log, new))]

    def _entries(self, log: str, rows: Sequence[Outgoing]) -> list[OutboxEntry]:
        kept_at = to_microseconds(self._clock())
        return [
            OutboxEntry(
                log=log,
                n=row.n,
                event_id=row.event_id,
                body=row.body,
                sig=row.sig,
                made_at=kept_at,
            )
            for row in rows
        ]

    def confirm(
        self, log: str, records: Sequence[Arrived], settled: Sequence[str], epoch: str
    ) -> None:
        """Keep records, move the cursor over them and drop settled rows, all at once."""
        arrived = {one.event_id for one in records}
        known = [event_id for event_id in settled if event_id not in arrived]
        after = records[0].position - 1 if records else self.cursor(log).position
        page = ConfirmedPage(
            log=log,
            epoch=epoch,
            after=after,
            lines=tuple(one.line for one in records),
            head=records[-1].position if records else after,
            synced_at=to_microseconds(self._clock()),
        )
        self._local.confirm(page, known_recorded=known)

    def park(self, event_id: str, code: ProblemCode, detail: str) -> None:
        """Set a row aside for good, with the reason."""
        now = to_microseconds(self._clock())
        self._local.refuse(event_id, code=code, detail=detail, now=now)

    def rewind(self, log: str, position: int, epoch: str) -> list[Outgoing]:
        """Keep records past `position` as evidence, send their bodies again; gives the outbox."""
        self._local.begin_epoch(log, epoch, keep=position)
        return self.outbox(log)


class _Kind(msgspec.Struct):
    kind: str = ""


_KIND = msgspec.json.Decoder(_Kind)


def in_sending_order(lost: Sequence[Outgoing], own: Sequence[Outgoing]) -> list[Outgoing]:
    """The outbox: announcements of a restore, then what was `lost` by it, then the `own` rest.

    The rules need to know of a restore before they meet records from before it.  An announcement
    that another console made stays among the rows that were carried here with it.
    """
    known = {row.event_id for row in lost}
    waiting = [row for row in own if row.event_id not in known]
    first = [
        row
        for row in waiting
        if row.n < CARRIED_FROM and _KIND.decode(row.body).kind == LogRestored.kind
    ]
    announced = {row.event_id for row in first}
    return [*first, *lost, *(row for row in waiting if row.event_id not in announced)]


def _outgoing(entry: OutboxEntry) -> Outgoing:
    return Outgoing(event_id=entry.event_id, n=entry.n, body=entry.body, sig=entry.sig)


def _returning(superseded: Superseded) -> Outgoing:
    """A record the restored server lacks, as its author signed it."""
    record = _RECORD.decode(superseded.line)
    return Outgoing(event_id=superseded.event_id, n=0, body=bytes(record.body), sig=record.sig)
