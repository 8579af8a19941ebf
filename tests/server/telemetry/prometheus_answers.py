"""Answers of the Prometheus HTTP API, and a small HTTP server that gives them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

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


class FakePrometheus:
    """Answers `requests`, and anything else as `failed`, with what a test sets."""

    def __init__(self) -> None:
        self.requests: Calls = {}
        self.failed: Calls = {}
        self.at: datetime | None = None
        self.asked = 0
        self.of_services: dict[str, dict[str, float]] = {}
        """Vectors with the label `service_name`, by query."""
        prometheus = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)["query"][0]
                prometheus.asked += query == "requests"
                samples = prometheus.requests if query == "requests" else prometheus.failed
                at = prometheus.at or datetime.now(UTC)
                if (named := prometheus.of_services.get(query)) is not None:
                    body = service_vector(named, at)
                else:
                    body = vector(samples, at)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self._thread = threading.Thread(target=self._server.serve_forever, name="answers")
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def answering() -> Iterator[FakePrometheus]:
    """A Prometheus that is closed in the end."""
    prometheus = FakePrometheus()
    try:
        yield prometheus
    finally:
        prometheus.close()
