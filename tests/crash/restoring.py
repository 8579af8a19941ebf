"""Puts a backup in the place of a server's database, and is killed at one step of it.

A forked child: `main("names", folder, at)` dies at the nth time that it opens, links, renames or
removes something below `folder`, `main("disk", folder, at)` at the nth write or sync there, if
its disk was preloaded to fail.  Told 0 it lives, and tells how many steps there were.
`main("epochs", folder, at, url)` begins new epochs in the database at `url`, with the keys in
`folder`, and dies when it asks for random bytes for the nth time, as each announcement does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from app.log.backup import restore
from app.log.event_log import EventLog
from app.server.keys import load_keys
from app.server.restoring import begin_new_epochs
from tests.crash.swept import COUNT, END
from tests.crash.telling import tell
from tests.log.writing import NOON

NEVER_AGAIN = 1 << 30
_STEPS = ("open", "os.link", "os.rename", "os.remove")
"""What Python says to its audit hooks before it does so (library/audit_events of its manual)."""


def main(what: str, folder: str, at: str, url: str = "") -> None:
    """Restore, or begin new epochs, and die at a step."""
    if what == "epochs":
        _begin_epochs(Path(folder), url, int(at))
        return
    steps = {"names": _by_names, "disk": _by_writes}[what](folder, int(at))
    restore_in(Path(folder))
    tell(f"steps {steps()}")


def restore_in(folder: Path) -> int:
    """Put the backup in `folder` in the place of the database there, as the command does."""
    key = load_keys(folder / "server.key").console

    def begin_again(log: EventLog) -> int:
        return begin_new_epochs(log, key, lambda: NOON)

    return restore(folder / "backup.db", folder / "server.db", begin_again)


def _by_names(folder: str, at: int) -> Callable[[], int]:
    taken = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal taken
        if event in _STEPS and str(arguments[0]).startswith(folder):
            taken += 1
            if taken == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return lambda: taken


def _by_writes(folder: str, at: int) -> Callable[[], int]:
    disk = ctypes.CDLL(None)
    disk.disk_arm(
        folder.encode(), ctypes.c_long(at), ctypes.c_long(NEVER_AGAIN), END if at else COUNT
    )
    return lambda: int(disk.disk_calls())


def _begin_epochs(folder: Path, url: str, at: int) -> None:
    asked = 0

    def noise(size: int) -> bytes:
        nonlocal asked
        asked += 1
        if asked == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.urandom(size)

    key = load_keys(folder / "server.key").console
    with EventLog.open(url) as log:
        begin_new_epochs(log, key, lambda: NOON, noise)
    tell(f"steps {asked}")
