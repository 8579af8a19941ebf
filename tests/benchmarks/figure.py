"""One measured figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured: `value` in `unit`, over `n` repetitions.

    `name` is `area.what_unit`, such as `replay.fold_100k_ms`; names are unique over all
    benchmarks.  `note` says under which conditions, and what it was compared with.
    """

    name: str
    value: float
    unit: str
    n: int = 1
    note: str = ""


class NotMeasurable(Exception):
    """What a benchmark needs is not on this machine; the message says what is missing."""
