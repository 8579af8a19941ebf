"""Work that is asked for often: done at once while it is quick, with rests when it is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

QUICK_SECONDS = 0.1
"""Work that takes no longer than this needs no rest."""

REST = 4.0
"""So many times as long as the work took, the loop is left to others before it is done again."""


class Resting:
    """Does `work` when it is asked for, in the loop that runs; of many asks in a rest, once after.

    `work` gives back how long it took (seconds), as far as that comes again each time;
    `monotonic` tells seconds.
    """

    def __init__(self, work: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._work = work
        self._monotonic = monotonic
        self._rested_at = 0.0
        self._is_due = False

    def ask(self) -> None:
        """Do it now, or as soon as it has been left alone for long enough."""
        if self._is_due:
            return
        wait = self._rested_at - self._monotonic()
        if wait <= 0:
            self._do()
        else:
            self._is_due = True
            asyncio.get_running_loop().call_later(wait, self._do)

    def _do(self) -> None:
        self._is_due = False
        took = self._work()
        if took > QUICK_SECONDS:
            self._rested_at = self._monotonic() + REST * took
