"""Runs of 200 operations on a disk that fails at one point; tells what was acknowledged.

A forked child: `main(kind, folder, n, step, mode)`, kind `console` or `server`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from app.log.event_log import EventLog
from app.log.local_log import LocalLog
from app.log.problems import StoreError
from tests.log.profiles import open_in, page, record_lines
from tests.log.writing import LOG, OTHER_LOG, Writer, batch, outbox_entry

OPERATIONS = 200
COUNT, FAIL, FULL, END, TEAR_AND_END = range(5)


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
    run = {"console": run_console, "server": run_server}[kind]
    with suppress(StoreError):
        run(
            Path(folder),
            lambda line: print(line, flush=True),
            _nothing if is_armed_at_once else arm,
        )
    print(f"calls {disk.disk_calls()}", flush=True)


def _nothing() -> None:
    pass


def run_console(folder: Path, tell: Callable[[str], None], arm: Callable[[], None]) -> None:
    """Write, refuse, follow and keep drafts, as a console does."""
    maria, theirs = Writer(), record_lines(Writer(seed=2).notes(OPERATIONS, OTHER_LOG))
    with open_in(folder).log as log:
        arm()
        for operation in _console_operations(log, maria, theirs, tell):
            with suppress(StoreError):
                operation()


def _console_operations(
    log: LocalLog, maria: Writer, theirs: tuple[bytes, ...], tell: Callable[[str], None]
) -> Iterator[Callable[[], None]]:
    """Each tells what it did once it is done."""

    def write() -> None:
        note = maria.note("x" * 200)
        log.enqueue([outbox_entry(note)])
        tell(f"kept {note.event.id}")

    def follow() -> None:
        cursor = log.cursor(OTHER_LOG)
        after = 0 if cursor is None else cursor.position
        log.confirm(page(OTHER_LOG, theirs[after : after + 3], after))
        tell(f"followed {after + 3}")

    def settle() -> None:
        waiting = log.outbox(LOG, limit=1)
        cursor = log.cursor(LOG)
        after = 0 if cursor is None else cursor.position
        for entry in waiting:
            signed = maria_signed[entry.event_id]
            log.confirm(page(LOG, record_lines([signed], after + 1), after))
            tell(f"settled {entry.event_id}")

    def draft() -> None:
        log.save_draft("entry", "half a sentence", began_at=None, now=1)

    maria_signed = _Remembered(maria)
    for number in range(OPERATIONS):
        yield (write, follow, write, settle, draft)[number % 5]


class _Remembered(dict):
    """What maria signed, by id."""

    def __init__(self, maria: Writer) -> None:
        super().__init__()
        plain = maria.author.write

        def write(*words, **more):
            signed = plain(*words, **more)
            self[signed.event.id] = signed
            return signed

        maria.author.write = write


def run_server(folder: Path, tell: Callable[[str], None], arm: Callable[[], None]) -> None:
    """Append to a server's store."""
    maria = Writer()
    with EventLog.open(folder / "server.db") as log:
        arm()
        for number in range(OPERATIONS):
            note = maria.note(f"note {number}")
            with suppress(StoreError):
                placed = log.append([batch(note)]).outcomes[0].placements[0]
                tell(f"recorded {note.event.id} {placed.position}")
