"""Every fact of a service and of a dependency comes through every format that can carry it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from app.graph.catalog import (
    Column,
    Criticality,
    Kind,
    Money,
    Service,
    ThirdParty,
)
from app.graph.formats import read_catalog
from app.graph.formats.facts import CALL_FACTS, SERVICE_FACTS

WORDS = {
    "kind": "queue",
    "tier": "1",
    "column": "platform",
    "team": "Payments Core",
    "fault-domain": "eu-west-1a",
    "environment": "prod-eu",
    "on-call": "Jae Park",
    "slo": "99.95% of orders in 30 days",
    "runbooks": "https://a.example/1, https://a.example/2",
    "third-party-version": "14.13",
    "deprecated-at": "2027-03-31",
    "sunset-at": "2028-03-31",
    "users": "120000",
    "money-per-minute": "56000 EUR",
    "aliases": "bus-eu",
}
SAID = Service(
    id="bus",
    name="bus",
    kind=Kind.QUEUE,
    tier=1,
    column=Column.PLATFORM,
    team="Payments Core",
    fault_domain="eu-west-1a",
    environment="prod-eu",
    on_call="Jae Park",
    slo="99.95% of orders in 30 days",
    runbooks=("https://a.example/1", "https://a.example/2"),
    third_party=ThirdParty(
        version="14.13", deprecated_at=date(2027, 3, 31), sunset_at=date(2028, 3, 31)
    ),
    users=120_000,
    money=Money(amount=56_000.0, currency="EUR"),
    aliases=("bus-eu",),
)
CALL = {"criticality": "soft", "rate": "412", "error-ratio": "0.25", "latency": "0.3"}


def ours() -> dict[str, str]:
    return {f"watchfloor.dev/{name}": words for name, words in WORDS.items()}


def backstage() -> bytes:
    annotations = {key: words for key, words in ours().items() if not key.endswith("/team")}
    component = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "bus", "annotations": annotations},
        "spec": {"type": "service", "owner": "group:default/core"},
    }
    group = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Group",
        "metadata": {"name": "core"},
        "spec": {"profile": {"displayName": "Payments Core"}},
    }
    return json.dumps([component, group]).encode()


def kubernetes() -> bytes:
    labels = {"app.kubernetes.io/name": "bus"}
    metadata = {"name": "bus", "labels": labels, "annotations": ours()}
    return json.dumps(
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
    ).encode()


def compose() -> bytes:
    labels = "".join(f"      {key}: {json.dumps(words)}\n" for key, words in ours().items())
    return f"services:\n  bus:\n    labels:\n{labels}".encode()


def table() -> bytes:
    cells = ",".join(json.dumps(words) for words in WORDS.values())
    return f"service,{','.join(WORDS)}\nbus,{cells}\n".encode()


def graphml() -> bytes:
    keys = "".join(
        f'<key id="{name}" for="all" attr.name="{name}" attr.type="string"/>'
        for name in (*WORDS, *CALL)
    )
    node = "".join(f'<data key="{name}">{words}</data>' for name, words in WORDS.items())
    edge = "".join(f'<data key="{name}">{words}</data>' for name, words in CALL.items())
    return (
        f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
        '<graph edgedefault="directed">'
        f'<node id="bus">{node}</node><node id="db"/>'
        f'<edge source="bus" target="db">{edge}</edge></graph></graphml>'
    ).encode()


def gexf() -> bytes:
    def declared(kind: str, names: dict[str, str]) -> str:
        listed = "".join(f'<attribute id="{one}" title="{one}" type="string"/>' for one in names)
        return f'<attributes class="{kind}">{listed}</attributes>'

    def values(words: dict[str, str]) -> str:
        listed = "".join(f'<attvalue for="{one}" value="{word}"/>' for one, word in words.items())
        return f"<attvalues>{listed}</attvalues>"

    return (
        '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">'
        '<graph defaultedgetype="directed">'
        f"{declared('node', WORDS)}{declared('edge', CALL)}<nodes>"
        f'<node id="bus" label="bus">{values(WORDS)}</node><node id="db" label="db"/></nodes>'
        f'<edges><edge id="0" source="bus" target="db">{values(CALL)}</edge></edges>'
        "</graph></gexf>"
    ).encode()


def dot() -> bytes:
    def attributes(words: dict[str, str]) -> str:
        return ", ".join(f'"{name}"="{word}"' for name, word in words.items())

    return f"digraph {{ bus [{attributes(WORDS)}]; bus -> db [{attributes(CALL)}]; }}".encode()


def lists() -> bytes:
    nodes = [{"id": "bus", **{name.replace("-", "_"): word for name, word in WORDS.items()}}, "db"]
    edges = [{"source": "bus", "target": "db", **CALL}]
    return json.dumps({"nodes": nodes, "edges": edges}).encode()


def call_table() -> bytes:
    return f"caller,callee,{','.join(CALL)}\nbus,db,{','.join(CALL.values())}\n".encode()


def test_the_words_of_this_test_are_all_there_are():
    assert {*WORDS, "name"} == {*SERVICE_FACTS}
    assert tuple(CALL) == CALL_FACTS


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (backstage, "catalog.json"),
        (kubernetes, "deployment.json"),
        (compose, "compose.yaml"),
        (table, "services.csv"),
        (graphml, "map.graphml"),
        (gexf, "map.gexf"),
        (dot, "map.dot"),
        (lists, "map.json"),
    ],
)
def test_every_fact_of_a_service_is_read(write: Callable[[], bytes], name: str) -> None:
    catalog = read_catalog(write(), name)

    found = next(one for one in catalog.services if one.id == "bus")
    assert {*SAID.aliases} <= {*found.aliases}
    assert replace(found, provenance=(), aliases=SAID.aliases) == SAID
    assert found.source_of("team") is not None
    assert catalog.warnings == ()


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (call_table, "calls.csv"),
        (graphml, "map.graphml"),
        (gexf, "map.gexf"),
        (dot, "map.dot"),
        (lists, "map.json"),
    ],
)
def test_every_fact_of_a_dependency_is_read(write: Callable[[], bytes], name: str) -> None:
    (call,) = read_catalog(write(), name).dependencies

    assert (call.caller, call.callee) == ("bus", "db")
    assert (call.criticality, call.is_assumed) == (Criticality.SOFT, False)
    assert (call.rate, call.error_ratio, call.latency) == (412.0, 0.25, 0.3)
