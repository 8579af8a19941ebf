"""The examination of a bundle's records: form, order, author and root, naming the place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.proof import layout
from app.proof.merkle import HASH_BYTES, CompactRange, leaf_hash
from app.proof.note import Checkpoint
from app.proof.problem import ProofRefused
from app.proof.record import RecordFrame, blobs_mentioned, read_frame
from app.proof.signatures import VerifyingKey
from app.proof.withheld import WithheldRecord, is_withheld_line, read_withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A signed state of the log that the records must pass through; `name` says whose."""

    name: str
    checkpoint: Checkpoint


class RecordExamination:
    """Reads records one by one; afterwards its counts say what there was.

    `leaves` are the bundle's leaf hashes, 32 bytes each; where they give the signed root they
    are themselves proved, and every changed record is found at its own position.
    """

    def __init__(
        self,
        *,
        log: str,
        head: Checkpoint,
        milestones: Sequence[Milestone],
        consoles: Mapping[str, VerifyingKey],
        leaves: bytes,
        leaves_hold: bool,
    ) -> None:
        self._log = log
        self._head = head
        self._milestones = milestones
        self._consoles = consoles
        self._leaves = leaves
        self._leaves_hold = leaves_hold
        self._own_leaves = bytearray()  # kept only where the bundle's own are in doubt
        self._tree = CompactRange()
        self._event_ids = set[str]()
        self._received_at: int | None = None
        self.by_console: Counter[str] = Counter()
        self.blobs = set[str]()
        self.withheld = self.quarantined = 0

    @property
    def records(self) -> int:
        """How many records hold so far, withheld ones included."""
        return self._tree.size

    @property
    def signatures(self) -> int:
        """How many authors' signatures hold so far."""
        return self.by_console.total()

    def examine(self, lines: Iterable[bytes]) -> None:
        """Check all records; raises `ProofRefused` at the first that does not hold."""
        milestones = {each.checkpoint.size: each for each in self._milestones}
        proved = self._pass(milestones, 0)
        for line in lines:
            if self._tree.size == self._head.size:
                raise ProofRefused(
                    "is more than the checkpoint covers", where=_at(self._tree.size + 1)
                )
            self._examine_line(line, self._tree.size + 1)
            proved = self._pass(milestones, proved)
        self._compare_with_head(proved)

    def _examine_line(self, line: bytes, position: int) -> None:
        where = _at(position)
        if is_withheld_line(line):
            record = read_withheld(line, where=where)
            self._take_leaf(record.leaf, position)
            _require_position(record, position)
            self.withheld += 1
            return
        self._take_leaf(leaf_hash(line), position)
        frame = read_frame(line, where=where)
        _require_position(frame, position)
        self._examine_frame(frame, where)

    def _examine_frame(self, frame: RecordFrame, where: str) -> None:
        if frame.log != self._log:
            raise ProofRefused(f"was written for another log, {frame.log!r}", where=where)
        if frame.event_id in self._event_ids:
            raise ProofRefused(f"repeats the event {frame.event_id!r}", where=where)
        if self._received_at is not None and frame.received_at < self._received_at:
            raise ProofRefused("was received before the record in front of it", where=where)
        key = self._consoles.get(frame.console)
        if key is None:
            raise ProofRefused(f"keys.json has no key of console {frame.console!r}", where=where)
        if not key.verifies_body(frame.body, frame.sig):
            raise ProofRefused("the signature of its author does not match it", where=where)
        self._event_ids.add(frame.event_id)
        self._received_at = frame.received_at
        self.by_console[frame.console] += 1
        self.quarantined += frame.standing == "quarantined"
        self.blobs |= blobs_mentioned(frame.body)

    def _take_leaf(self, leaf: bytes, position: int) -> None:
        start = (position - 1) * HASH_BYTES
        if not self._leaves_hold:
            self._own_leaves += leaf
        elif leaf != self._leaves[start : start + HASH_BYTES]:
            raise ProofRefused(
                "these are not the bytes that were recorded at this position", where=_at(position)
            )
        self._tree.append_leaf(leaf)

    def _pass(self, milestones: Mapping[int, Milestone], proved: int) -> int:
        """Compare with the milestone at this size, if any; the newest position proved so far."""
        milestone = milestones.get(self._tree.size)
        if milestone is None:
            return proved
        if milestone.checkpoint.root != self._tree.root:
            raise ProofRefused(
                f"they do not give the root in {milestone.name}; something was changed",
                where=_between(proved + 1, self._tree.size),
            )
        return self._tree.size

    def _compare_with_head(self, proved: int) -> None:
        size, head = self._tree.size, self._head
        if size < head.size:
            raise ProofRefused("are missing", where=_between(size + 1, head.size))
        if self._tree.root != head.root:
            raise ProofRefused(
                f"they do not give the root in {layout.CHECKPOINT}; something was changed",
                where=_between(proved + 1, size),
            )
        if not self._leaves_hold:
            raise ProofRefused(
                "is not the leaf hash of the record",
                where=f"{layout.LEAVES}, {self._wrong_leaf()}",
            )

    def _wrong_leaf(self) -> str:
        for at in range(0, len(self._own_leaves), HASH_BYTES):
            if self._own_leaves[at : at + HASH_BYTES] != self._leaves[at : at + HASH_BYTES]:
                return f"line {at // HASH_BYTES + 1}"
        return f"line {self._tree.size + 1}"


def _require_position(record: RecordFrame | WithheldRecord, position: int) -> None:
    if record.position != position:
        raise ProofRefused(f"says it is at position {record.position}", where=_at(position))


def _at(position: int) -> str:
    return f"record at position {position}"


def _between(first: int, last: int) -> str:
    return _at(first) if first >= last else f"records at positions {first} to {last}"
