"""Compose, Jaeger, Kiali, Kubernetes, CSV and CMDB."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Criticality, Kind
from app.graph.formats import (
    cmdb,
    compose,
    jaeger,
    kiali,
    kubernetes_labels,
    servicemap_csv,
)


def pairs(catalog: Catalog) -> list[tuple[str, str]]:
    return [(one.caller, one.callee) for one in catalog.dependencies]


COMPOSE = b"""
x-log: &log {driver: json-file}
services:
  web:
    image: shop/web:1
    depends_on: [cart]
    links: ["search:finder"]
    environment:
      - PAYMENT_ADDR
      - CART_URL=http://cart:8080/
    logging: *log
  cart:
    image: shop/cart:1
    depends_on:
      store: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
    environment: {BROKER: "amqp://events:5672"}
    logging: *log
  search: {image: "shop/search:1"}
  payment: {image: "shop/payment:1"}
  store: {image: "docker.io/library/redis:7"}
  migrate: {image: "shop/migrate:1"}
  events: {image: "rabbitmq:4"}
"""


def test_compose_tells_declared_from_guessed_and_hard_from_soft():
    catalog = compose.read(COMPOSE, name="compose.yaml")

    said = {(one.caller, one.callee): one for one in catalog.dependencies}
    assert list(said) == [
        ("web", "cart"),
        ("web", "search"),
        ("web", "payment"),
        ("cart", "store"),
        ("cart", "migrate"),
        ("cart", "events"),
    ]
    assert said["web", "payment"].basis == (Basis.GUESSED,)
    assert said["cart", "store"].criticality is Criticality.HARD
    assert said["cart", "migrate"].criticality is Criticality.SOFT


def test_compose_images_tell_the_kind():
    kinds = {one.id: one.kind for one in compose.read(COMPOSE, name="compose.yaml").services}

    assert (kinds["store"], kinds["events"], kinds["web"]) == (
        Kind.DATASTORE,
        Kind.QUEUE,
        Kind.SERVICE,
    )


def test_a_compose_service_of_another_shape_costs_only_itself():
    catalog = compose.read(b"services:\n  web: 7\n  cart: {depends_on: [gone]}\n", name="c.yaml")

    assert [one.id for one in catalog.services] == ["web", "cart"]
    assert catalog.warnings == (
        "c.yaml:2: services.web: a mapping is expected here, only the name was kept",
        "c.yaml:2: services.web: a mapping is expected here, the rest of web was left out",
        "c.yaml:3: services.cart.depends_on[0]: gone is not a service of this file, "
        "it was left out",
    )


@pytest.mark.parametrize("calls", ["callCount", "call_count"])
@pytest.mark.parametrize("key", [None, "data", "dependencies"])
def test_jaeger_is_read_in_every_spelling(calls, key):
    links = [{"parent": "web", "child": "cart", calls: "120"}, {"parent": "a", "child": "a"}]
    data = json.dumps(links if key is None else {key: links}).encode()

    catalog = jaeger.read(data, name="deps.json", lookback=60.0)

    assert pairs(catalog) == [("web", "cart")]
    assert catalog.dependencies[0].rate == 2.0
    assert catalog.dependencies[0].basis == (Basis.OBSERVED,)
    assert "a calls itself" in catalog.warnings[0]


def test_jaeger_counts_are_no_rate_without_a_window():
    data = b'[{"parent": "web", "child": "cart", "callCount": 120}]'

    assert jaeger.read(data, name="deps.json").dependencies[0].rate is None


def test_a_jaeger_line_that_cannot_be_read_is_named():
    data = b'[{"parent": "web", "child": "cart", "callCount": "many"}, {"parent": "web"}]'

    assert jaeger.read(data, name="deps.json").warnings == (
        "deps.json:1: [0].callCount: 'many' is not a number, this line was left out",
        "deps.json:1: [1]: `parent` and `child` are needed, this line was left out",
    )


def kiali_answer() -> dict[str, object]:
    def node(key: str, kind: str, **details: object) -> dict[str, object]:
        return {"data": {"id": key, "nodeType": kind, "cluster": "east", **details}}

    edge = {
        "source": "1",
        "target": "2",
        "responseTime": "250",
        "traffic": {"protocol": "http", "rates": {"http": "20.0", "httpPercentErr": "5.0"}},
    }
    tcp = {"source": "2", "target": "3", "traffic": {"protocol": "tcp", "rates": {"tcp": "9000"}}}
    return {
        "timestamp": 1_523_364_075,
        "elements": {
            "nodes": [
                node("0", "box", isBox="app"),
                node("1", "app", namespace="shop", app="web", version="v1"),
                node("2", "app", namespace="shop", app="cart"),
                node("3", "service", namespace="bank", service="cart", isServiceEntry={"x": 1}),
            ],
            "edges": [{"data": edge}, {"data": tcp}, {"data": {**edge, "target": "9"}}],
        },
    }


def test_kiali_gives_rates_errors_and_seconds():
    catalog = kiali.read(json.dumps(kiali_answer()).encode(), name="kiali.json")

    first, second = catalog.dependencies
    assert (first.caller, first.callee) == ("web:v1", "cart/app")
    assert (first.rate, first.error_ratio, first.latency) == (20.0, 0.05, 0.25)
    assert (second.callee, second.rate) == ("cart/service", None)
    assert [one.kind for one in catalog.services][-1] is Kind.EXTERNAL
    assert catalog.sources[0].observed_at == datetime(2018, 4, 10, 12, 41, 15, tzinfo=UTC)
    assert "an end is not among the nodes" in catalog.warnings[0]


def test_an_answer_that_is_not_kialis_is_refused():
    with pytest.raises(InvalidInput, match="`elements` is missing"):
        kiali.read(b'{"error": "down"}', name="kiali.json")


KUBERNETES = b"""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart-v2
  labels:
    app.kubernetes.io/name: cart
    app.kubernetes.io/instance: cart-eu
    team: storefront
    tier: backend
    topology.kubernetes.io/zone: eu-west-1a
  annotations: {watchfloor.dev/tier: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: cart, labels: {app: cart}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, labels: {app.kubernetes.io/component: database}}
