"""The readings that streamed past: the last of each source, and those of the last hours.

They colour the map and rank suspects; nothing of them is recorded.

One sample a minute is kept for each service and metric: more is no more evidence, and six hours
of 2,000 services have to fit beside everything else (about 20 MB).
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from app.graph.live_readings import CallReading, Live, ServiceNow, SourceReadings
from app.graph.suspects import Metric, Readings
from app.incident.kinds.signals import Health
from app.protocol.readings import DependencyReadingLine, ServiceReadingLine
from app.protocol.readings import Readings as StreamedReadings

KEPT_SECONDS = 6 * 3600.0
"""How far back readings are kept."""

SAMPLE_SECONDS = 60.0
"""At most one sample of a source is kept in this many seconds."""

GROWTH_SECONDS = 600.0
"""Over how long it is looked at how fast a service fills."""

LEAST_GROWTH_SECONDS = 120.0
"""A growth over less than this is noise."""

_MICROSECONDS = 1_000_000
_METRICS = (Metric.ERRORS, Metric.LATENCY, Metric.TRAFFIC)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What one source said at `at` (seconds since the epoch): as many values as metrics, each."""

    at: float
    services: tuple[str, ...]
    values: array[float]


class _Fullness:
    """How full services were in the last minutes, to say how fast they fill."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], deque[tuple[float, float]]] = {}

    def growth(self, source: str, line: ServiceReadingLine, at: float) -> float | None:
        """What was added per minute by `at` (seconds since the epoch); None until it is known."""
        if line.saturation is None:
            self._seen.pop((source, line.service), None)
            return None
        seen = self._seen.setdefault((source, line.service), deque())
        if not seen or at - seen[-1][0] >= GROWTH_SECONDS / 20:
            seen.append((at, line.saturation))
        while at - seen[0][0] > GROWTH_SECONDS:
            seen.popleft()
        length = at - seen[0][0]
        if length < LEAST_GROWTH_SECONDS:
            return None
        return (line.saturation - seen[0][1]) / (length / 60.0)


class ReadingsMemory:
    """Remembers what `readings` frames said.  Owned by one thread."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[_Sample]] = {}
        self._fullness = _Fullness()
        self._last: dict[str, SourceReadings] = {}
        self._remembered: tuple[int, tuple[Readings, ...]] = (0, ())
        self.observed_at: float | None = None
        """When any source was last heard with good readings (seconds since the epoch, UTC)."""
        self.silent: dict[str, str] = {}
        """Sources whose readings are too old to be shown as live, with the reason if known."""
        self.count = 0
        """How many samples were taken; the same count means the same readings."""

    def take(self, lines: Iterable[bytes]) -> None:
        """Take in the data lines of one frame; a line that is no reading is left out."""
        for line in lines:
            try:
                said = msgspec.json.decode(line, type=StreamedReadings)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # readings are shown or not; a damaged one is not worth a word
            self._keep_last(said)
            self.silent.pop(said.source, None)
            if said.is_stale:
                self.silent[said.source] = said.problem
                self._date_what_is_first(said)
            if said.observed_at is not None and not said.is_stale:
                self._keep(said.source, said.observed_at / _MICROSECONDS, said.services)

    @property
    def live(self) -> Live:
        """What every source said last; the same values while nothing new was said."""
        return tuple(self._last.values())

    def readings(self) -> tuple[Readings, ...]:
        """Everything remembered, one series for each service and metric that had a reading."""
        if self._remembered[0] != self.count:
            self._remembered = (self.count, self._series())
        return self._remembered[1]

    def _series(self) -> tuple[Readings, ...]:
        series: dict[tuple[str, Metric], tuple[list[float], list[float]]] = {}
        for source in sorted(self._samples):
            for sample in self._samples[source]:
                keys = ((one, metric) for one in sample.services for metric in _METRICS)
                for key, value in zip(keys, sample.values, strict=True):
                    if not math.isnan(value):
                        times, kept = series.setdefault(key, ([], []))
                        times.append(sample.at)
                        kept.append(value)
        return tuple(
            Readings(service=service, metric=metric, times=times, values=kept)
            for (service, metric), (times, kept) in series.items()
        )

    def _keep_last(self, said: StreamedReadings) -> None:
        if said.observed_at is None:
            return
        seconds = said.observed_at / _MICROSECONDS
        calls = {(line.caller, line.callee): _call(line) for line in said.dependencies}
        self._last[said.source] = SourceReadings(
            source=said.source,
            at=datetime.fromtimestamp(seconds, UTC),
            is_stale=said.is_stale,
            services={
                line.service: _service(line, self._fullness.growth(said.source, line, seconds))
                for line in said.services
            },
            calls=calls,
            health={pair: call.health for pair, call in calls.items()},
        )

    def _date_what_is_first(self, said: StreamedReadings) -> None:
        """Old readings count as heard then, for a console that was not there to hear them."""
        if self.observed_at is None and said.observed_at is not None:
            self.observed_at = said.observed_at / _MICROSECONDS

    def _keep(self, source: str, at: float, lines: Sequence[ServiceReadingLine]) -> None:
        self.observed_at = at if self.observed_at is None else max(at, self.observed_at)
        samples = self._samples.setdefault(source, deque())
        if samples and at - samples[-1].at < SAMPLE_SECONDS:
            return
        services = tuple(line.service for line in lines)
        if samples and samples[-1].services == services:
            services = samples[-1].services  # one tuple for as long as the same services report
        samples.append(_Sample(at, services, array("d", _values(lines))))
        self.count += 1
        while at - samples[0].at > KEPT_SECONDS:
            samples.popleft()


def _call(line: DependencyReadingLine) -> CallReading:
    return CallReading(
        rate=line.rate,
        error_ratio=line.error_ratio,
        latency=line.latency,
        health=Health(line.health) if line.health in list(Health) else Health.NORMAL,
    )


def _service(line: ServiceReadingLine, growth: float | None) -> ServiceNow:
    return ServiceNow(
        rate=line.rate,
        error_ratio=line.error_ratio,
        latency=line.latency,
        saturation=line.saturation,
        saturation_growth=growth,
        error_shares=line.error_shares,
    )


def _values(lines: Iterable[ServiceReadingLine]) -> Iterator[float]:
    for line in lines:
        for value in (line.error_ratio, line.latency, line.rate):
            yield math.nan if value is None else value
