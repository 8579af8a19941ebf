"""What a console's own database holds, as values."""

from __future__ import annotations

from dataclasses import dataclass

from app.proof.merkle import CompactRange

PROFILE_SCHEMA = 3
"""The schema of the profiles this version writes: the number of its migrations."""

CARRIED_FROM = 1 << 40
"""Numbers from here on are places in the queue of events that other consoles wrote.

What was written here has the numbers it was signed with, from 1, and goes first.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """An event made here that is not confirmed yet.  Its bytes never change."""

    log: str
    n: int
    event_id: str
    body: bytes
    sig: str
    made_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedEntry:
    """An event of ours the server will not record, with the code and text of its reason.

    `repeated_as` is the id of the event it was logged again as, if it was.
    """

    entry: OutboxEntry
    code: str
    detail: str
    refused_at: int
    repeated_as: str = ""


MAX_POSITION = 2**53 - 1
"""No log is as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far this console has followed a log.

    `position` is the last confirmed record here, `head` the log's when we last heard;
    `tree` the compact range over the confirmed lines; `checkpoint` the last verified note.
    """

    log: str
    epoch: str
    position: int
    head: int
    tree: bytes
    checkpoint: bytes = b""
    synced_at: int = 0

    @property
    def root(self) -> bytes:
        """The Merkle root over what is confirmed here."""
        return CompactRange.from_bytes(self.tree).root


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedPage:
    """Records that follow `after` in a log, as the server sent them."""

    log: str
    epoch: str
    after: int
    lines: tuple[bytes, ...]
    head: int
    synced_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A record of an earlier epoch that the log, restored since, may lack."""

    log: str
    epoch: str
    position: int
    event_id: str
    line: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """Text that was being typed; `began_at` is when its first character was."""

    text: str
    began_at: int | None
    saved_at: int
