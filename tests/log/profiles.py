"""Profiles to break: one with confirmed records, waiting entries and a signing key."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.events.codec import record_line
from app.events.event import Standing
from app.log.local_log import LocalLog
from app.log.local_values import ConfirmedPage, OutboxEntry
from app.log.profile import OpenedProfile, open_profile
from app.log.profile_key import profile_key
from app.log.reserve import RESERVE_BYTES
from app.protocol.authoring import SignedEvent
from tests.log.writing import LOG, NOON, OTHER_LOG, Writer, outbox_entry

NAME = "profile.db"
EPOCH = "0" * 32


def record_lines(signed: Sequence[SignedEvent], first: int = 1) -> tuple[bytes, ...]:
    """Record lines as a server would have made them."""
    return tuple(
        record_line(
            position=position,
            received_at=position,
            skew_ms=0,
            standing=Standing.ACCEPTED,
            why=None,
            body=each.body,
            sig=each.sig,
        )
        for position, each in enumerate(signed, first)
    )


def page(log: str, lines: tuple[bytes, ...], after: int = 0, epoch: str = EPOCH) -> ConfirmedPage:
    """Lines as a page a server sent."""
    return ConfirmedPage(
        log=log, epoch=epoch, after=after, lines=lines, head=after + len(lines), synced_at=1
    )


def open_in(folder: Path) -> OpenedProfile:
    """The profile in `folder`, with the key that is kept there."""
    key = profile_key(folder, profile="maria", ask_passphrase=None, environment={})
    return open_profile(folder / NAME, key.key, clock=lambda: NOON)


def promise_reserve(folder: Path) -> None:
    """A reserve that takes no room, where a test opens hundreds of profiles."""
    path = folder / f"{NAME}.reserve"
    path.touch()
    os.truncate(path, RESERVE_BYTES)


@dataclass(frozen=True)
class Left:
    """A profile as a killed process left it, and what was in it."""

    folder: Path
    entries: tuple[OutboxEntry, ...]
    lines: dict[str, tuple[bytes, ...]]
    secret: bytes

    def copy_to(self, folder: Path) -> Path:
        """Another copy of it."""
        shutil.copytree(self.folder, folder)
        promise_reserve(folder)
        return folder


def killed_profile(folder: Path) -> Left:
    """A profile whose process was killed: part of it is in the WAL only."""
    working, folder = folder / "working", folder / "left"
    folder.mkdir()
    maria = Writer()
    with open_in(working).log as log:
        lines = _fill(log, maria)  # in the database itself once it was closed
    with open_in(working).log as log:
        waiting = maria.notes(20)
        for note in waiting:
            log.enqueue([outbox_entry(note)])
        log.set_value("console", b"a signing key")
        for file in working.iterdir():
            if not file.name.endswith(".reserve"):
                shutil.copy2(file, folder / file.name)
    entries = tuple(outbox_entry(note) for note in waiting)
    return Left(folder, entries, lines, b"a signing key")


def _fill(log: LocalLog, maria: Writer) -> dict[str, tuple[bytes, ...]]:
    lines = {
        LOG: record_lines(maria.notes(180)),
        OTHER_LOG: record_lines(maria.notes(40, OTHER_LOG)),
    }
    for name, all_lines in lines.items():
        for after in range(0, len(all_lines), 30):
            log.confirm(page(name, all_lines[after : after + 30], after))
    return lines
