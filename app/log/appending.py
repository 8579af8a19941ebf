"""How events get their place: what arrives, what becomes of it, and the lines it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from app.events.codec import RecordLine, record_line
from app.events.event import Standing
from app.proof.merkle import CompactRange
from app.protocol.problems import ProblemCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event that may be recorded: its exact bytes, what they say, and the standing it gets.

    One with a `problem` is not recorded: it was found when its batch was on its way already.
    """

    event_id: str
    kind: str
    console: str
    n: int
    body: bytes
    sig: str
    standing: Standing = Standing.ACCEPTED
    why: str | None = None
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events for one log, in order.

    `epoch` is the log's whole epoch as the sender knows it, or empty; `arrived_at` is server
    time in microseconds; `skew_ms` how far the sender's clock was ahead of it.  With `only_at`
    it is taken only while the log's head is that: its facts follow from what is before them.
    One that `is_whole` is taken only if no id in it belongs to another event already.
    """

    log: str
    arrivals: tuple[Arrival, ...]
    arrived_at: int
    epoch: str = ""
    skew_ms: int = 0
    only_at: int | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one event stands: a position, or the code of the problem that kept it out."""

    event_id: str
    position: int | None = None
    standing: Standing | None = None
    why: str | None = None
    problem: ProblemCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one batch.

    `is_epoch_changed` and `is_outgrown` (the log is not where `only_at` wants it, or holds other
    events under ids of a whole) mean that nothing of it was taken.
    """

    log: str
    epoch: str
    head: int
    placements: tuple[Placement, ...] = ()
    is_epoch_changed: bool = False
    is_outgrown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """New record lines of one log; the first has position `first`.

    `tree` is the compact range over the log after them, as it is stored: most who hear of a
    growth want no root, and to fold one takes a hash for every peak.
    """

    log: str
    epoch: str
    first: int
    lines: tuple[bytes, ...]
    received_at: int
    tree: bytes

    @property
    def root(self) -> bytes:
        """The Merkle root over the log after these lines (32 bytes); folded at every call."""
        return CompactRange.from_bytes(self.tree).root

    @property
    def last(self) -> int:
        """The position of the last new record."""
        return self.first + len(self.lines) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What one group of batches did: an outcome per batch, in order, and what grew."""

    outcomes: tuple[Outcome, ...]
    growths: tuple[Growth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An event that is in a log already."""

    position: int
    line: bytes


@dataclass(slots=True, kw_only=True)
class GrowingLog:
    """One log while a group is being appended to it."""

    log: str
    epoch: str
    position: int
    received_at: int
    tree: CompactRange
    first: int = field(init=False)
    lines: list[bytes] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    _new: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first = self.position + 1

    def take(self, batch: Batch, known: Mapping[tuple[str, str], Known]) -> Outcome:
        """Give every event of `batch` its place, the first it ever got if it is known."""
        if batch.epoch and batch.epoch != self.epoch:
            return Outcome(
                log=self.log, epoch=self.epoch, head=self.position, is_epoch_changed=True
            )
        is_elsewhere = batch.only_at is not None and batch.only_at != self.position
        if is_elsewhere or (batch.is_whole and self._has_other(batch.arrivals, known)):
            return Outcome(log=self.log, epoch=self.epoch, head=self.position, is_outgrown=True)
        self.received_at = max(self.received_at, batch.arrived_at)
        placements = tuple(
            self._place(arrival, batch.skew_ms, known) for arrival in batch.arrivals
        )
        return Outcome(log=self.log, epoch=self.epoch, head=self.position, placements=placements)

    def _has_other(
        self, arrivals: Iterable[Arrival], known: Mapping[tuple[str, str], Known]
    ) -> bool:
        """Whether the log holds another event under the id of one of these."""
        met = ((arrival, self._before(arrival, known)) for arrival in arrivals)
        return any(before is not None and not _is_same(one, before) for one, before in met)

    def _before(self, arrival: Arrival, known: Mapping[tuple[str, str], Known]) -> Known | None:
        """What the log holds already under the id of an arrival."""
        return self._new.get(arrival.event_id) or known.get((self.log, arrival.event_id))

    def _place(
        self, arrival: Arrival, skew_ms: int, known: Mapping[tuple[str, str], Known]
    ) -> Placement:
        if arrival.problem is not None:
            return Placement(event_id=arrival.event_id, problem=arrival.problem)
        before = self._before(arrival, known)
        if before is not None:
            return _placed_before(arrival, before)
        self.position += 1
        line = record_line(
            position=self.position,
            received_at=self.received_at,
            skew_ms=skew_ms,
            standing=arrival.standing,
            why=arrival.why,
            body=arrival.body,
            sig=arrival.sig,
        )
        self._new[arrival.event_id] = Known(position=self.position, line=line)
        self.tree.append(line)
        self.lines.append(line)
        self.rows.append(
            {
                "log": self.log,
                "position": self.position,
                "event_id": arrival.event_id,
                "kind": arrival.kind,
                "console": arrival.console,
                "n": arrival.n,
                "received_at": self.received_at,
                "line": line,
            }
        )
        return Placement(
            event_id=arrival.event_id,
            position=self.position,
            standing=arrival.standing,
            why=arrival.why,
        )

    def growth(self) -> Growth:
        """What was appended so far."""
        return Growth(
            log=self.log,
            epoch=self.epoch,
            first=self.first,
            lines=tuple(self.lines),
            received_at=self.received_at,
            tree=self.tree.to_bytes(),
        )


def _placed_before(arrival: Arrival, before: Known) -> Placement:
    if not _is_same(arrival, before):
        return Placement(event_id=arrival.event_id, problem=ProblemCode.ID_REUSED)
    stored = _STORED.decode(before.line)
    return Placement(
        event_id=arrival.event_id,
        position=before.position,
        standing=stored.standing,
        why=stored.why,
    )


def _is_same(arrival: Arrival, before: Known) -> bool:
    return bytes(_STORED.decode(before.line).body) == arrival.body


_STORED = msgspec.json.Decoder(RecordLine)


def ids_in(batches: Iterable[Batch]) -> list[str]:
    """Every event id in these batches, once."""
    return list({arrival.event_id: None for batch in batches for arrival in batch.arrivals})
