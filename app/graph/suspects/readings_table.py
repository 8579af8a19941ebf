"""Readings of many services as one matrix, turned so that a larger value is always worse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.errors import InvalidInput
from app.graph.suspects.inputs import Metric, Readings
from app.graph.suspects.rows import Flags, Floats

BEYOND_MEASURE = 1e60
"""Nothing that is measured is this large, or one over this small: kept out of the squares."""


@dataclass(frozen=True, slots=True)
class ReadingTable:
    """One row per service, readings in order of time, NaN where there is none.

    `times` in seconds since the epoch, `values` in the unit of the metric; both of shape
    (services, most readings of any service).
    """

    times: Floats
    values: Floats


def failure_table(
    index: Mapping[str, int], metric: Metric, readings: Sequence[Readings]
) -> ReadingTable:
    """The rows of `index` for a symptom of kind `metric`; larger is worse.

    Availability and errors are two names of one thing, the share of calls that failed, so either
    kind of series serves both kinds of symptom.
    """
    if metric in (Metric.LATENCY, Metric.TRAFFIC):
        return _table(index, [one for one in readings if one.metric is metric])
    errors = _table(index, [one for one in readings if one.metric is Metric.ERRORS])
    answers = _table(index, [one for one in readings if one.metric is Metric.AVAILABILITY])
    failed = ReadingTable(answers.times, 1.0 - _as_share(answers.values))
    return _filled_from(ReadingTable(errors.times, _as_share(errors.values)), failed)


def traffic_table(index: Mapping[str, int], readings: Sequence[Readings]) -> ReadingTable:
    """How many calls each service answered."""
    return _table(index, [one for one in readings if one.metric is Metric.TRAFFIC])


def _as_share(values: Floats) -> Floats:
    percent = bool(np.any(values > 1.0))
    return values / 100.0 if percent else values


def _table(index: Mapping[str, int], readings: Iterable[Readings]) -> ReadingTable:
    rows = [(index[one.service], one) for one in readings if one.service in index]
    filled = np.zeros(len(index), dtype=np.intp)
    for row, one in rows:
        filled[row] += len(one.times)
    width = int(filled.max(initial=0))
    times = np.full((len(index), width), np.nan)
    values = np.full((len(index), width), np.nan)
    filled[:] = 0
    for row, one in rows:
        piece = slice(filled[row], filled[row] + len(one.times))
        times[row, piece] = _numbers(one.times, one, "times in seconds since the epoch")
        values[row, piece] = _numbers(one.values, one, "numbers, None for no reading")
        filled[row] = piece.stop
    unreadable: Flags = np.logical_not(np.isfinite(times) & (np.abs(values) < BEYOND_MEASURE))
    values[np.abs(values) < 1 / BEYOND_MEASURE] = 0.0
    times[unreadable], values[unreadable] = np.nan, np.nan
    if not np.any(np.fmax.accumulate(times, axis=1) > times):
        return ReadingTable(times, values)
    order = np.argsort(times, axis=1, kind="stable")
    return ReadingTable(
        np.take_along_axis(times, order, axis=1), np.take_along_axis(values, order, axis=1)
    )


def _numbers(given: Sequence[float | None], of: Readings, wanted: str) -> Floats:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise InvalidInput(f"not all {wanted}", field=f"{of.service} {of.metric}") from problem


def _filled_from(first: ReadingTable, second: ReadingTable) -> ReadingTable:
    width = max(first.values.shape[1], second.values.shape[1])
    take_first = np.isfinite(first.values).any(axis=1, keepdims=True)

    def merged(one: Floats, other: Floats) -> Floats:
        return np.where(take_first, _widened(one, width), _widened(other, width))

    return ReadingTable(merged(first.times, second.times), merged(first.values, second.values))


def _widened(matrix: Floats, width: int) -> Floats:
    return np.pad(matrix, ((0, 0), (0, width - matrix.shape[1])), constant_values=np.nan)
