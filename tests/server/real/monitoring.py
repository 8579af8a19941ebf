"""A real Prometheus and a real Alertmanager on loopback, and a small exporter to watch."""

from __future__ import annotations

import json
import math
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.kept_ports import kept_port
from tests.patience import PATIENCE
from tests.real_programs import needs_program
from tests.server.served_page import serving

_LOOK_AGAIN = 0.05


def wait_for(claim: Callable[[], object], what: str) -> None:
    """Return once `claim` holds; fail in the words of `what` after a minute."""
    ends = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not claim():
        assert time.monotonic() < ends, f"never came true: {what}"
        pause.wait(_LOOK_AGAIN)


@dataclass(kw_only=True)
class Exporter:
    """Shows metrics that a test sets at `address` (host and port); `scrapes` counts the looks.

    Later looks than `moves_until` see what the last one before saw.
    """

    address: str = ""
    text: str = ""
    scrapes: int = 0
    moves_until: float = math.inf
    _shown: str = ""

    def page(self, _path: str) -> bytes:
        """The metrics as they are now."""
        self.scrapes += 1
        if self.scrapes <= self.moves_until:
            self._shown = self.text
        return self._shown.encode()


@contextmanager
def exporting() -> Iterator[Exporter]:
    """An exporter that is closed in the end."""
    exporter = Exporter()
    with serving(exporter.page, "text/plain; version=0.0.4") as exporter.address:
        yield exporter


@contextmanager
def _running(command: list[str], folder: Path, ready: str) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}.log").open("w") as told:
        process = subprocess.Popen(command, cwd=folder, stdout=told, stderr=told)
        try:
            wait_for(lambda: _answers(ready), f"{command[0]} answers at {ready}")
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def alertmanager(folder: Path, webhook_url: str, token: str) -> Iterator[str]:
    """An Alertmanager that notifies `webhook_url`; gives its address."""
    program = needs_program("prometheus-alertmanager")
    config = {
        "route": {
            "receiver": "watchfloor",
            "group_by": ["alertname"],
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "1m",
        },
        "receivers": [
            {
                "name": "watchfloor",
                "webhook_configs": [
                    {
                        "url": webhook_url,
                        "send_resolved": True,
                        "http_config": {"authorization": {"credentials": token}},
                    }
                ],
            }
        ],
    }
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps(config))  # JSON is YAML
    address = f"127.0.0.1:{kept_port()}"
    command = [
        str(program),
        f"--config.file={file}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with _running(command, folder, f"http://{address}/-/ready"):
        yield address


@contextmanager
def prometheus(
    folder: Path,
    scraped: str,
    rules: list[dict[str, object]],
    alerts_to: str = "",
    every: str = "1s",
) -> Iterator[str]:
    """A Prometheus that scrapes one address every second, or as said; gives its URL."""
    program = needs_program("prometheus")
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "shop", "rules": rules}]}))
    config: dict[str, object] = {
        "global": {"scrape_interval": every, "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": [scraped]}]}],
    }
    if alerts_to:
        config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alerts_to]}]}]}
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config))
    address = f"127.0.0.1:{kept_port()}"
    command = [
        str(program),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address={address}",
    ]
    with _running(command, folder, f"http://{address}/-/ready"):
        yield f"http://{address}"
