"""What the ranking of suspects is told: the call graph, the symptom, readings, changes, alerts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.errors import InvalidInput
from app.graph.catalog import Criticality, Dependency


class Metric(StrEnum):
    """What a series of readings measures, per service.

    LATENCY: mean duration of the calls the service answered, in seconds (any one unit will do,
    as long as every service uses it).
    AVAILABILITY: share of answered calls that succeeded, 0..1; 0..100 is recognised and divided.
    ERRORS: share of answered calls that failed, 0..1; 0..100 is recognised and divided.
    TRAFFIC: calls answered, as a count per sample or as a rate; the same choice for every service.
    """

    LATENCY = "latency"
    AVAILABILITY = "availability"
    ERRORS = "errors"
    TRAFFIC = "traffic"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGraph:
    """Who calls whom.

    `calls` holds (caller, callee) pairs; a pair named twice counts once, a service that calls
    itself is allowed and ignored, and cycles are allowed.  `asynchronous` names the pairs among
    them whose caller does not wait for an answer: slowness and errors do not travel up those.
    """

    calls: Sequence[tuple[str, str]]
    asynchronous: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, dependencies: Iterable[Dependency]) -> CallGraph:
        """The calls that the dependencies of a catalogue stand for."""
        known = tuple(dependencies)
        return cls(
            calls=[(one.caller, one.callee) for one in known],
            asynchronous=[
                (one.caller, one.callee) for one in known if one.criticality is Criticality.ASYNC
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """Where it hurts: the service that people or an alert complained about, and in which way.

    Raises `InvalidInput` for a metric that is none of `Metric`; its plain word will do.
    """

    service: str
    metric: Metric

    def __post_init__(self) -> None:
        object.__setattr__(self, "metric", _metric(self.metric))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One metric of one service over one window.

    `times` are seconds since the epoch (UTC), `values` as many readings; None, NaN and infinity
    mean "no reading".  Lists and arrays will do.  Order does not matter, spacing may be unequal
    and may differ from one service to the next; a service may have several pieces of one metric.
    Raises `InvalidInput` when there are not as many times as values, or for an unknown metric.
    """

    service: str
    metric: Metric
    times: Sequence[float]
    values: Sequence[float | None]

    def __post_init__(self) -> None:
        object.__setattr__(self, "metric", _metric(self.metric))
        if len(self.times) != len(self.values):
            raise InvalidInput(
                f"{len(self.times)} times and {len(self.values)} values; each value needs a time",
                field=f"{self.service} {self.metric}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something was changed on a service: a release, a flag, a configuration value.

    `at` is in seconds since the epoch (UTC).
    """

    service: str
    at: float
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert that fired on a service, at seconds since the epoch (UTC)."""

    service: str
    at: float
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLatency:
    """Mean latency of one edge as the caller saw it and as the callee saw it, in seconds.

    What the caller waits beyond what the callee works is spent between them: network, queue,
    connection pool, retries.  The two windows are those of the readings.
    """

    caller: str
    callee: str
    normal_seen_by_caller: float
    normal_seen_by_callee: float
    abnormal_seen_by_caller: float
    abnormal_seen_by_callee: float


def _metric(word: str) -> Metric:
    try:
        return Metric(word)
    except ValueError:
        known = ", ".join(Metric)
        raise InvalidInput(f"{word!r} is none of {known}", field="metric") from None
