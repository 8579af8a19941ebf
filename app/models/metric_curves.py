"""The curves of the metric sheet, and what happened meanwhile: values and words, no drawing."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.graph.service_history import Point, ServiceHistory
from app.graph.suspects.inputs import Metric
from app.incident.projections.signals import Indicator
from app.incident.projections.timeline import Mark, TimelineEntry
from app.incident.state import IncidentState
from app.models.rows import RowsModel

LONGEST = timedelta(hours=6)
"""How far back the curves go: as far as readings are kept."""

SHORTEST = timedelta(minutes=20)
"""A span is at least so long, so that a young incident is not all slope."""

MOST_POINTS = 1_000
"""More points than this make no better picture, and a slower one."""

GAP_SECONDS = 300.0
"""Readings further apart than this are not joined by a line: nobody knows what was between."""

BEYOND_MEASURE = 1e60
"""Nothing that is measured is this large, and no axis is numbered so far."""

MOST_MARKS = 200
"""So many of the newest marks are listed and drawn."""


class MarkKind(StrEnum):
    """What happened, by the word that the list of marks says."""

    ALERT = "Alert"
    CHANGE = "Change"
    DECISION = "Decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricMark:
    """Something that happened, `at` (aware UTC), in the words of the timeline."""

    event_id: str
    at: datetime
    kind: MarkKind
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One metric: `points` oldest first, in `unit`; `breaks` says that gaps are left open."""

    title: str
    unit: str
    points: tuple[Point, ...] = ()
    breaks: bool = True

    @property
    def newest(self) -> Point | None:
        """The last point; None without any."""
        return self.points[-1] if self.points else None

    @property
    def highest(self) -> float:
        """The largest value, 0 when none is above 0: curves show where 0 is."""
        return max((value for _, value in self.points if value > 0), default=0.0)

    @property
    def lowest(self) -> float:
        """The smallest value, 0 when none is below 0."""
        return min((value for _, value in self.points if value < 0), default=0.0)

    def value_words(self, value: float) -> str:
        """A value with its unit: `41%`, `320 ms`."""
        number = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        return f"{number}{self.unit}" if self.unit in ("", "%") else f"{number} {self.unit}"

    def at(self, moment: float) -> float | None:
        """The last value at or before `moment` (seconds since the epoch), unless it is old."""
        known = [point for point in self.points if point[0] <= moment]
        if not known or (self.breaks and moment - known[-1][0] > GAP_SECONDS):
            return None
        return known[-1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when to when the curves go (aware UTC)."""

    start: datetime
    end: datetime


class MarkModel(RowsModel[MetricMark]):
    """Marks in the order they are given."""

    def sentence(self, row: MetricMark) -> str:
        return f"{row.kind.value}: {row.text}"


_KINDS = {
    Mark.ALERT_FAILING: MarkKind.ALERT,
    Mark.ALERT_DEGRADED: MarkKind.ALERT,
    Mark.ALERT_NO_DATA: MarkKind.ALERT,
    Mark.CHANGE: MarkKind.CHANGE,
    Mark.DECISION: MarkKind.DECISION,
    Mark.REVERSED: MarkKind.DECISION,
}

_METRICS = (
    (Metric.ERRORS, "Error share", "%", 100.0),
    (Metric.LATENCY, "Latency", "ms", 1000.0),
    (Metric.TRAFFIC, "Rate", "calls/s", 1.0),
)


def span_of(state: IncidentState, now: datetime) -> Span:
    """From the first thing known of the incident, at most `LONGEST` ago, to `now`."""
    begun = [one.at for one in state.timeline[:1]]
    begun += [one.at for one in state.signals.indicator.samples[:1]]
    first = min(begun, default=now)
    return Span(start=max(min(first, now - SHORTEST), now - LONGEST), end=now)


def indicator_curve(indicator: Indicator, span: Span) -> Curve:
    """The incident's indicator within a span."""
    points = sorted(
        (one.at.timestamp(), one.value)
        for one in indicator.samples
        if span.start <= one.at <= span.end and abs(one.value) < BEYOND_MEASURE
    )
    return Curve(
        title=indicator.name or "Indicator",
        unit=indicator.unit,
        points=thinned(points),
        breaks=False,
    )


def service_curves(history: ServiceHistory, span: Span) -> tuple[Curve, ...]:
    """Error share, latency and rate of a service within a span."""
    start, end = span.start.timestamp(), span.end.timestamp()
    return tuple(
        Curve(
            title=title,
            unit=unit,
            points=thinned(
                [
                    (at, value * factor)
                    for at, value in history.points.get(metric, ())
                    if start <= at <= end
                ]
            ),
        )
        for metric, title, unit, factor in _METRICS
    )


def marks_of(state: IncidentState, span: Span) -> tuple[MetricMark, ...]:
    """Alerts that fired, changes and decisions within a span, newest first."""
    entries = [
        entry
        for entry in state.timeline.since(span.start)
        if entry.line.mark in _KINDS
        and not entry.is_taken_back
        and span.start <= entry.at <= span.end
    ]
    newest = sorted(entries, key=_order, reverse=True)[:MOST_MARKS]
    return tuple(_mark(entry) for entry in newest)


def thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """At most `MOST_POINTS` of the points: of each stretch its lowest and its highest."""
    if len(points) <= MOST_POINTS:
        return tuple(points)
    step = math.ceil(len(points) / (MOST_POINTS / 2 - 1))
    kept: list[Point] = []
    for first in range(0, len(points), step):
        part = points[first : first + step]
        kept.extend(sorted({min(part, key=_value), max(part, key=_value)}))
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return tuple(kept)


def steps_to(highest: float, most: int = 4, lowest: float = 0.0) -> tuple[float, ...]:
    """Round values around 0 within `lowest` (0 or less) and `highest` (0 or more), ascending.

    At most `most` (1 to 4) beside the 0.
    """
    largest = max(highest, -lowest)
    if largest < sys.float_info.min:
        return (0.0, 1.0)
    power = 10.0 ** math.floor(math.log10(largest))
    rounds = (0.2, 0.5, 1.0, 2.0, 4.0, 5.0, 10.0)
    nearly = 1e-9  # three tenths are three steps of a tenth, though not in binary
    counts = (
        (one * power, int(-lowest / (one * power) + nearly), int(highest / (one * power) + nearly))
        for one in rounds
    )
    step, below, above = next(found for found in counts if found[1] + found[2] <= most)
    return tuple(step * place for place in range(-below, above + 1))


def with_gaps(curve: Curve) -> tuple[list[float], list[float]]:
    """Times and values to draw; where the line must break, a value that is not a number."""
    times: list[float] = []
    values: list[float] = []
    for at, value in curve.points:
        if curve.breaks and times and at - times[-1] > GAP_SECONDS:
            times.append(at)
            values.append(math.nan)
        times.append(at)
        values.append(value)
    return times, values


def _mark(entry: TimelineEntry) -> MetricMark:
    return MetricMark(
        event_id=entry.event_id,
        at=entry.at,
        kind=_KINDS[entry.line.mark],
        mark=entry.line.mark,
        text=entry.text,
    )


def _order(entry: TimelineEntry) -> tuple[datetime, int]:
    return entry.at, entry.position


def _value(point: Point) -> float:
    return point[1]
