"""What sources measure now: services and the calls between them, as of when, and how old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.incident.kinds.signals import Health

Pair = tuple[str, str]
"""The ids of caller and callee."""

OLD_AFTER = timedelta(seconds=90)
"""Readings that nobody renewed for so long must not look live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReading:
    """How the calls from one service to another do; None = the source does not say.

    `rate` in calls per second, `error_ratio` from 0 to 1, `latency` in seconds.
    """

    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    health: Health = Health.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNow:
    """How one service does; `saturation` is the share in use of what it has least of, 0 to 1.

    `saturation_growth` is how much of it was added per minute lately.
    `error_shares` are shares of failed calls by the length of the stretch that ends now
    (seconds), for a service with an objective.
    """

    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    saturation: float | None = None
    saturation_growth: float | None = None
    error_shares: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceReadings:
    """The last good readings of one source, made at `at` (aware UTC).

    `is_stale` says that the source has stopped or its time cannot be trusted.  `health` is that
    of every call in `calls`.
    """

    source: str
    at: datetime
    is_stale: bool
    services: Mapping[str, ServiceNow]
    calls: Mapping[Pair, CallReading]
    health: Mapping[Pair, Health]

    def is_live(self, now: datetime) -> bool:
        """Whether this may be shown as how things are at `now`."""
        return not self.is_stale and abs(now - self.at) <= OLD_AFTER


Live = tuple[SourceReadings, ...]
"""The last good readings of every source."""


def health_of_calls(live: Live, now: datetime) -> Mapping[Pair, Health]:
    """The health of every call that is measured at `now`; of two sources the worse counts.

    Calls that only a silent source knows are not in it: nobody knows how they do.
    """
    fresh = [one.health for one in live if one.is_live(now)]
    if len(fresh) <= 1:
        return fresh[0] if fresh else {}
    merged = dict(fresh[0])
    for other in fresh[1:]:
        for pair, health in other.items():
            known = merged.get(pair)
            merged[pair] = health if known is None else max(known, health, key=_RANK.__getitem__)
    return merged


def service_now(live: Live, service: str) -> tuple[ServiceNow, SourceReadings] | None:
    """The newest readings of a service with the source they are from; None = nobody measures."""
    found = [one for one in live if service in one.services]
    newest = max(found, key=lambda one: one.at, default=None)
    return None if newest is None else (newest.services[service], newest)


def calls_with(
    live: Live, pairs: Iterable[Pair]
) -> dict[Pair, tuple[CallReading, SourceReadings]]:
    """The newest readings of these calls, as far as anybody measures them."""
    by_age = sorted(live, key=lambda one: one.at, reverse=True)
    found: dict[Pair, tuple[CallReading, SourceReadings]] = {}
    for pair in pairs:
        for one in by_age:
            if pair in one.calls:
                found[pair] = (one.calls[pair], one)
                break
    return found


_RANK = {health: rank for rank, health in enumerate(Health)}
