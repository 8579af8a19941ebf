"""Readings of services and of the calls between them, from the answers of one Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.graph.catalog import Catalog, Dependency
from app.graph.formats.prometheus_service_graph import (
    ServiceReading,
    read_red,
    read_saturation,
    read_service_graph,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The bodies of the answers to `Queries`, None where nothing was asked."""

    requests: bytes | None = None
    failed: bytes | None = None
    latency: bytes | None = None
    service_rate: bytes | None = None
    service_errors: bytes | None = None
    service_latency: bytes | None = None
    service_saturation: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at everything: what calls what, how services do, and when that was (UTC).

    `observed_at` is None when the answers hold nothing at all.
    """

    calls: Catalog
    services: tuple[ServiceReading, ...]
    observed_at: datetime | None


def read_answers(answers: Answers, name: str, label: str) -> Reading:
    """What the answers say; services that are only known from calls are read from these.

    Raises `InvalidInput` naming the source and the key.
    """
    calls = Catalog()
    if answers.requests is not None:
        calls = read_service_graph(
            requests=answers.requests, failed=answers.failed, latency=answers.latency, name=name
        )
    own = read_red(
        name=name,
        rate=answers.service_rate,
        errors=answers.service_errors,
        latency=answers.service_latency,
        label=label,
    )
    named = {one.service_id for one in own}
    called = [one for one in _from_calls(calls.dependencies) if one.service_id not in named]
    moments = [one.observed_at for one in own if one.observed_at is not None]
    moments += [
        stamp.observed_at
        for stamp in calls.sources
        if stamp.observed_at is not None and calls.dependencies
    ]
    services = _with_saturation((*own, *called), answers.service_saturation, name, label)
    return Reading(calls=calls, services=services, observed_at=min(moments, default=None))


def _with_saturation(
    readings: tuple[ServiceReading, ...], answer: bytes | None, name: str, label: str
) -> tuple[ServiceReading, ...]:
    """The readings with how full each service is; one that is only full is a reading too."""
    if answer is None:
        return readings
    full = read_saturation(answer, name=name, label=label)
    known = {one.service_id for one in readings}
    measured = [replace(one, saturation=full.get(one.service_id)) for one in readings]
    measured += [
        ServiceReading(service_id=one, saturation=share)
        for one, share in full.items()
        if one not in known
    ]
    return tuple(measured)


def renamed(reading: Reading, name_of: Callable[[str], str]) -> Reading:
    """The same with the services under the names the organisation has for them."""
    calls = reading.calls
    return replace(
        reading,
        calls=replace(
            calls,
            services=tuple(replace(one, id=name_of(one.id)) for one in calls.services),
            dependencies=tuple(
                replace(one, caller=name_of(one.caller), callee=name_of(one.callee))
                for one in calls.dependencies
            ),
        ),
        services=tuple(
            replace(one, service_id=name_of(one.service_id)) for one in reading.services
        ),
    )


def _from_calls(dependencies: Iterable[Dependency]) -> list[ServiceReading]:
    """How services do in the eyes of those who call them: rates add up, errors weigh by rate."""
    by_callee: dict[str, list[Dependency]] = {}
    for one in dependencies:
        by_callee.setdefault(one.callee, []).append(one)
    return [_of_callee(callee, by_callee[callee]) for callee in sorted(by_callee)]


def _of_callee(callee: str, calls: list[Dependency]) -> ServiceReading:
    rate = sum(one.rate or 0.0 for one in calls)
    told = [one for one in calls if one.error_ratio is not None and one.rate]
    total = sum(one.rate or 0.0 for one in told)
    failing = sum((one.rate or 0.0) * (one.error_ratio or 0.0) for one in told)
    latencies = [one.latency for one in calls if one.latency is not None]
    return ServiceReading(
        service_id=callee,
        rate=rate,
        error_ratio=failing / total if total else None,
        latency=max(latencies, default=None),
    )
