"""What a session needs of the console's local log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.log.kept_states import KeptState
from app.log.local_values import MAX_POSITION
from app.protocol.problems import ProblemCode
from app.sync.exchange import Arrived, Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCursor:
    """How far one log is on disk here: its epoch (empty if unknown) and last position.

    `tree` is the compact range over its records, as `CompactRange` stores it.  `rewrites` grows
    when lines were put in the place of others that stand for the same records.
    """

    epoch: str
    position: int
    tree: bytes = b""
    rewrites: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAside:
    """A row the server will never record: its body, and the code and text of the reason.

    `is_repeated` says that it was logged again.
    """

    body: bytes
    code: ProblemCode
    detail: str
    is_repeated: bool = False


class RecordStore(Protocol):
    """The records of logs, as they are read."""

    def cursor(self, log: str) -> LocalCursor:
        """How far `log` is on disk."""

    def lines(self, log: str, after: int, limit: int) -> list[bytes]:
        """Record lines after a position, in order."""


class LocalStore(RecordStore, Protocol):
    """The local log, as a session uses it.  Each method is one durable transaction or one read."""

    def line_at(self, log: str, position: int) -> bytes | None:
        """The record line at a position."""

    def kept_state(self, log: str) -> KeptState | None:
        """The state kept of `log`, if it is one of the records that are here."""

    def keep_state(self, kept: KeptState) -> bool:
        """Keep a state for the next opening; False when there is no room for it."""

    def positions(
        self, log: str, words: bytes, *, after: int = 0, to: int = MAX_POSITION
    ) -> list[int]:
        """Later than `after` and up to `to`, the positions of lines with these bytes."""

    def rewrite_lines(self, log: str, lines: Mapping[int, bytes]) -> None:
        """Put other lines in the place of those that stand for the same records."""

    def outbox(self, log: str) -> list[Outgoing]:
        """The rows that wait to be recorded, in the order they are to be sent.

        Announcements that the log was restored come first, then records a restored server
        lacks, then what was written here.
        """

    def parked(self, log: str) -> list[KeptAside]:
        """The rows that were set aside, oldest first."""

    def next_number(self, log: str) -> int:
        """The number this console gives its next event in `log`, from 1."""

    def append(self, log: str, rows: Sequence[Outgoing], *, repeats: str = "") -> None:
        """Put rows in the outbox; `repeats` is the id of a parked row they take the place of."""

    def carry(self, log: str, rows: Sequence[Outgoing]) -> list[Outgoing]:
        """Put rows that other consoles wrote after our own; gives back those that are new."""

    def confirm(
        self, log: str, records: Sequence[Arrived], settled: Sequence[str], epoch: str
    ) -> None:
        """Keep records, move the cursor over them and drop settled rows, all at once."""

    def park(self, event_id: str, code: ProblemCode, detail: str) -> None:
        """Set a row aside for good, with the reason."""

    def rewind(self, log: str, position: int, epoch: str) -> list[Outgoing]:
        """Keep records past `position` as evidence, put their bodies back; gives the outbox."""
