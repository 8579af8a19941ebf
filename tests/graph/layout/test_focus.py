"""The focus layout: tiered columns with every line in the open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from app.graph.catalog import Column, Dependency, Kind, Service
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import graph_of, graphs, random_graph, shop
from tests.graph.layout.geometry import lines_behind_services, overlaps

CONSOLE = FocusSize(width=922.0, height=352.0)


@settings(max_examples=60)
@given(graphs())
def test_no_services_overlap_and_no_line_runs_behind_one(graph):
    layout = lay_out_focus(graph, CONSOLE)

    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []


@pytest.mark.parametrize("seed", range(4))
def test_shared_lanes_of_a_crowded_graph_stay_in_the_open(seed):
    graph = random_graph(seed, services=90, dependencies=320)

    layout = lay_out_focus(graph, FocusSize(node_width=116.0, node_height=36.0, gap=10.0))

    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []


@given(graphs())
@settings(max_examples=20)
def test_the_same_graph_gives_the_same_picture(graph):
    one, other = lay_out_focus(graph), lay_out_focus(graph)

    assert np.array_equal(one.rectangles, other.rectangles)
    assert all(
        np.array_equal(a.curve, b.curve) for a, b in zip(one.edges, other.edges, strict=True)
    )


def test_health_is_no_part_of_a_layout():
    graph = shop()
    measured = [
        Dependency(caller=one.caller, callee=one.callee, error_ratio=0.4, rate=90.0)
        for one in graph.dependencies
    ]

    layout = lay_out_focus(ServiceGraph.of(graph.services, measured))

    assert np.array_equal(layout.rectangles, lay_out_focus(graph).rectangles)


def test_the_shop_stands_in_its_five_columns():
    layout = lay_out_focus(shop(), CONSOLE)

    assert [column.title for column in layout.columns] == [
        "Entry",
        "Journey",
        "Domain",
        "Platform",
        "Data and external",
    ]
    lefts = dict(zip(layout.service_ids, layout.rectangles[:, 0].tolist(), strict=True))
    assert sorted(set(lefts.values())) == [column.left for column in layout.columns]
    assert lefts["cdn-edge"] == lefts["mobile-bff"] < lefts["checkout"] < lefts["order"]
    assert lefts["order"] < lefts["inventory"] < lefts["orders-db"]


def test_the_shop_fills_the_room_it_is_given():
    layout = lay_out_focus(shop(), CONSOLE)

    tops = layout.rectangles[:, 1]
    assert layout.width == pytest.approx(922.0)
    assert layout.height == pytest.approx(352.0)
    for column in layout.columns[1:]:
        inside = tops[layout.rectangles[:, 0] == column.left]
        assert inside.max() + 40.0 - inside.min() > 0.7 * 352.0


def test_a_long_dependency_runs_straight_between_the_rows():
    layout = lay_out_focus(shop(), CONSOLE)

    line = next(one for one in layout.edges if (one.caller, one.callee) == ("order", "orders-db"))
    platform = next(one for one in layout.columns if one.title == "Platform")
    x, y = line.polyline(24).T
    over = (x >= platform.left) & (x <= platform.left + platform.width)
    assert over.any()
    assert np.ptp(y[over]) == pytest.approx(0.0)


def test_lines_run_from_the_caller_to_the_callee():
    graph = graph_of(["web cart", "cart web", "web database", "database web"])

    layout = lay_out_focus(graph)

    centres = dict(zip(layout.service_ids, layout.centres, strict=True))
    for edge in layout.edges:
        start = np.abs(edge.curve[0] - centres[edge.caller])
        end = np.abs(edge.curve[-1] - centres[edge.callee])
        assert (start <= [74.0, 20.0]).all()
        assert (end <= [74.0, 20.0]).all()


def test_callers_stand_left_of_callees_when_nobody_names_columns():
    layout = lay_out_focus(graph_of(["a b", "b c", "c d", "a d"]))

    lefts = dict(zip(layout.service_ids, layout.rectangles[:, 0].tolist(), strict=True))
    assert lefts["a"] < lefts["b"] < lefts["c"] < lefts["d"]
    assert {column.title for column in layout.columns} == {""}


def test_a_service_without_a_column_is_placed_between_its_neighbours():
    graph = ServiceGraph.of(
        [
            Service(id="web", name="web", column=Column.ENTRY),
            Service(id="new", name="new"),
            Service(id="store", name="store", kind=Kind.DATASTORE),
            Service(id="bus", name="bus", column=Column.PLATFORM),
        ],
        [Dependency(caller="web", callee="new"), Dependency(caller="new", callee="bus")],
    )

    layout = lay_out_focus(graph)

    lefts = dict(zip(layout.service_ids, layout.rectangles[:, 0].tolist(), strict=True))
    assert lefts["web"] < lefts["new"] < lefts["bus"] < lefts["store"]


def test_two_halves_that_can_be_untangled_do_not_cross():
    links = ["a1 b1", "b1 c1", "a2 b2", "b2 c2", "a1 c1", "a2 c2"]

    assert lay_out_focus(graph_of(links)).crossings == 0


@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_services_without_dependencies_are_laid_out_too(count):
    graph = ServiceGraph.of([Service(id=f"s{n}", name=f"s{n}") for n in range(count)], [])

    layout = lay_out_focus(graph)

    assert len(layout.rectangles) == count
    assert overlaps(layout.rectangles) == 0


@settings(max_examples=30)
@given(graphs())
def test_containers_hold_one_team_and_no_line_hides_with_them(graph):
    teams = ServiceGraph.of(
        [
            Service(id=one.id, name=one.name, column=one.column, team=("", "red", "blue")[row % 3])
            for row, one in enumerate(graph.services)
        ],
        graph.dependencies,
    )

    layout = lay_out_focus(teams, CONSOLE, by_team=True)

    boxes = np.array([(one.left, one.top, one.width, one.height) for one in layout.teams])
    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []
    assert overlaps(boxes.reshape(-1, 4)) == 0
    for service, (x, y) in zip(teams.services, layout.centres.tolist(), strict=True):
        holders = [
            one.team
            for one in layout.teams
            if one.left < x < one.left + one.width and one.top < y < one.top + one.height
        ]
        assert holders == ([service.team] if service.team else [])


def test_the_shop_can_be_grouped_by_team():
    layout = lay_out_focus(shop(), CONSOLE, by_team=True)

    assert [one.team for one in layout.teams].count("Data Stores") == 1
    assert min(one.top for one in layout.teams) >= 0.0
