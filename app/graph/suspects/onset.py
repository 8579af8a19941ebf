"""When the symptom began and ended inside its window, and whether it stands out at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.graph.suspects.rows import Floats

SIGNIFICANCE = 0.05
"""The usual level: one calm window in twenty may be taken for a symptom."""

LEAST_NOISE_MULTIPLE = 1.96
"""The same level for a normal distribution: a shift within this many deviations is noise."""

_MOST_CUTS = 24
_MOST_WINDOWS = 240
_FEWEST_WINDOWS = 40
"""Fewer calm windows than two over the level cannot show a chance below half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """The stretch of the abnormal window in which the symptom is at its worst.

    `began` and `ended` in seconds since the epoch, infinite where the stretch reaches the edge of
    the window.  `within` says that the readings around the stretch were calm, so they serve as a
    reference besides the normal window.  `chance` is the probability of a stretch at least this
    bad in a calm window; `noise_multiple` its shift over the noise of one reading.
    """

    began: float
    ended: float
    within: bool
    chance: float
    noise_multiple: float

    @property
    def stands_out(self) -> bool:
        """Whether chance is a poor explanation of the symptom."""
        return self.chance < SIGNIFICANCE and self.noise_multiple >= LEAST_NOISE_MULTIPLE


def find_onset(*, times: Floats, values: Floats, normal: Floats, noise: float) -> Onset:
    """Locate the symptom among its own readings (finite, larger is worse, in order of time).

    Two statistics are tried, each against the same statistic over the calm windows that slide
    along `normal`: the contrast of the best stretch with the rest of its window, and the shift
    of the whole window from the normal level.  Because two are tried, the chance is doubled.
    """
    nothing = Onset(began=-math.inf, ended=math.inf, within=False, chance=1.0, noise_multiple=0.0)
    if values.size == 0 or (normal.size == 0 and values.size < 3):
        return nothing
    deviation = max(noise, np.finfo(np.float64).eps * float(np.max(np.abs(values))), 1e-300)
    cuts = _cuts(values.size)
    contrast, first, last = _best_stretch(values[None, :], cuts, deviation)
    calm = _calm_windows(normal, values.size)
    whole = float(values.mean() - np.median(normal)) / deviation if normal.size else 0.0
    calm_contrast = _best_stretch(calm, cuts, deviation)[0]
    chance_within = _chance(float(contrast[0]), calm_contrast, tries=len(cuts))
    chance_whole = _chance_of_shift(values, normal, calm, deviation)
    within = chance_within < max(SIGNIFICANCE / 2, chance_whole) and float(contrast[0]) > 0
    began, ended = _edges(times, int(first[0]), int(last[0])) if within else (-math.inf, math.inf)
    stretch = slice(int(first[0]), int(last[0]))
    outside = np.delete(values, np.arange(values.size)[stretch])
    inside_shift = float(values[stretch].mean() - outside.mean()) / deviation if within else whole
    return Onset(
        began=began,
        ended=ended,
        within=within,
        chance=min(1.0, 2.0 * min(chance_within, chance_whole)),
        noise_multiple=max(inside_shift, whole),
    )


def _cuts(length: int) -> list[tuple[int, int]]:
    marks = np.unique(np.linspace(0, length, min(length, _MOST_CUTS) + 1).astype(int)).tolist()
    return [
        (first, last)
        for place, first in enumerate(marks)
        for last in marks[place + 1 :]
        if last - first < length
    ]


def _best_stretch(
    windows: Floats, cuts: list[tuple[int, int]], deviation: float
) -> tuple[Floats, Floats, Floats]:
    """Per window the largest contrast of a stretch with its surroundings, and the stretch."""
    count, length = windows.shape
    if not cuts or count == 0:
        return np.zeros(count), np.zeros(count), np.full(count, float(length))
    sums = np.concatenate([np.zeros((count, 1)), np.cumsum(windows, axis=1)], axis=1)
    first = np.array([cut[0] for cut in cuts])
    last = np.array([cut[1] for cut in cuts])
    inside, outside = last - first, length - (last - first)
    total = sums[:, last] - sums[:, first]
    shift = total / inside - (sums[:, -1:] - total) / outside
    contrast = shift / (deviation * np.sqrt(1.0 / inside + 1.0 / outside))
    best = np.argmax(contrast, axis=1)
    return contrast[np.arange(count), best], first[best].astype(float), last[best].astype(float)


def _calm_windows(normal: Floats, length: int) -> Floats:
    if normal.size < length:
        return np.empty((0, length))
    windows = np.lib.stride_tricks.sliding_window_view(normal, length)
    step = max(1, len(windows) // _MOST_WINDOWS)
    return windows[::step]


def _chance(observed: float, calm: Floats, *, tries: int = 1) -> float:
    """The share of calm windows at least as bad, counting the observed one among them."""
    if calm.size < _FEWEST_WINDOWS:
        return min(1.0, _tail(observed) * max(1, tries))
    return (1.0 + float(np.sum(calm >= observed))) / (1.0 + calm.size)


def _chance_of_shift(values: Floats, normal: Floats, calm: Floats, deviation: float) -> float:
    if normal.size == 0:
        return 1.0
    if len(calm) >= _FEWEST_WINDOWS:
        return _chance(float(values.mean()), calm.mean(axis=1))
    # Too little history to watch chance at work: one window of a level that may wander with
    # the noise of a single reading, which is cautious when neighbouring readings move together.
    return _tail(
        float(values.mean() - np.median(normal)) / (deviation * math.sqrt(1 + 1 / normal.size))
    )


def _tail(noise_multiple: float) -> float:
    return 0.5 * math.erfc(noise_multiple / math.sqrt(2.0))


def _edges(times: Floats, first: int, last: int) -> tuple[float, float]:
    began = -math.inf if first == 0 else float(times[first - 1] + times[first]) / 2
    ended = math.inf if last == times.size else float(times[last - 1] + times[last]) / 2
    return began, ended
