"""Every write and sync of a run of 200 operations, one after the other, fails or is the last.

A forked child: `main(kind, folder, sweep, density, count, share, shares)`, `count` the operations
of the run that are tried.  Sweep `failing` makes each write and sync of
each operation fail once, from the state before that operation; then the operation is tried again.
Sweep `ending` keeps what the folder holds at each write and sync, whole and half done, which is
what the end of the process would leave, and opens that.  With density `all` each point is tried
in both ways (EIO and ENOSPC; before and in the middle of a write), else the ways take turns.
Several children may share that: each makes the whole run, and tries every `shares`th operation.
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.log.problems import StoreError
from tests.crash.kept import CHECKS
from tests.crash.swept import COUNT, FAIL, FULL, WATCH, Operation, opened, operations
from tests.log.profiles import NAME, promise_reserve

NEVER_AGAIN = 1 << 30
_AT_SYNC = 2
_NOWHERE = b"/nowhere/at/all"
_WATCHER = ctypes.CFUNCTYPE(None, ctypes.c_long, ctypes.c_int)
_without_reserve = shutil.ignore_patterns(f"{NAME}.reserve")


def main(*words: str) -> None:
    """Try every point of a share; prints how many there were, and how many trials that made."""
    kind, folder, sweep, density, count, share, shares = words
    trials = _Trials(
        operations(kind)[: int(count)],
        kind=kind,
        folder=Path(folder),
        is_dense=density == "all",
        is_ours=lambda number: number % int(shares) == int(share),
    )
    {"failing": trials.fail_everywhere, "ending": trials.end_everywhere}[sweep]()
    print(f"points {trials.points} {trials.tried}", flush=True)


@dataclass(frozen=True)
class _Left:
    """What a folder held at one point, and what had been told by then."""

    folder: Path
    told: list[str]


class _Trials:
    def __init__(
        self,
        run: list[Operation],
        *,
        kind: str,
        folder: Path,
        is_dense: bool,
        is_ours: Callable[[int], bool],
    ) -> None:
        self._operations = run
        self._kind = kind
        self._is_dense = is_dense
        self._is_ours = is_ours
        self._number = 0
        self._is_tried = is_ours(0)
        """Whether this is about the operation in hand; opening is part of the first."""
        self._disk = ctypes.CDLL(None)
        self._run, self._before, self._trial = (
            folder / name for name in ("run", "before", "trial")
        )
        self._run.mkdir()
        promise_reserve(self._run)
        self._told: list[str] = []
        self._left: list[_Left] = []
        self.points = self.tried = 0
        self._point = 0

    def _each_in_turn(self) -> Iterator[Operation]:
        for number, operation in enumerate(self._operations):
            self._number, self._is_tried = number, self._is_ours(number)
            yield operation

    # --- a write or sync that fails ---------------------------------------------------------

    def fail_everywhere(self) -> None:
        """Fail each point of each operation once."""
        with opened(self._kind, self._run) as store:
            for operation in self._each_in_turn():
                before = list(self._told)
                if self._is_tried:
                    _copy(self._run, self._before)
                operation(store, self._told.append)
                if self._is_tried:
                    self._fail_at_every_point(operation, before)

    def _fail_at_every_point(self, operation: Operation, before: list[str]) -> None:
        at = 1
        while self._fails(operation, before, at):
            at += 1
        self.points += at - 1

    def _fails(self, operation: Operation, before: list[str], at: int) -> bool:
        """Whether the operation has so many points, each of which it survived."""
        ways = (FAIL, FULL) if self._is_dense else ((FAIL, FULL)[(self._number + at) % 2],)
        failed = [self._fail_once(operation, list(before), at, way) for way in ways]
        return all(failed)

    def _fail_once(self, operation: Operation, told: list[str], at: int, way: int) -> bool:
        _copy(self._before, self._trial)
        with opened(self._kind, self._trial) as store:
            self._arm(self._trial, at, way)
            with suppress(StoreError):
                operation(store, told.append)
            has_failed = self._disk.disk_calls() >= at
            self._arm_nothing()
            operation(store, told.append)  # one failure may not stop what comes after it
        CHECKS[self._kind](self._trial, told)
        self.tried += has_failed
        return has_failed

    # --- a write or sync that is the last ---------------------------------------------------

    def end_everywhere(self) -> None:
        """Open what the end of the process at each point would leave."""
        watcher = _WATCHER(self._at_point)
        self._disk.disk_watch(watcher)
        self._arm(self._run, 0, WATCH)
        with opened(self._kind, self._run) as store:
            for operation in self._each_in_turn():
                operation(store, self._told.append)
                self._open_what_is_left()
        self._arm_nothing()
        self._open_what_is_left()

    def _at_point(self, number: int, when: int) -> None:
        """Keep a copy; SQLite is in the middle of something and must not be called here."""
        if not self._is_tried:
            return
        self.points += number > self._point
        self._point = number
        if self._is_dense or when in (number % 2, _AT_SYNC):
            left = _Left(self._trial.with_name(f"left-{number}-{when}"), list(self._told))
            _copy(self._run, left.folder)
            self._left.append(left)

    def _open_what_is_left(self) -> None:
        for left in self._left:
            CHECKS[self._kind](left.folder, left.told)
            shutil.rmtree(left.folder)
            self.tried += 1
        self._left.clear()

    def _arm(self, folder: Path, at: int, way: int) -> None:
        place = str(folder).encode()
        self._disk.disk_arm(place, ctypes.c_long(at), ctypes.c_long(NEVER_AGAIN), way)

    def _arm_nothing(self) -> None:
        self._disk.disk_arm(_NOWHERE, ctypes.c_long(0), ctypes.c_long(NEVER_AGAIN), COUNT)


def _copy(source: Path, target: Path) -> None:
    """What a folder holds now; the reserve takes no room in any copy."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=_without_reserve)
    promise_reserve(target)
