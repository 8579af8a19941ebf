"""Answers of the Prometheus HTTP API."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.errors import InvalidInput
from app.graph.catalog import Catalog, Criticality, Kind
from app.graph.formats import prometheus_service_graph as prometheus


def pairs(catalog: Catalog) -> list[tuple[str, str]]:
    return [(one.caller, one.callee) for one in catalog.dependencies]


def vector(*samples: tuple[dict[str, str], str], at: float = 1_795_307_605.7) -> bytes:
    result = [{"metric": labels, "value": [at, value]} for labels, value in samples]
    return json.dumps(
        {"status": "success", "data": {"resultType": "vector", "result": result}}
    ).encode()


WEB_CART = {"client": "web", "server": "cart"}
CART_DB = {"client": "cart", "server": "db", "connection_type": "database"}
CART_BUS = {"client": "cart", "server": "bus", "connection_type": "messaging_system"}


def test_service_graph_metrics_become_rates_errors_and_latency():
    catalog = prometheus.read_service_graph(
        requests=vector((WEB_CART, "40"), (CART_DB, "NaN"), (CART_BUS, "2")),
        failed=vector((WEB_CART, "10")),
        latency=vector((WEB_CART, "0.25"), (CART_DB, "+Inf")),
        name="prometheus",
    )

    web_cart, cart_db, cart_bus = catalog.dependencies
    assert (web_cart.rate, web_cart.error_ratio, web_cart.latency) == (40.0, 0.25, 0.25)
    assert (cart_db.rate, cart_db.error_ratio, cart_db.latency) == (None, None, None)
    assert cart_bus.error_ratio == 0.0
    assert cart_bus.criticality is Criticality.ASYNC
    assert [one.kind for one in catalog.services][2:] == [Kind.DATASTORE, Kind.QUEUE]
    assert catalog.sources[0].observed_at == datetime.fromtimestamp(1_795_307_605.7, UTC)


def test_red_metrics_tell_no_errors_from_nobody_knows():
    label = {"service_name": "cart"}

    asked = prometheus.read_red(name="p", rate=vector((label, "8")), errors=vector())
    unasked = prometheus.read_red(name="p", rate=vector((label, "8")))

    assert [one.error_ratio for one in asked] == [0.0]
    assert [one.error_ratio for one in unasked] == [None]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"status": "error", "error": "bad query"}', "bad query"),
        (b'{"status": "success", "data": {"resultType": "matrix"}}', "instant vector"),
        (vector((WEB_CART, "many")), "not a time and a number"),
        (b'{"status": ', "Expecting value"),
        (b'{"status": 1, "status": 2}', "given twice"),
        (b'{"status": NaN}', "NaN"),
        (b"[" * 100_000, ""),
    ],
)
def test_an_answer_of_another_shape_is_refused(data, reason):
    with pytest.raises(InvalidInput) as caught:
        prometheus.read(data, name="prometheus")

    assert caught.value.field.startswith("prometheus")
    assert reason in caught.value.reason


def test_a_sample_without_two_ends_is_left_out():
    catalog = prometheus.read(vector(({}, "1"), (WEB_CART, "2")), name="prometheus")

    assert pairs(catalog) == [("web", "cart")]
    assert "two ends are needed" in catalog.warnings[0]
