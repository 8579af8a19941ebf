"""How far each service moved while the symptom lasted, and how much of that may be noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.graph.suspects.onset import Onset
from app.graph.suspects.readings_table import ReadingTable
from app.graph.suspects.rows import Counts, Floats, row_counts, row_mean, row_median, row_noise

MEDIAN_OF_SQUARED_NORMAL = 0.4549
"""The median of the square of a standard normal variable (chi squared, one degree)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Per service, in the unit of the metric: the level before, during, and the noise of both.

    NaN where there are no readings.  `calls` is how many calls a sample of the symptom covers.
    """

    before: Floats
    during: Floats
    noise: Floats
    calls: Floats

    @property
    def moved(self) -> Floats:
        """How much worse it became; NaN where unknown."""
        return self.during - self.before


def reading_noise(normal: ReadingTable, abnormal: ReadingTable, one_call: Floats) -> Floats:
    """The chance deviation of one reading per service, in the unit of the metric.

    A service with too few readings is given the relative noise that is usual among the others;
    none is taken to be calmer than `one_call`, what a single call more or less amounts to.
    """
    noise = row_noise(normal.values)
    level = np.abs(np.fmax(row_median(normal.values), row_median(abnormal.values)))
    relative = (noise / np.where(level > 0, level, np.nan))[row_counts(normal.values) >= 3]
    relative = relative[np.isfinite(relative)]
    usual = float(np.median(relative)) if relative.size else 0.0
    return np.fmax(np.where(np.isfinite(noise), noise, usual * level), one_call)


def measure_shifts(
    *,
    normal: ReadingTable,
    abnormal: ReadingTable,
    traffic: Floats,
    noise: Floats,
    onset: Onset,
) -> Shifts:
    """Compare the symptom's stretch with the calm around it and with the normal window.

    The two references are weighed by their precision.  The normal window loses weight by as much
    as the services at large have drifted since: an old baseline that no longer fits counts less
    than the few calm readings next to the symptom.
    """
    inside = (abnormal.times >= onset.began) & (abnormal.times < onset.ended)
    during = row_mean(np.where(inside, abnormal.values, np.nan))
    around = np.where(inside, np.nan, abnormal.values)
    before, variance = _reference(normal.values, around, noise)
    return Shifts(
        before=before,
        during=during,
        noise=np.sqrt(noise**2 + variance),
        calls=traffic,
    )


def _reference(normal: Floats, around: Floats, noise: Floats) -> tuple[Floats, Floats]:
    level, nearby = row_median(normal), row_mean(around)
    many, few = row_counts(normal), row_counts(around)
    # Two constant references of the same series are weighed by their counts alone.
    variance = np.where(noise > 0, noise**2, 1.0)
    drift = _drift(level, nearby, noise, few)
    of_level = np.where(many > 0, 1 / (variance * (1 / np.maximum(many, 1) + drift)), 0.0)
    of_nearby = np.where(few > 0, few / variance, 0.0)
    total = of_level + of_nearby
    weighted = np.nan_to_num(level) * of_level + np.nan_to_num(nearby) * of_nearby
    known = total > 0
    divisor = np.where(known, total, 1.0)
    spread = np.where(noise > 0, 1 / divisor, 0.0)
    return np.where(known, weighted / divisor, np.nan), np.where(known, spread, np.nan)


def _drift(level: Floats, nearby: Floats, noise: Floats, few: Counts) -> float:
    """How far levels have typically wandered since the normal window, in squared deviations."""
    known = np.isfinite(level) & np.isfinite(nearby) & (noise > 0)
    if not known.any():
        return 0.0
    squared = ((nearby[known] - level[known]) / noise[known]) ** 2
    by_chance = 1 / few[known]
    return float(max(0.0, np.median(squared / MEDIAN_OF_SQUARED_NORMAL - by_chance)))
