"""What one service was measured at over the last hours, of every source, in order of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.graph.live_readings import Live, ServiceNow
from app.graph.suspects.inputs import Metric, Readings

Point = tuple[float, float]
"""When (seconds since the epoch, UTC) and how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHistory:
    """The points of each metric, oldest first: shares 0 to 1, seconds, calls per second.

    A metric without a reading is left out; `service` is empty where none was asked for.
    """

    service: str = ""
    points: Mapping[Metric, tuple[Point, ...]] = field(default_factory=dict)


def history_of(service: str, readings: Iterable[Readings], live: Live) -> ServiceHistory:
    """What `readings` kept of a service, and after it what its sources said last."""
    found: dict[Metric, dict[float, float]] = {}
    for one in readings:
        if one.service == service:
            _add(found, one.metric, zip(one.times, one.values, strict=True))
    for source in live:
        now = source.services.get(service)
        if now is not None:
            for metric, value in _values(now):
                _add(found, metric, ((source.at.timestamp(), value),))
    points = {metric: tuple(sorted(each.items())) for metric, each in found.items() if each}
    return ServiceHistory(service=service, points=points)


def _add(
    found: dict[Metric, dict[float, float]],
    metric: Metric,
    points: Iterable[tuple[float, float | None]],
) -> None:
    """Two sources at the very same time: the worse counts."""
    known = found.setdefault(metric, {})
    for at, value in points:
        if value is not None and math.isfinite(value):
            known[at] = max(value, known.get(at, value))


def _values(now: ServiceNow) -> tuple[tuple[Metric, float | None], ...]:
    return (
        (Metric.ERRORS, now.error_ratio),
        (Metric.LATENCY, now.latency),
        (Metric.TRAFFIC, now.rate),
    )
