"""Reading many records at once, without the garbage collector walking them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FROZEN_FROM = 10_000
"""So many records read at once stay for good: the collector need not look at them again."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Nothing is collected in the block; the collector runs again however the block ends.

    It is always turned on again, never put back to what it was: a block on another thread that
    ended meanwhile must not make this one leave it off.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def keep_for_good(records: int) -> None:
    """Take all that lives now out of the collector's sight, if `records` were many.

    Records and states hold no cycles: they are freed as ever when nobody needs them.
    """
    if records >= FROZEN_FROM:
        gc.freeze()