"""


def test_kubernetes_labels_describe_services():
    catalog = kubernetes_labels.read(KUBERNETES, name="objects.yaml")

    cart, store = catalog.services
    assert (cart.id, cart.team, cart.fault_domain, cart.tier) == (
        "cart",
        "storefront",
        "eu-west-1a",
        1,
    )
    assert cart.aliases == ("cart-eu",)
    assert (store.id, store.kind) == ("store", Kind.DATASTORE)
    assert catalog.warnings == ()


def test_csv_of_dependencies_names_bad_rows_by_line():
    data = (
        "\ufeffCaller;Callee;Criticality;Rate;Error ratio\n"
        "web;cart;soft;12.5;\n"
        "web;;;;\n"
        "cart;cart;;;\n"
        "cart;store;vital;;\n"
    )

    catalog = servicemap_csv.read(data.encode(), name="map.csv")

    assert pairs(catalog) == [("web", "cart"), ("cart", "store")]
    assert catalog.dependencies[0].criticality is Criticality.SOFT
    assert catalog.dependencies[0].rate == 12.5
    assert [one.split(": ")[0] for one in catalog.warnings] == [
        "map.csv:3",
        "map.csv:4",
        "map.csv:5",
    ]


def test_csv_of_services_fills_facts():
    data = b'service,team,tier,on_call,runbooks\ncart,Shop,T1,Ana,"https://a,https://b"\n'

    (cart,) = servicemap_csv.read(data, name="services.csv").services

    assert (cart.team, cart.tier, cart.on_call) == ("Shop", 1, "Ana")
    assert cart.runbooks == ("https://a", "https://b")


def test_columns_that_nobody_reads_are_named_and_needs_are_read():
    data = (
        b'service,team,Depends on,cost centre,colour\ncart,Shop,"store, cart",7,red\nstore,,,,\n'
    )

    catalog = servicemap_csv.read(data, name="services.csv")

    assert pairs(catalog) == [("cart", "store")]
    unknown, itself = catalog.warnings
    assert unknown.startswith("services.csv:1: cost-centre, colour: no known column, left out")
    assert itself == "services.csv:2: depends-on: cart depends on itself, that was left out"


def test_a_column_of_another_sort_of_table_is_named():
    catalog = servicemap_csv.read(b"caller,callee,team\nweb,cart,Shop\n", name="map.csv")

    assert pairs(catalog) == [("web", "cart")]
    assert catalog.warnings[0].startswith("map.csv:1: team: no known column")


def test_a_hundred_thousand_dependencies_are_read_from_a_table():
    rows = "".join(f"s{n // 50},s{n % 50 + n // 50 + 1}\n" for n in range(100_000))

    catalog = servicemap_csv.read(f"caller,callee\n{rows}".encode(), name="map.csv")

    assert len(catalog.dependencies) == 100_000


def test_our_own_words_that_are_no_facts_are_named():
    labels = b"services:\n  web:\n    labels:\n      watchfloor.dev/teem: Shop\n"

    (warning,) = compose.read(labels, name="compose.yaml").warnings

    assert warning == "compose.yaml:3: services.web: teem: no fact of a service, left out"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"a,b\n1,2\n", "map.csv:1"),
        (b'caller,callee\n"open,b\n', "map.csv:2"),
        (b"caller,callee,caller\n", "map.csv:1: caller"),
        (b"caller,callee\nweb,\x00\n", "map.csv:2"),
    ],
)
def test_a_table_of_another_shape_is_refused_by_line(data, field):
    with pytest.raises(InvalidInput) as caught:
        servicemap_csv.read(data, name="map.csv")

    assert caught.value.field == field


def test_cmdb_relations_run_in_the_direction_of_need():
    data = (
        b"parent,child,type,child.sys_class_name\n"
        b"Shop,Orders DB,Depends on::Used by,cmdb_ci_database\n"
        b"Feed,Shop,Sends data to::Receives data from,\n"
        b"Shop,EU Cluster,Members::Member of,\n"
        b"Shop,,Depends on::Used by,\n"
    )

    catalog = cmdb.read(data, name="cmdb_rel_ci.csv")

    assert pairs(catalog) == [("Shop", "Orders DB"), ("Shop", "Feed")]
    assert catalog.dependencies[1].criticality is Criticality.ASYNC
    assert {one.id: one.kind for one in catalog.services}["Orders DB"] is Kind.DATASTORE
    assert len(catalog.warnings) == 2


def test_a_cmdb_export_without_types_is_refused():
    with pytest.raises(InvalidInput, match="the column type is missing"):
        cmdb.read(b"parent,child\na,b\n", name="cmdb.csv")
