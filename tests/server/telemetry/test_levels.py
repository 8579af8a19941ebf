"""Health follows readings, but never one reading alone."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.graph.catalog import Dependency
from app.graph.formats.prometheus_service_graph import ServiceReading
from app.incident.kinds.signals import Health
from app.server.scheduled_sources import Thresholds
from app.server.telemetry.call_levels import CallLevels
from app.server.telemetry.levels import Level, level_after, observed
from app.server.telemetry.service_levels import ServiceLevels

THRESHOLDS = Thresholds()
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def levels(*ratios: float | None) -> list[Health]:
    """The health after each of these readings."""
    level, seen = Level(), []
    for ratio in ratios:
        level = level_after(level, observed(ratio, level.health, THRESHOLDS), THRESHOLDS)
        seen.append(level.health)
    return seen


def test_two_bad_readings_make_a_service_fail_and_one_does_not():
    assert levels(0.4, 0.0, 0.4, 0.4)[-2:] == [Health.NORMAL, Health.FAILING]


def test_the_milder_of_two_bad_readings_counts():
    assert levels(0.4, 0.1)[-1] is Health.DEGRADED


def test_it_takes_four_good_readings_to_get_better():
    assert levels(0.4, 0.4, 0, 0, 0)[-1] is Health.FAILING
    assert levels(0.4, 0.4, 0, 0, 0, 0)[-1] is Health.NORMAL


def test_just_below_the_threshold_is_not_better_yet():
    assert levels(0.2, 0.2, *[0.17] * 20)[-1] is Health.FAILING
    assert levels(0.2, 0.2, *[0.15] * 4)[-1] is Health.DEGRADED


def test_a_service_that_is_not_heard_of_any_more_has_no_data():
    assert levels(0.0, None, None)[-1] is Health.NO_DATA


@given(st.lists(st.floats(0, 1), max_size=60))
def test_bad_readings_that_never_come_in_a_row_change_nothing(ratios: list[float]):
    scattered = [one for ratio in ratios for one in (ratio, 0.0)]

    assert set(levels(*scattered)) <= {Health.NORMAL}


def reading(service: str, ratio: float | None, rate: float = 10.0) -> ServiceReading:
    """One reading of a service."""
    return ServiceReading(service_id=service, rate=rate, error_ratio=ratio)


def test_nothing_is_said_of_a_service_until_enough_is_known():
    known = ServiceLevels("prom", THRESHOLDS)

    assert known.take([reading("a", 0.0)], NOON) == {}
    for _ in range(3):
        said = known.take([reading("a", 0.0)], NOON)
    assert said == {"a": None}


def test_a_bad_service_is_claimed_with_its_errors_and_since_when():
    known = ServiceLevels("prom", THRESHOLDS)

    known.take([reading("a", 0.4)], NOON)
    said = known.take([reading("a", 0.41)], NOON)

    claim = said["a"]
    assert claim is not None
    assert (claim.health, claim.indicator, claim.since) == (Health.FAILING, "41% err", NOON)
    assert known.take([reading("a", 0.6)], NOON) == said


def test_of_a_handful_of_calls_nothing_is_concluded():
    known = ServiceLevels("prom", THRESHOLDS)

    for _ in range(5):
        assert known.take([reading("a", 1.0, rate=0.01)], NOON) == {}


def call(ratio: float | None, rate: float = 10.0) -> Dependency:
    """One reading of the calls from a to b."""
    return Dependency(caller="a", callee="b", rate=rate, error_ratio=ratio)


def call_health(*readings: Dependency) -> list[str]:
    """What is streamed of the call after each of these readings."""
    known = CallLevels(THRESHOLDS)
    return [known.lines([one])[0].health for one in readings]


def test_a_call_turns_with_the_first_bad_reading_and_back_with_the_fourth_good_one():
    assert call_health(call(0.0), call(0.1), call(0.4)) == ["normal", "degraded", "failing"]
    assert call_health(call(0.4), *[call(0.0)] * 4)[-2:] == ["failing", "normal"]


def test_a_call_of_which_too_little_is_known_stays_as_it_was():
    assert call_health(call(0.4), call(0.0, rate=0.01), call(None)) == ["failing"] * 3
    assert call_health(call(1.0, rate=0.01)) == ["normal"]


def test_a_call_that_is_not_seen_any_more_is_forgotten():
    known = CallLevels(THRESHOLDS)
    known.lines([call(0.4)])

    assert known.lines([]) == []
    assert known.lines([call(0.0)])[0].health == "normal"
