"""Order statistics over the rows of a matrix in which NaN means "no reading"."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

MAD_TO_DEVIATION = 1.4826
"""Turns a median absolute deviation into the standard deviation of a normal distribution."""

TAIL_SHARE = 0.95
TAIL_TO_DEVIATION = 1.96
"""The 95th percentile of |x - median| of a normal distribution is 1.96 standard deviations."""


def row_counts(matrix: Floats) -> Counts:
    """How many readings each row holds."""
    counts: Counts = np.isfinite(matrix).sum(axis=1)
    return counts


def row_quantile(matrix: Floats, share: float) -> Floats:
    """The quantile of each row over its readings; NaN for a row without any."""
    if matrix.shape[1] == 0:
        return np.full(matrix.shape[0], np.nan)
    ordered = np.sort(matrix, axis=1)
    counts = row_counts(matrix)
    position = np.maximum(counts - 1, 0) * share
    below = np.floor(position).astype(np.intp)
    above = np.ceil(position).astype(np.intp)
    rows = np.arange(matrix.shape[0])
    low, high = ordered[rows, below], ordered[rows, above]
    return low + (high - low) * (position - below)


def row_median(matrix: Floats) -> Floats:
    """The median of each row over its readings; NaN for a row without any."""
    return row_quantile(matrix, 0.5)


def row_mean(matrix: Floats) -> Floats:
    """The mean of each row over its readings; NaN for a row without any."""
    counts = row_counts(matrix)
    total = np.where(np.isfinite(matrix), matrix, 0.0).sum(axis=1)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def row_noise(matrix: Floats) -> Floats:
    """How far a single reading of each row strays from its median by chance.

    The larger of two robust estimates of a standard deviation, one from the middle of the
    readings and one from their tail, so that neither a quiet series with bursts nor a broad one
    passes for calm.  NaN for a row with fewer than three readings: two say nothing about noise.
    """
    distance = np.abs(matrix - row_median(matrix)[:, None])
    middle = MAD_TO_DEVIATION * row_median(distance)
    tail = row_quantile(distance, TAIL_SHARE) / TAIL_TO_DEVIATION
    return np.where(row_counts(matrix) >= 3, np.fmax(middle, tail), np.nan)
