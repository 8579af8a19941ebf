"""Which reader a file gets, and real graphs when they are at hand."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.graph.formats import Format, detect_format, read_catalog
from app.graph.layout.focus import lay_out_focus
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import SHARED_GRAPHS, SHARED_TOPOLOGY, SHOP
from tests.graph.layout.geometry import lines_behind_services, overlaps

REAL_GRAPHS = sorted(SHARED_GRAPHS.glob("*.json"))


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (SHOP.read_bytes(), "x", Format.BACKSTAGE),
        (
            b'[{"apiVersion":"backstage.io/v1alpha1","kind":"API","metadata":{}}]',
            "x",
            Format.BACKSTAGE,
        ),
        (b"version: '3'\nservices:\n  web: {}\n", "x.yml", Format.COMPOSE),
        (b"apiVersion: v1\nkind: List\nitems: []\n", "x.yaml", Format.KUBERNETES),
        (b'[{"parent": "a", "child": "b"}]', "x", Format.JAEGER),
        (b'{"data": [], "total": 0}', "x.json", Format.JAEGER),
        (b'{"elements": {"nodes": []}}', "x.json", Format.KIALI),
        (b'{"status": "success", "data": {"resultType": "vector"}}', "x", Format.PROMETHEUS),
        (b'{"nodes": [], "edges": []}', "x.json", Format.NODE_LISTS),
        (b"caller,callee\n", "x.csv", Format.CSV),
        (b"Parent,Child,Type\n", "x.csv", Format.CMDB),
        (b"caller,callee\na,b\n", "x", Format.CSV),
        (b"<?xml version='1.0'?><graphml/>", "x", Format.GRAPH_XML),
        (b"digraph g {}", "x", Format.DOT),
    ],
)
def test_the_format_is_found_from_the_content(data, name, expected):
    assert detect_format(data, name) is expected


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\x01\x02", b"{}", b"[]", b"{"])
def test_what_is_no_catalogue_is_refused_by_name(data):
    with pytest.raises(InvalidInput) as caught:
        read_catalog(data, "notes.txt")

    assert caught.value.field.partition(":")[0] == "notes.txt"


def test_half_a_json_file_is_named_with_its_line_though_it_has_a_comma():
    with pytest.raises(InvalidInput) as caught:
        read_catalog(b'{"data": [{"parent": "a",\n', "half.json")

    assert caught.value.field == "half.json:2: data[0]"
    assert caught.value.kept == "the last good catalogue stays"


def test_json_that_nests_without_end_is_refused():
    with pytest.raises(InvalidInput, match="more than 50 levels deep"):
        read_catalog(b"[" * 100_000, "deep.json")


def test_yaml_of_another_kind_is_not_taken_for_a_table():
    with pytest.raises(InvalidInput, match="none of backstage"):
        read_catalog(b"a: &a [x,x]\nb: [*a,*a]\n", "other.yaml")


def test_a_format_that_is_named_is_not_guessed():
    data = b"parent,child,type\na,b,Depends on::Used by\n"

    with pytest.raises(InvalidInput, match="headings"):
        read_catalog(data, "x.csv", Format.CSV)


@pytest.mark.parametrize("file", REAL_GRAPHS or [None], ids=lambda file: file.stem if file else "")
def test_a_real_graph_is_read_and_drawn_without_overlap(file):
    if file is None:
        pytest.skip("the real graphs are not on this machine")

    graph = ServiceGraph.of_catalog(read_catalog(file.read_bytes(), file.name))

    overview = lay_out_overview(graph)
    assert len(graph) >= 6
    assert overview.positions.shape == (len(graph), 2)
    if len(graph) <= 150:
        layout = lay_out_focus(graph)
        assert overlaps(layout.rectangles) == 0
        assert lines_behind_services(layout) == []


@pytest.mark.parametrize(
    "ending", ["catalog-info.yaml", "compose.yaml", "graphml", "expected.json"]
)
def test_real_files_of_other_tools_are_read(ending):
    files = sorted(SHARED_TOPOLOGY.glob(f"*{ending}"))
    if not files:
        pytest.skip("the captured files are not on this machine")

    for file in files:
        assert read_catalog(file.read_bytes(), file.name).services


def test_a_file_called_yaml_that_is_none_is_told_where_it_breaks():
    with pytest.raises(InvalidInput, match=r"estate\.yaml:2: hello: did not find") as refused:
        detect_format(b"hello: [\n", "estate.yaml")
    assert refused.value.kept == "the last good catalogue stays"
