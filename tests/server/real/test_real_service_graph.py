"""A real Prometheus scrapes service-graph metrics; a call whose errors rise turns its callee."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import httpx
import msgspec
import pytest

from app.incident.kinds.signals import Health
from app.protocol.readings import TelemetryState
from tests.patience import PATIENCE
from tests.server.process import ServerProcess, running_process
from tests.server.real.monitoring import Exporter, exporting, prometheus, wait_for
from tests.server.real.shop import shop_with_two_consoles

CALL = 'client="checkout",server="payments",connection_type=""'
CALLS_PER_TICK = 20
TICK_SECONDS = 0.1


class Traffic:
    """Calls from checkout to payments, counted as a service graph connector counts them."""

    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._ended = threading.Event()
        self._total = self._failed = 0
        self.failing_share = 0.0
        self._show()
        self._thread = threading.Thread(target=self._run, name="traffic")

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            self._total += CALLS_PER_TICK
            self._failed += round(CALLS_PER_TICK * self.failing_share)
            self._show()

    def _show(self) -> None:
        self._exporter.text = (
            "# TYPE traces_service_graph_request_total counter\n"
            f"traces_service_graph_request_total{{{CALL}}} {self._total}\n"
            "# TYPE traces_service_graph_request_failed_total counter\n"
            f"traces_service_graph_request_failed_total{{{CALL}}} {self._failed}\n"
        )


def sources_file(folder: Path, url: str, *, over: str = "3s") -> Path:
    """What a server asks: this Prometheus, once a second, over the last two scrapes."""
    by = "sum by (client, server, connection_type)"
    queries = {
        "requests": f"{by} (rate(traces_service_graph_request_total[{over}]))",
        "failed": f"{by} (rate(traces_service_graph_request_failed_total[{over}]))",
        "latency": "",
    }
    source = {"name": "prometheus", "url": url, "interval": 1.0, "queries": queries}
    file = folder / "sources.yml"
    file.write_text(json.dumps({"prometheus": [source]}))
    return file


def telemetry(server: ServerProcess) -> TelemetryState:
    """What the server's sources said last."""
    headers = {"Authorization": f"Bearer {server.token}"}
    answer = httpx.get(f"{server.url}/v1/telemetry", headers=headers, timeout=PATIENCE)
    return msgspec.json.decode(answer.content, type=TelemetryState)


def has_readings(server: ServerProcess) -> bool:
    """Whether the call is seen, and without errors."""
    (readings,) = telemetry(server).readings
    return any(one.rate and one.error_ratio == 0.0 for one in readings.dependencies)


@pytest.mark.real
@pytest.mark.timeout(300)
def test_a_call_whose_errors_rise_turns_its_callee_on_two_consoles(tmp_path: Path):
    with (
        exporting() as exporter,
        Traffic(exporter) as traffic,
        prometheus(tmp_path, exporter.address, []) as url,
        running_process(tmp_path / "server", sources=str(sources_file(tmp_path, url))) as server,
        shop_with_two_consoles(server, tmp_path) as shop,
    ):
        wait_for(lambda: has_readings(server), "the server has readings of the call")

        traffic.failing_share = 0.5
        shop.wait_for_health("payments", Health.FAILING)

        traffic.failing_share = 0.0
        shop.wait_for_health("payments", Health.RECOVERING)
        assert shop.wait_for_the_same_on_both()
