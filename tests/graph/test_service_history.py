"""What a service was measured at, gathered from what is remembered and what was said last."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from app.graph.live_readings import ServiceNow, SourceReadings
from app.graph.service_history import history_of
from app.graph.suspects.inputs import Metric, Readings

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
START = NOON.timestamp()


def remembered(values: list[float | None], service: str = "checkout") -> Readings:
    times = [START + 60.0 * place for place in range(len(values))]
    return Readings(service=service, metric=Metric.ERRORS, times=times, values=values)


def said(source: str, seconds: float, now: ServiceNow) -> SourceReadings:
    return SourceReadings(
        source=source,
        at=datetime.fromtimestamp(START + seconds, UTC),
        is_stale=False,
        services={"checkout": now},
        calls={},
        health={},
    )


def test_what_was_said_last_follows_what_is_remembered() -> None:
    live = (said("prometheus", 90, ServiceNow(error_ratio=0.3, latency=0.2)),)

    history = history_of("checkout", [remembered([0.1, 0.2])], live)

    assert history.points[Metric.ERRORS] == ((START, 0.1), (START + 60, 0.2), (START + 90, 0.3))
    assert history.points[Metric.LATENCY] == ((START + 90, 0.2),)


def test_a_metric_nobody_measured_is_left_out() -> None:
    history = history_of("checkout", [remembered([None, math.nan, math.inf])], ())

    assert history.points == {}


def test_readings_of_other_services_are_left_out() -> None:
    history = history_of("checkout", [remembered([0.1], service="search")], ())

    assert history.points == {}


def test_of_two_sources_at_one_moment_the_worse_counts() -> None:
    live = (
        said("one", 0, ServiceNow(error_ratio=0.4)),
        said("two", 0, ServiceNow(error_ratio=0.2)),
    )

    assert history_of("checkout", (), live).points[Metric.ERRORS] == ((START, 0.4),)
