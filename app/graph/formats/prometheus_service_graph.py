"""Answers of the Prometheus HTTP API: service-graph metrics and RED metrics as instant vectors.

Source: "HTTP API" of the Prometheus documentation and the metrics of OpenTelemetry's service
graph connector (`traces_service_graph_request_total`, `…_failed_total`, `…_server_seconds`).
The queries themselves are settings, since metric names differ by version and prefix.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.graph.catalog import Basis, Catalog, Criticality, Kind
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.tree import Tree, read_json

_KINDS = {"database": Kind.DATASTORE, "messaging_system": Kind.QUEUE}
_VIRTUAL = {"user": Kind.EXTERNAL}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One element of an instant vector; `value` is None for NaN and infinities."""

    labels: Mapping[str, str]
    value: float | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReading:
    """Rate (calls per second), errors (share, 0 to 1) and duration (seconds) of one service.

    `saturation` is the share in use of what it has least of.
    """

    service_id: str
    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    saturation: float | None = None
    observed_at: datetime | None = None


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Dependencies from one vector of calls per second by client, server and connection type."""
    return read_service_graph(requests=data, name=name, observed_at=observed_at)


def read_service_graph(
    *,
    requests: bytes,
    failed: bytes | None = None,
    latency: bytes | None = None,
    name: str,
    observed_at: datetime | None = None,
) -> Catalog:
    """Observed dependencies from three vectors with the labels `client` and `server`.

    `requests` and `failed` are calls per second, `latency` is seconds.  A call through a
    messaging system is async.  The time of the oldest sample counts unless `observed_at` is
    given.  Raises InvalidInput when an answer is an error or not a vector.
    """
    calls = read_vector(requests, name=name)
    totals = _by_pair(calls)
    failing = None if failed is None else read_vector(failed, name=name)
    lasting = () if latency is None else read_vector(latency, name=name)
    failures, seconds = None if failing is None else _by_pair(failing), _by_pair(lasting)
    oldest = min((one.at for one in (*calls, *(failing or ()), *lasting)), default=None)
    draft = CatalogDraft(name, observed_at or oldest)
    for sample in calls:
        pair = _pair_of(sample)
        if not all(pair) or pair[0] == pair[1]:
            ends = " → ".join(end or "?" for end in pair)
            draft.warn(f"{name}: {ends}: left out, two ends are needed")
            continue
        connection = sample.labels.get("connection_type", "")
        is_message = connection == "messaging_system"
        draft.mention(pair[0], kind=_VIRTUAL.get(pair[0], Kind.SERVICE))
        draft.mention(pair[1], kind=_KINDS.get(connection, Kind.SERVICE))
        draft.add_dependency(
            *pair,
            criticality=Criticality.ASYNC if is_message else None,
            basis=Basis.OBSERVED,
            rate=sample.value,
            error_ratio=_share(_failing(failures, pair), totals.get(pair)),
            latency=seconds.get(pair),
        )
    return draft.build()


def _failing(failures: Mapping[Pair, float] | None, pair: Pair) -> float | None:
    """Failed calls per second; a pair absent from an answered query has none."""
    return None if failures is None else failures.get(pair, 0.0)


def read_red(
    *,
    name: str,
    rate: bytes | None = None,
    errors: bytes | None = None,
    latency: bytes | None = None,
    label: str = "service_name",
) -> tuple[ServiceReading, ...]:
    """RED metrics of services from up to three vectors, by service in alphabetical order.

    `rate` and `errors` are calls per second, `latency` is seconds; `label` names the service.
    A service without errors in an answered error query has none; without that query nobody knows.
    """
    rates, failures, seconds = (
        _by_label(read_vector(data, name=name), label) if data is not None else None
        for data in (rate, errors, latency)
    )
    tables = [table for table in (rates, failures, seconds) if table is not None]
    readings = []
    for service_id in sorted({key for table in tables for key in table}):
        found = [table[service_id] for table in tables if service_id in table]
        calls = rates[service_id][0] if rates and service_id in rates else None
        failing = failures.get(service_id, (0.0, None))[0] if failures is not None else None
        readings.append(
            ServiceReading(
                service_id=service_id,
                rate=calls,
                error_ratio=_share(failing, calls),
                latency=seconds[service_id][0] if seconds and service_id in seconds else None,
                observed_at=min(at for _, at in found if at is not None),
            )
        )
    return tuple(readings)


def read_saturation(data: bytes, *, name: str, label: str = "service_name") -> dict[str, float]:
    """The share in use by service, from a vector; what exceeds its limit counts as full."""
    found = _by_label(read_vector(data, name=name), label, join=max)
    return {
        service: min(max(value, 0.0), 1.0)
        for service, (value, _) in found.items()
        if value is not None
    }


def read_vector(data: bytes, *, name: str) -> tuple[Sample, ...]:
    """The samples of an instant query.  Raises InvalidInput naming file and key otherwise."""
    tree = read_json(data, name=name)
    if tree.text("status") != "success":
        raise tree.refuse(f"Prometheus answered {tree.text('error') or tree.text('status')!r}")
    answer = tree.get("data")
    if answer is None or answer.text("resultType") != "vector":
        raise (answer or tree).refuse("an instant vector is expected")
    return tuple(_sample(element) for element in answer.items("result"))


def _sample(element: Tree) -> Sample:
    metric, pair = element.get("metric"), element.get("value")
    parts = pair.elements() if pair else []
    if metric is None or len(parts) != 2:
        raise element.refuse("`metric` and `value` are expected")
    try:
        at = datetime.fromtimestamp(float(parts[0].text()), UTC)
        value = float(parts[1].text())
    except (ValueError, OverflowError, OSError):
        raise element.refuse("the value is not a time and a number") from None
    return Sample(
        labels={key: label.text() for key, label in metric.mapping().items()},
        value=value if math.isfinite(value) else None,
        at=at,
    )


def _pair_of(sample: Sample) -> Pair:
    return sample.labels.get("client", ""), sample.labels.get("server", "")


def _by_pair(samples: Iterable[Sample]) -> dict[Pair, float]:
    table: dict[Pair, float] = {}
    for sample in samples:
        if sample.value is not None:
            pair = _pair_of(sample)
            table[pair] = table.get(pair, 0.0) + sample.value
    return table


def _by_label(
    samples: Iterable[Sample], label: str, join: Callable[[float, float], float] = operator.add
) -> dict[str, tuple[float | None, datetime | None]]:
    """The values by service; those of several series of one are joined."""
    table: dict[str, tuple[float | None, datetime | None]] = {}
    for sample in samples:
        service_id = sample.labels.get(label, "")
        if service_id:
            known = table.get(service_id, (None, None))[0]
            total = sample.value if known is None else join(known, sample.value or 0.0)
            table[service_id] = (total, sample.at)
    return table


def _share(failing: float | None, total: float | None) -> float | None:
    if failing is None or not total:
        return None
    return min(max(failing / total, 0.0), 1.0)
