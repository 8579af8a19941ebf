"""The readings that streamed past lately, kept for the ranking of suspects; nothing is recorded.

One sample a minute is kept for each service and metric: more is no more evidence, and six hours
of 2,000 services have to fit beside everything else (about 20 MB).
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from app.graph.suspects import Metric, Readings
from app.protocol.readings import Readings as StreamedReadings
from app.protocol.readings import ServiceReadingLine

KEPT_SECONDS = 6 * 3600.0
"""How far back readings are kept."""

SAMPLE_SECONDS = 60.0
"""At most one sample of a source is kept in this many seconds."""

_MICROSECONDS = 1_000_000
_METRICS = (Metric.ERRORS, Metric.LATENCY, Metric.TRAFFIC)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What one source said at `at` (seconds since the epoch): as many values as metrics, each."""

    at: float
    services: tuple[str, ...]
    values: array[float]


class ReadingsMemory:
    """Remembers what `readings` frames said.  Owned by one thread."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[_Sample]] = {}
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
            self.silent.pop(said.source, None)
            if said.is_stale:
                self.silent[said.source] = said.problem
            if said.observed_at is not None and not said.is_stale:
                self._keep(said.source, said.observed_at / _MICROSECONDS, said.services)

    def readings(self) -> tuple[Readings, ...]:
        """Everything remembered, one series for each service and metric that had a reading."""
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


def _values(lines: Iterable[ServiceReadingLine]) -> Iterator[float]:
    for line in lines:
        for value in (line.error_ratio, line.latency, line.rate):
            yield math.nan if value is None else value
