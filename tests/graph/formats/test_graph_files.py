"""GraphML, GEXF, DOT and plain lists of nodes and edges."""

from __future__ import annotations

import json

import pytest

from app.errors import InvalidInput
from app.graph.catalog import Catalog, Criticality
from app.graph.formats import dot, graph_xml, node_lists


def pairs(catalog: Catalog) -> list[tuple[str, str]]:
    return [(one.caller, one.callee) for one in catalog.dependencies]


GRAPHML = b"""<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="t" for="node" attr.name="team" attr.type="string"/>
<key id="r" for="edge" attr.name="rate" attr.type="double"/>
<graph edgedefault="directed">
<node id="web"><data key="t">Shop</data></node><node id="cart"/>
<edge source="web" target="cart"><data key="r">4.5</data></edge><edge source="cart" target="cart"/>
</graph></graphml>"""

GEXF = b"""<?xml version="1.0"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph defaultedgetype="directed"><nodes>
<node id="0" label="web"/><node id="1" label="cart"/></nodes>
<edges><edge id="0" source="0" target="1"/></edges></graph></gexf>"""


def test_graphml_attributes_are_facts():
    catalog = graph_xml.read(GRAPHML, name="map.graphml")

    assert pairs(catalog) == [("web", "cart")]
    assert (catalog.services[0].team, catalog.dependencies[0].rate) == ("Shop", 4.5)
    assert "depends on itself" in catalog.warnings[0]


def test_gexf_labels_are_names():
    catalog = graph_xml.read(GEXF, name="map.gexf")

    assert [one.name for one in catalog.services] == ["web", "cart"]
    assert pairs(catalog) == [("0", "1")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GRAPHML[:120], "broken XML"),
        (GRAPHML.replace(b'"directed"', b'"undirected"'), "not directed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><graphml>&a;</graphml>', "document types"),
        (b"<graphml/>", "not GraphML"),
    ],
)
def test_xml_that_is_broken_or_hostile_is_refused(data, reason):
    with pytest.raises(InvalidInput, match=reason) as caught:
        graph_xml.read(data, name="map.graphml")

    assert caught.value.field.startswith("map.graphml")


DOT = rb"""
// made by a tool
strict digraph "estate" {
  rankdir = LR; node [team="Shop"]; edge [criticality=soft]
  web -> cart -> { store; "[root] aws_sqs_queue.events (expand)" }
  subgraph cluster_a { label=<<b>A</b>>; team_b [team=Other, label="Team \"B\""] }
  web:port -> team_b [criticality=async]; store -> store
# a line of the preprocessor
}
"""


def test_dot_chains_groups_defaults_and_ports_are_read():
    catalog = dot.read(DOT, name="map.dot")

    assert pairs(catalog) == [
        ("web", "cart"),
        ("cart", "store"),
        ("cart", "aws_sqs_queue.events"),
        ("web", "team_b"),
    ]
    assert [one.criticality for one in catalog.dependencies][-1] is Criticality.ASYNC
    assert [(one.name, one.team) for one in catalog.services][-1] == ('Team "B"', "Other")
    assert "depends on itself" in catalog.warnings[0]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"graph { a -- b }", "map.dot:1"),
        (b"digraph {\n a -> ;\n}", "map.dot:2"),
        (b"digraph {\n a -> b\n", "map.dot:2"),
        (b"digraph {\n a -- b }", "map.dot:2"),
        (b"digraph { \n\n @ }", "map.dot:3"),
        (b"digraph " + b"{" * 80, "map.dot:1"),
        (b"", "map.dot"),
    ],
)
def test_broken_dot_is_refused_by_line(data, field):
    with pytest.raises(InvalidInput) as caught:
        dot.read(data, name="map.dot")

    assert caught.value.field == field


def test_node_lists_and_links_are_read_and_bad_parts_named():
    data = {
        "nodes": ["web", {"id": "cart", "team": "Shop"}, {"title": "?"}],
        "links": [{"source": "web", "target": "cart"}, ["cart", "web"], ["cart"], ["web", "web"]],
    }

    catalog = node_lists.read(json.dumps(data).encode(), name="map.json")

    assert pairs(catalog) == [("web", "cart"), ("cart", "web")]
    assert [one.split(": ")[1] for one in catalog.warnings] == ["nodes[2]", "links[2]", "links[3]"]
