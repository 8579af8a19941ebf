"""A rule of a real Prometheus fires, and two consoles see it; it resolves, and both see that."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.incident.kinds.signals import Health
from tests.server.process import running_process
from tests.server.real.monitoring import alertmanager, exporting, prometheus
from tests.server.real.shop import shop_with_two_consoles

RULE = {
    "alert": "CheckoutErrorRate",
    "expr": "shop_error_ratio > 0.2",
    "labels": {"severity": "critical"},
    "annotations": {
        "summary": "error rate above 20%",
        "indicator": "{{ $value | humanizePercentage }} err",
    },
}


@pytest.mark.real
@pytest.mark.timeout(300)
def test_an_alert_of_a_real_prometheus_comes_and_goes_on_two_consoles(tmp_path: Path):
    with (
        running_process(tmp_path / "server") as server,
        shop_with_two_consoles(server, tmp_path) as shop,
        exporting() as exporter,
    ):
        exporter.text = 'shop_error_ratio{service="checkout"} 0.01\n'
        token = shop.register_source("monitor")
        webhook = f"{server.url}/v1/intake/alertmanager/monitor"
        with (
            alertmanager(tmp_path, webhook, token) as alerts_to,
            prometheus(tmp_path, exporter.address, [RULE], alerts_to),
        ):
            exporter.text = 'shop_error_ratio{service="checkout"} 0.41\n'
            shop.wait_for_alerts("CheckoutErrorRate")
            shop.wait_for_health("checkout", Health.FAILING)
            for console in shop.consoles:
                known = console.state.signals.health_of("checkout")
                assert known is not None
                assert known.indicator == "41% err"

            exporter.text = 'shop_error_ratio{service="checkout"} 0.01\n'
            shop.wait_for_alerts()
            shop.wait_for_health("checkout", Health.RECOVERING)

        told = shop.wait_for_the_same_on_both()
        assert any("CheckoutErrorRate" in sentence for sentence in told)
