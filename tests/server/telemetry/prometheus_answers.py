"""Answers of the Prometheus HTTP API, and a small HTTP server that gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from tests.server.served_page import serving

Calls = dict[tuple[str, str], float]


def vector(samples: dict[tuple[str, str], float], at: datetime) -> bytes:
    """An instant vector with the labels `client` and `server`."""
    result = [
        {"metric": {"client": one, "server": other}, "value": [at.timestamp(), str(value)]}
        for (one, other), value in samples.items()
    ]
    data = {"resultType": "vector", "result": result}
    return json.dumps({"status": "success", "data": data}).encode()


def service_vector(samples: dict[str, float], at: datetime) -> bytes:
    """An instant vector with the label `service_name`."""
    result = [
        {"metric": {"service_name": one}, "value": [at.timestamp(), str(value)]}
        for one, value in samples.items()
    ]
    data = {"resultType": "vector", "result": result}
    return json.dumps({"status": "success", "data": data}).encode()


@dataclass(kw_only=True)
class FakePrometheus:
    """Answers `requests`, and anything else as `failed`, with what a test sets.

    `of_services` has vectors with the label `service_name`, by query; `at` is the time of what it
    says, else now.  `asked` counts the queries for requests.
    """

    url: str = ""
    requests: Calls = field(default_factory=dict)
    failed: Calls = field(default_factory=dict)
    of_services: dict[str, dict[str, float]] = field(default_factory=dict)
    at: datetime | None = None
    asked: int = 0

    def page(self, path: str) -> bytes:
        """The answer to the query in `path`."""
        query = parse_qs(urlsplit(path).query)["query"][0]
        self.asked += query == "requests"
        named = self.of_services.get(query)
        calls = self.requests if query == "requests" else self.failed
        at = self.at or datetime.now(UTC)  # read last: a test that changes both sets it first
        return vector(calls, at) if named is None else service_vector(named, at)


@contextmanager
def answering() -> Iterator[FakePrometheus]:
    """A Prometheus that is closed in the end."""
    prometheus = FakePrometheus()
    with serving(prometheus.page, "application/json") as address:
        prometheus.url = f"http://{address}"
        yield prometheus
