"""A relay before a real server that can stop passing on what concerns one log."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.e2e.programs import RunningServer
from tests.patience import PATIENCE

_OF_THE_LINE = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}


class Relay(ThreadingHTTPServer):
    """Passes requests on; while `refused` names a log, those about it are answered with 503."""

    daemon_threads = False  # it ends when every answer has

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.client = httpx.Client(base_url=target, timeout=PATIENCE, trust_env=False)
        self.refused = ""
        self.is_over = False

    def is_refused(self, path: str) -> bool:
        """Whether a request for this path is not passed on now."""
        if self.is_over:
            return True
        return bool(self.refused) and path.startswith(f"/v1/logs/{self.refused}/")


class _Passing(BaseHTTPRequestHandler):
    server: Relay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, format: str, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_THE_LINE}
        try:
            if self.server.is_refused(self.path):
                self._begin(503, {"content-length": "0"})
                return
            with self.server.client.stream(
                self.command, self.path, content=body, headers=headers
            ) as answer:
                self._answer(answer)
        except (httpx.HTTPError, OSError):
            return  # one side has hung up: the other hears of it by the closed connection

    def _answer(self, answer: httpx.Response) -> None:
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _OF_THE_LINE}
        self._begin(answer.status_code, kept)
        for chunk in answer.iter_raw():
            if self.server.is_refused(self.path):
                return
            self.wfile.write(chunk)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def relayed(server: RunningServer) -> Iterator[tuple[Relay, RunningServer]]:
    """A relay, and the server as one speaks to it through the relay."""
    relay = Relay(server.url)
    passing = threading.Thread(target=relay.serve_forever, name="relay", daemon=True)
    passing.start()
    try:
        url = f"http://127.0.0.1:{relay.server_address[1]}"
        yield relay, RunningServer(process=server.process, url=url, token_file=server.token_file)
    finally:
        relay.is_over = True
        relay.shutdown()
        passing.join(PATIENCE)
        relay.server_close()
        relay.client.close()
