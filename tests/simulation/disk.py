"""A console's disk, modelled: each transaction happens whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.log.following import event_id_in
from app.log.kept_states import KeptState
from app.log.local_log import NotNext
from app.log.local_values import MAX_POSITION, Superseded
from app.log.outbox_rows import CARRIED_FROM
from app.log.problems import StorageFull
from app.proof.merkle import CompactRange
from app.protocol.problems import ProblemCode
from app.sync.exchange import Arrived, Outgoing
from app.sync.local_store import KeptAside, LocalCursor
from app.sync.profile_store import _returning, in_sending_order


class Killed(Exception):
    """The console's process died at this step of its disk."""


@dataclass
class Lost:
    """A record of an earlier epoch."""

    epoch: str
    position: int
    line: bytes
    is_back: bool = False

    @property
    def event_id(self) -> str:
        return event_id_in(self.line)


@dataclass
class ModelDisk:
    """What survives a kill.  Implements `LocalStore` for one log.

    `before` and `after` are called around every write: they may raise `Killed`; a write that is
    killed before it is durable leaves nothing, as a torn tail does that the journal discards.
    """

    before: Callable[[str], None] = lambda step: None
    after: Callable[[str], None] = lambda step: None
    is_full: bool = False
    epoch: str | None = None
    records: list[bytes] = field(default_factory=list)
    rows: dict[str, Outgoing] = field(default_factory=dict)
    aside: dict[str, KeptAside] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    kept: KeptState | None = None
    number: int = 0
    writes: int = 0

    def cursor(self, log: str) -> LocalCursor:
        if self.epoch is None:
            return LocalCursor(epoch="", position=0)
        tree = self._tree(len(self.records))
        return LocalCursor(epoch=self.epoch, position=len(self.records), tree=tree)

    def _tree(self, size: int) -> bytes:
        tree = CompactRange()
        tree.extend(self.records[:size])
        return tree.to_bytes()

    def kept_state(self, log: str) -> KeptState | None:
        kept = self.kept
        is_ours = (
            kept is not None
            and kept.mark.epoch == self.epoch
            and kept.mark.position <= len(self.records)
            and kept.mark.tree == self._tree(kept.mark.position)
        )
        return kept if is_ours else None

    def keep_state(self, kept: KeptState) -> bool:
        self._begin("keep")
        self.kept = kept
        self._end("keep")
        return True

    def lines(self, log: str, after: int, limit: int) -> list[bytes]:
        return self.records[after : after + limit]

    def positions(
        self, log: str, words: bytes, *, after: int = 0, to: int = MAX_POSITION
    ) -> list[int]:
        lines = enumerate(self.records[after:to], after + 1)
        return [at for at, line in lines if words in line]

    def rewrite_lines(self, log: str, lines: Mapping[int, bytes]) -> None:
        for position, line in lines.items():
            self.records[position - 1] = line

    def line_at(self, log: str, position: int) -> bytes | None:
        return self.records[position - 1] if position <= len(self.records) else None

    def outbox(self, log: str) -> list[Outgoing]:
        missing = sorted(
            (one for one in self.lost if not one.is_back),
            key=lambda one: (one.epoch, one.position),
        )
        lost = [
            _returning(
                Superseded(
                    log=log, epoch=one.epoch, position=one.position,
                    event_id=one.event_id, line=one.line,
                )
            )
            for one in missing
        ]  # fmt: skip
        own = sorted(self.rows.values(), key=lambda row: row.n)
        return in_sending_order(lost, own)

    def parked(self, log: str) -> list[KeptAside]:
        return list(self.aside.values())

    def next_number(self, log: str) -> int:
        return self.number + 1

    def append(self, log: str, rows: Sequence[Outgoing], *, repeats: str = "") -> None:
        self._begin("append")
        self.rows.update((row.event_id, row) for row in rows)
        self.number = max(self.number, *(row.n for row in rows))
        if repeats in self.aside:
            self.aside[repeats] = replace(self.aside[repeats], is_repeated=True)
        self._end("append")

    def carry(self, log: str, rows: Sequence[Outgoing]) -> list[Outgoing]:
        self._begin("carry")
        waiting = (row.event_id for row in self.outbox(log))
        known = {*map(event_id_in, self.records), *self.rows, *self.aside, *waiting}
        place = max(CARRIED_FROM, *(row.n + 1 for row in self.rows.values()), 0)
        carried: dict[str, Outgoing] = {}
        for row in rows:
            if row.event_id not in known and row.event_id not in carried:
                carried[row.event_id] = replace(row, n=place + len(carried))
        self.rows.update(carried)
        self._end("carry")
        return list(carried.values())

    def confirm(
        self, log: str, records: Sequence[Arrived], settled: Sequence[str], epoch: str
    ) -> None:
        after = records[0].position - 1 if records else len(self.records)
        if self.epoch is not None and epoch != self.epoch:
            raise NotNext(f"epoch {epoch} does not follow {self.epoch}")
        if after > len(self.records):
            raise NotNext(f"{after} does not follow {len(self.records)}")
        self._begin("confirm")
        self.epoch = epoch
        news = [one.line for one in records][len(self.records) - after :]
        self.records.extend(news)
        ids = {event_id_in(line) for line in news}
        for event_id in (*ids, *settled):
            self.rows.pop(event_id, None)
        for one in self.lost:
            one.is_back = one.is_back or one.event_id in ids
        self._end("confirm")

    def park(self, event_id: str, code: ProblemCode, detail: str) -> None:
        self._begin("park")
        row = self.rows.pop(event_id, None)
        if row is not None:
            self.aside[event_id] = KeptAside(body=row.body, code=code, detail=detail)
        self._end("park")

    def rewind(self, log: str, position: int, epoch: str) -> list[Outgoing]:
        self._begin("rewind")
        tail = self.records[position:]
        self.lost.extend(
            Lost(self.epoch or "", at, line) for at, line in enumerate(tail, position + 1)
        )
        del self.records[position:]
        self.epoch = epoch
        self._end("rewind")
        return self.outbox(log)

    def holds(self) -> set[str]:
        """The ids of all events that are here in any form."""
        return {
            *map(event_id_in, self.records),
            *self.rows,
            *self.aside,
            *(one.event_id for one in self.lost),
        }

    def _begin(self, step: str) -> None:
        self.writes += 1
        self.before(step)
        if self.is_full:
            raise StorageFull("the disk is full")

    def _end(self, step: str) -> None:
        self.after(step)
