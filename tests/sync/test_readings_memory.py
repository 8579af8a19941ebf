"""Readings are remembered as long as an incident needs them, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from app.graph.suspects import Metric
from app.incident.kinds.signals import Health
from app.protocol.readings import DependencyReadingLine, Readings, ServiceReadingLine
from app.sync.readings_memory import KEPT_SECONDS, ReadingsMemory


def frame(seconds: float, *lines: ServiceReadingLine, source: str = "prometheus") -> list[bytes]:
    said = Readings(source=source, observed_at=round(seconds * 1_000_000), services=list(lines))
    return [msgspec.json.encode(said)]


def failing(share: float) -> ServiceReadingLine:
    return ServiceReadingLine(service="cart", error_ratio=share)


def test_each_service_and_metric_becomes_a_series():
    memory = ReadingsMemory()
    cart = ServiceReadingLine(service="cart", rate=20.0, error_ratio=0.1, latency=0.3)

    memory.take(frame(1000, cart, ServiceReadingLine(service="auth", rate=5.0)))
    memory.take(frame(1060, cart))

    series = {(one.service, one.metric): list(one.values) for one in memory.readings()}
    assert series == {
        ("cart", Metric.ERRORS): [0.1, 0.1],
        ("cart", Metric.LATENCY): [0.3, 0.3],
        ("cart", Metric.TRAFFIC): [20.0, 20.0],
        ("auth", Metric.TRAFFIC): [5.0],
    }


def test_one_sample_a_minute_is_kept():
    memory = ReadingsMemory()

    for second in range(0, 180, 15):
        memory.take(frame(1000 + second, failing(0.1)))

    (series,) = memory.readings()
    assert series.times == [1000, 1060, 1120]
    assert memory.count == 3


def test_what_is_older_than_an_incident_is_forgotten():
    memory = ReadingsMemory()
    memory.take(frame(1000, failing(0.1)))

    memory.take(frame(1001 + KEPT_SECONDS, failing(0.2)))

    (series,) = memory.readings()
    assert series.values == [0.2]


def test_stale_readings_are_not_taken_for_new_ones():
    memory = ReadingsMemory()
    memory.take(frame(1000, failing(0.1)))
    old = Readings(source="prometheus", observed_at=2_000_000_000, is_stale=True,
                   services=[failing(0.9)])  # fmt: skip

    memory.take([msgspec.json.encode(old)])

    assert memory.silent == {"prometheus": ""}
    assert memory.observed_at == 1000
    assert memory.count == 1


def test_a_source_that_speaks_again_is_not_silent_any_more():
    memory = ReadingsMemory()
    silent = Readings(source="prometheus", is_stale=True, problem="no answer in 10 s")
    memory.take([msgspec.json.encode(silent)])
    before = dict(memory.silent)

    memory.take(frame(1000, failing(0.1)))

    assert before == {"prometheus": "no answer in 10 s"}
    assert memory.silent == {}


def test_a_damaged_line_is_left_out():
    memory = ReadingsMemory()

    memory.take([b"{", b"\xff", b"[]", *frame(1000, failing(0.1))])

    assert memory.count == 1


def calls(*lines: DependencyReadingLine, is_stale: bool = False) -> list[bytes]:
    said = Readings(
        source="prometheus", observed_at=60_000_000, is_stale=is_stale, dependencies=list(lines)
    )
    return [msgspec.json.encode(said)]


def test_the_last_word_of_a_source_on_every_call_is_kept_with_its_time():
    memory = ReadingsMemory()
    line = DependencyReadingLine(caller="web", callee="pay", rate=2.0, health="failing")

    memory.take(calls(line))

    (said,) = memory.live
    assert said.at == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    assert said.calls["web", "pay"].rate == 2.0
    assert said.health == {("web", "pay"): Health.FAILING}
    assert memory.live[0] is said


def test_a_health_that_this_version_does_not_know_is_no_alarm():
    memory = ReadingsMemory()

    memory.take(calls(DependencyReadingLine(caller="web", callee="pay", health="on fire")))

    assert memory.live[0].health == {("web", "pay"): Health.NORMAL}


def test_a_source_that_went_stale_says_so_with_its_last_words():
    memory = ReadingsMemory()
    line = DependencyReadingLine(caller="web", callee="pay", health="failing")
    memory.take(calls(line))

    memory.take(calls(line, is_stale=True))

    (said,) = memory.live
    assert said.is_stale
    assert said.calls.keys() == {("web", "pay")}


def test_how_fast_a_service_fills_is_known_after_some_minutes():
    memory = ReadingsMemory()

    def full(minute: int, share: float) -> float | None:
        memory.take(frame(60.0 * minute, ServiceReadingLine(service="db", saturation=share)))
        return memory.live[0].services["db"].saturation_growth

    assert full(10, 0.50) is None
    assert full(11, 0.52) is None
    growth = full(14, 0.58)
    assert growth is not None
    assert round(growth, 6) == 0.02


def test_a_console_that_hears_old_readings_first_knows_as_of_when_they_are():
    memory = ReadingsMemory()
    old = Readings(source="prometheus", observed_at=1_000_000_000, is_stale=True,
                   services=[failing(0.9)])  # fmt: skip

    memory.take([msgspec.json.encode(old)])

    assert (memory.observed_at, memory.count) == (1000, 0)
