"""What the readings of one source make of each call; streamed, never recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.graph.catalog import Basis, Dependency
from app.protocol.readings import DependencyReadingLine
from app.server.scheduled_sources import Thresholds
from app.server.telemetry.levels import Level, level_after, observed

Pair = tuple[str, str]


def is_measured(call: Dependency) -> bool:
    """Whether a source saw this call and gives numbers of it."""
    numbers = (call.rate, call.error_ratio, call.latency)
    return Basis.OBSERVED in call.basis and any(one is not None for one in numbers)


class CallLevels:
    """The levels of the calls that one source tells of.

    A call turns with the first reading beyond a threshold, since nobody is woken by a line on
    the map; it takes `fall` readings in a row to turn back, so that it does not flicker.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = replace(thresholds, rise=1)
        self._levels: dict[Pair, Level] = {}

    def lines(self, calls: Iterable[Dependency]) -> list[DependencyReadingLine]:
        """The calls of one more look, each with its health; calls not seen are forgotten."""
        levels: dict[Pair, Level] = {}
        told = []
        for call in calls:
            pair = (call.caller, call.callee)
            levels[pair] = level = self._level(call, self._levels.get(pair, Level()))
            told.append(
                DependencyReadingLine(
                    caller=call.caller,
                    callee=call.callee,
                    rate=call.rate,
                    error_ratio=call.error_ratio,
                    latency=call.latency,
                    health=level.health.value,
                )
            )
        self._levels = levels
        return told

    def _level(self, call: Dependency, before: Level) -> Level:
        """Of too few calls nothing is concluded; they leave the level as it was."""
        is_enough = (call.rate or 0.0) >= self._thresholds.least_rate
        if not is_enough or call.error_ratio is None:
            return before
        said = observed(call.error_ratio, before.health, self._thresholds)
        return level_after(before, said, self._thresholds)
