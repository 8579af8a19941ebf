"""One log as this console holds it: engine, disk and what is shown; no network, clock or task.

A session gives it a network and a clock; the simulator gives it modelled ones.  Each answer of
the disk is given to the engine at once, so that only what needs the outside comes out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Generic, TypeVar

from app.events.codec import Codec
from app.events.event import Draft, Event, Recorded
from app.incident.kinds.situation import LogRestored
from app.incident.state import IncidentState
from app.log.kept_states import KeptMark, KeptState
from app.log.local_values import CARRIED_FROM
from app.log.problems import StoreError
from app.proof.merkle import CompactRange
from app.proof.withheld import WITHHELD_MARK
from app.protocol.authoring import EPOCH_CHARACTERS, Author, Place, SignedEvent
from app.protocol.problems import ProblemCode
from app.protocol.withholding import grow, leaf_of
from app.sync.engine import Engine
from app.sync.exchange import (
    Appended,
    Input,
    LocalLineRead,
    LocalRootRead,
    Outgoing,
    Output,
    Park,
    Rang,
    ReadLocalLine,
    ReadLocalRoot,
    Rewind,
    Rewound,
    Store,
    Stored,
    StoreFailed,
    Timer,
)
from app.sync.folding import Folding
from app.sync.guarded import GuardedRecords
from app.sync.keeping import Keeping
from app.sync.local_store import LocalStore
from app.sync.log_view import LogView, ParkedRow
from app.sync.long_read import collector_paused, keep_for_good
from app.sync.reading import read_arrived

_log = logging.getLogger(__name__)

_LOAD_RECORDS = 5_000

KEEP_AFTER = 1_000
"""So many records are folded when a log opens rather than keeping its state again."""

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepsake(Generic[S]):
    """A confirmed state that is worth keeping, and what it stands on."""

    state: S
    mark: KeptMark
    rules: bytes
    keeping: Keeping[S]
    reading: object

    def kept(self) -> KeptState:
        """The state in parts.  May run on any thread; takes a moment for a long log."""
        parts = self.keeping.parts_of(self.state)
        return KeptState(mark=self.mark, rules=self.rules, parts=parts)


class LogCopy(Generic[S]):
    """What this console knows of one log, kept on its disk."""

    def __init__(
        self,
        *,
        log: str,
        store: LocalStore,
        author: Author,
        codec: Codec,
        folding: Folding[S],
        start: S,
        random: Random,
        keeping: Keeping[S] | None = None,
        keep_after: int = KEEP_AFTER,
        make_engine: Callable[..., Engine] = Engine,
    ) -> None:
        self.log = log
        self._keeping = keeping
        self._keep_after = keep_after
        self._reading = object()  # another one whenever all records are read again
        self._kept_position = 0
        self._store = store
        self._author = author
        self._codec = codec
        self._folding = folding
        self._start = start
        cursor = store.cursor(log)
        rows = store.outbox(log)
        self._engine = make_engine(
            epoch=cursor.epoch, position=cursor.position, outbox=rows, random=random
        )
        self._parked = tuple(
            self._parked_row(codec.read_event(one.body), one.code, one.detail, one.is_repeated)
            for one in store.parked(log)
        )
        self._to_park: list[Park] = []
        self.tell_news: Callable[[Sequence[Recorded]], None] | None = None
        """Is given what was recorded, once it is on disk here."""
        self._guarded = GuardedRecords(log, store, codec, author.actor)
        self._load(rows)

    def _load(self, rows: Sequence[Outgoing]) -> None:
        """Rebuild what is confirmed and what is foreseen from the disk alone."""
        self._waiting = {row.event_id: self._codec.read_event(row.body) for row in rows}
        self._carried = {row.event_id for row in rows if row.n >= CARRIED_FROM}
        news: list[Recorded] = []
        with collector_paused():
            start, known = self._kept_state()
            after = known
            while lines := self._store.lines(self.log, after, _LOAD_RECORDS):
                arrived = read_arrived(self._codec, self.log, lines, after)
                news.extend(one.recorded for one in arrived)
                after += len(lines)
            # At once: a fold in pages copies what it knows so far with every page.
            self._confirmed = self._folding.replay(news, start)
            keep_for_good(after)
        self._kept_position = known
        self._reading = object()
        self._guarded.forget()

    def _kept_state(self) -> tuple[S, int]:
        """The state that was kept and its position; the start where there is none to use."""
        keeping = self._keeping
        kept = None if keeping is None else self._store.kept_state(self.log)
        if keeping is None or kept is None or kept.rules != keeping.rules:
            return self._start, 0
        state = keeping.state_of(kept.parts)
        return (self._start, 0) if state is None else (state, kept.mark.position)

    @property
    def view(self) -> LogView[S]:
        """What is shown of this log now."""
        waiting = tuple(self._waiting.values())
        return LogView(
            log=self.log,
            state=self._folding.foresee(self._confirmed, waiting),
            confirmed=self._confirmed,
            waiting=waiting,
            parked=self._parked,
            progress=self._engine.progress,
        )

    @property
    def position(self) -> int:
        """The position of the newest record that is confirmed here."""
        return self._engine.progress.position

    def to_keep(self) -> Keepsake[S] | None:
        """What is confirmed now, if the next opening would be much quicker for keeping it."""
        keeping = self._keeping
        if keeping is None or self.position - self._kept_position < self._keep_after:
            return None
        cursor, rules = self._store.cursor(self.log), keeping.rules
        if rules is None:
            return None
        mark = KeptMark(
            log=self.log, epoch=cursor.epoch, position=cursor.position, tree=cursor.tree
        )
        return Keepsake(
            state=self._confirmed, mark=mark, rules=rules, keeping=keeping, reading=self._reading
        )

    def keep(self, keepsake: Keepsake[S], kept: KeptState) -> None:
        """Put a state on the disk for the next opening; not again soon where that fails.

        One of records that were given other words meanwhile is not kept.
        """
        if keepsake.reading is self._reading:
            self._store.keep_state(kept)
            self._kept_position = kept.mark.position

    def write(
        self, drafts: Sequence[Draft], *, seen: int | None = None, repeats: str = ""
    ) -> tuple[tuple[Event, ...], Appended]:
        """Save `drafts` here; gives back the events, and the input to give to `take`.

        `seen` is the position of the view its author acted on; without it, all that is here
        counts as seen.  They are durable when this returns.  `repeats` is the id of a parked row
        they take the place of; one that was repeated before is not repeated once more.  Raises
        what the local log raises when it cannot write; then nothing of them is shown.
        """
        if any(one.event.id == repeats and one.is_repeated for one in self._parked):
            return (), Appended(())
        position = self._engine.progress.position
        seen = position if seen is None else min(seen, position)
        written = self._append(drafts, seen, self._engine.epoch, repeats)
        self._parked = tuple(
            replace(one, is_repeated=True) if one.event.id == repeats else one
            for one in self._parked
        )
        return written

    def carry(self, rows: Sequence[Outgoing]) -> Appended:
        """Queue what other consoles wrote, as they signed it; gives the input to give to `take`.

        What is here already is passed over.  Raises what `write` raises.
        """
        carried = tuple(self._store.carry(self.log, rows))
        self._waiting.update((row.event_id, self._codec.read_event(row.body)) for row in carried)
        self._carried.update(row.event_id for row in carried)
        return Appended(carried)

    def _append(
        self, drafts: Sequence[Draft], seen: int, epoch: str, repeats: str = ""
    ) -> tuple[tuple[Event, ...], Appended]:
        number = self._store.next_number(self.log)
        signed = [
            self._author.write(
                draft, Place(log=self.log, n=number + index, seen=seen, epoch=epoch)
            )
            for index, draft in enumerate(drafts)
        ]
        rows = tuple(_outgoing(one) for one in signed)
        self._store.append(self.log, rows, repeats=repeats)
        self._waiting.update((one.event.id, one.event) for one in signed)
        for event_id in [one for one in self._waiting if one in self._carried]:
            self._waiting[event_id] = self._waiting.pop(event_id)  # after our own, as on disk
        return tuple(one.event for one in signed), Appended(rows)

    def take(self, given: Input, now: float) -> list[Output]:
        """Take in what happened at `now` (monotonic seconds); gives back what to do outside."""
        if given == Rang(Timer.WATCHDOG):
            self._park_again()
        outside: list[Output] = []
        arrived: list[Input] = [given]
        while arrived:
            for output in self._engine.step(arrived.pop(0), now):
                answers = self._do_here(output)
                if answers is None:
                    outside.append(output)
                else:
                    arrived.extend(answers)
        return outside

    def _do_here(self, output: Output) -> Iterable[Input] | None:
        """What the disk answers to an output that is for the disk, else None."""
        try:
            match output:
                case Store() as store:
                    return [self._keep(store)]
                case Park() as park:
                    self._park(park)
                    return []
                case ReadLocalLine(position):
                    return [LocalLineRead(position, self._store.line_at(self.log, position))]
                case ReadLocalRoot(position):
                    return [LocalRootRead(position, self._root_up_to(position))]
                case Rewind(position, epoch):
                    return [self._rewind(position, epoch)]
                case _:
                    return None
        except StoreError as error:
            _log.warning("the disk of this console failed: %s", error)
            return [StoreFailed(str(error))]

    def _root_up_to(self, position: int) -> bytes:
        """The root over the first `position` records that are here, or over all if fewer are."""
        tree = CompactRange()
        while tree.size < position:
            limit = min(_LOAD_RECORDS, position - tree.size)
            lines = self._store.lines(self.log, tree.size, limit)
            if not lines:
                break
            grow(tree, lines)
        return tree.root

    def _keep(self, store: Store) -> Input:
        self._store.confirm(self.log, store.records, store.settled, store.epoch)
        if store.records:
            news = [one.recorded for one in store.records]
            self._confirmed = self._folding.replay(news, self._confirmed)
            if self.tell_news is not None:
                self.tell_news(news)
        for event_id in store.settled:
            self._waiting.pop(event_id, None)
        return Stored()

    def concerned(self, entry: str) -> list[int]:
        """The positions of the records that have to do with an entry."""
        return self._store.positions(self.log, entry.encode())

    @property
    def guarded(self) -> list[int]:
        """The positions of records whose words are here and not for all, as far as was read."""
        return self._guarded.positions

    def read_guarded(self) -> bool:
        """Look for such records in some more of the log; whether there was more of it."""
        return self._guarded.read_on(self.position)

    def withheld(self) -> list[int]:
        """The positions of the records of which only the hash is here."""
        state = self._confirmed
        if not isinstance(state, IncidentState) or not state.withheld:
            return []
        return self._store.positions(self.log, WITHHELD_MARK)

    def reword(self, lines: Mapping[int, bytes]) -> bool:
        """Take other lines for records that are here, by position; whether anything changed.

        A line that stands for another record is not taken.  Raises what the local log raises.
        """
        news = {}
        for position, line in lines.items():
            known = self._store.line_at(self.log, position)
            if known is not None and known != line and leaf_of(known) == leaf_of(line):
                news[position] = line
        if news:
            self._store.rewrite_lines(self.log, news)
            self._load(self._store.outbox(self.log))
        return bool(news)

    def _park(self, park: Park) -> None:
        """Set a row aside; one the disk cannot set aside stays waiting and is tried again."""
        try:
            self._store.park(park.event_id, park.code, park.detail)
        except StoreError as error:
            _log.warning("what was refused cannot be set aside here: %s", error)
            self._to_park.append(park)
            return
        event = self._waiting.pop(park.event_id, None)
        if event is not None:
            self._parked = (*self._parked, self._parked_row(event, park.code, park.detail))

    def _parked_row(
        self, event: Event, code: ProblemCode, detail: str, is_repeated: bool = False
    ) -> ParkedRow:
        is_own = event.console == self._author.console
        return ParkedRow(
            event=event, code=code, detail=detail, is_repeated=is_repeated, is_own=is_own
        )

    def _park_again(self) -> None:
        again, self._to_park = self._to_park, []
        for park in again:
            self._park(park)

    def _rewind(self, position: int, epoch: str) -> Input:
        """Go back to the fork; what the restored server lacks is announced, then sent again."""
        progress, before = self._engine.progress, self._engine.epoch
        if progress.position > position:
            restored = LogRestored(
                epoch_before=before[:EPOCH_CHARACTERS],
                kept=position,
                returned=progress.position - position,
            )
            if all(event.fact != restored for event in self._waiting.values()):
                self._append([Draft(fact=restored)], position, epoch)
        rows = self._store.rewind(self.log, position, epoch)
        self._load(rows)
        return Rewound(position, tuple(rows))


def _outgoing(signed: SignedEvent) -> Outgoing:
    return Outgoing(event_id=signed.event.id, n=signed.event.n, body=signed.body, sig=signed.sig)
