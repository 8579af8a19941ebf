"""Runs of 200 operations on a disk that fails at one point; tells what was acknowledged.

A forked child: `main(kind, folder, n, step, mode)`, kind `console` or `server`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.log.event_log import EventLog
from app.log.local_log import LocalLog
from app.log.problems import StoreError
from app.protocol.authoring import SignedEvent
from tests.crash.telling import tell
from tests.log.profiles import open_in, page, record_lines
from tests.log.writing import LOG, OTHER_LOG, Writer, batch, outbox_entry

OPERATIONS = 200
COUNT, FAIL, FULL, END, TEAR_AND_END, WATCH = range(6)

Tell = Callable[[str], None]
Operation = Callable[[Any, Tell], None]
"""Does something with an open store, and tells what was done once it is."""


def main(kind: str, folder: str, at: str, step: str, mode: str) -> None:
    """Make the run, then print how many writes and syncs there were.

    A disk that goes on failing does so once the store is open: what can be tried is what the
    store does then.  A process may end while it opens, too.
    """
    disk = ctypes.CDLL(None)

    def arm() -> None:
        disk.disk_arm(folder.encode(), ctypes.c_long(int(at)), ctypes.c_long(int(step)), int(mode))

    is_armed_at_once = int(mode) not in (FAIL, FULL)
    if is_armed_at_once:
        arm()
    with suppress(StoreError), opened(kind, Path(folder)) as store:
        if not is_armed_at_once:
            arm()
        for operation in operations(kind):
            with suppress(StoreError):
                operation(store, tell)
    tell(f"calls {disk.disk_calls()}")


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[LocalLog | EventLog]:
    """The store of a console or of a server in `folder`, made if it is not there."""
    if kind == "console":
        with open_in(folder).log as local:
            yield local
        return
    with EventLog.open(folder / "server.db") as log:
        yield log


def operations(kind: str) -> list[Operation]:
    """The operations of a run, each of which can be tried again."""
    if kind == "server":
        return [_Appending().append] * OPERATIONS
    console = _Console()
    kinds = (console.write, console.follow, console.write, console.settle, console.draft)
    return [kinds[number % len(kinds)] for number in range(OPERATIONS)]


class _Console:
    """Writes, has it confirmed, follows another log and keeps drafts, as a console does."""

    def __init__(self) -> None:
        self._maria = Writer()
        self._signed: dict[str, SignedEvent] = {}
        self._theirs = record_lines(Writer(seed=2).notes(OPERATIONS, OTHER_LOG))

    def write(self, log: LocalLog, tell: Tell) -> None:
        note = self._maria.note("x" * 200)
        self._signed[note.event.id] = note
        log.enqueue([outbox_entry(note)])
        tell(f"kept {note.event.id}")

    def follow(self, log: LocalLog, tell: Tell) -> None:
        cursor = log.cursor(OTHER_LOG)
        after = 0 if cursor is None else cursor.position
        log.confirm(page(OTHER_LOG, self._theirs[after : after + 3], after))
        tell(f"followed {after + 3}")

    def settle(self, log: LocalLog, tell: Tell) -> None:
        cursor = log.cursor(LOG)
        after = 0 if cursor is None else cursor.position
        for entry in log.outbox(LOG, limit=1):
            signed = self._signed[entry.event_id]
            log.confirm(page(LOG, record_lines([signed], after + 1), after))
            tell(f"settled {entry.event_id}")

    def draft(self, log: LocalLog, tell: Tell) -> None:
        log.save_draft("entry", "half a sentence", began_at=None, now=1)


class _Appending:
    """Appends to a server's store."""

    def __init__(self) -> None:
        self._maria = Writer()

    def append(self, log: EventLog, tell: Tell) -> None:
        note = self._maria.note(f"note {self._maria.n}")
        placed = log.append([batch(note)]).outcomes[0].placements[0]
        tell(f"recorded {note.event.id} {placed.position}")
