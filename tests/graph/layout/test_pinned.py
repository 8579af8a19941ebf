"""Positions are facts: nobody moves unless somebody asks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from app.graph.catalog import Column, Dependency, Service
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.layout.pinned import pin_focus, pin_overview
from app.graph.layout.rerouting import route_pinned
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import graphs, random_graph, shop
from tests.graph.layout.geometry import lines_behind_services, overlaps

CONSOLE = FocusSize(width=922.0, height=352.0)


def with_promotions(graph: ServiceGraph) -> ServiceGraph:
    """The shop after a service was added to its Domain column."""
    return ServiceGraph.of(
        [*graph.services, Service(id="promotions", name="promotions", column=Column.DOMAIN)],
        [*graph.dependencies, Dependency(caller="checkout", callee="promotions")],
    )


def without(graph: ServiceGraph, service_id: str) -> ServiceGraph:
    return graph.subgraph(one.id for one in graph.services if one.id != service_id)


def test_a_new_service_moves_nobody_and_joins_its_column():
    graph = shop()
    pinned = pin_focus(lay_out_focus(graph, CONSOLE), graph)

    after = pinned.follow(with_promotions(graph))

    assert {one: after.places[one] for one in pinned.places} == dict(pinned.places)
    assert after.places["promotions"][0] == pinned.places["pricing"][0]


def test_a_new_service_stands_near_its_neighbours_in_the_overview():
    graph = random_graph(11, 300, 900, teams=12)
    pinned = pin_overview(lay_out_overview(graph))
    friend = graph.services[0]
    new = Service(id="new", name="new", team=friend.team)

    after = pinned.follow(
        ServiceGraph.of(
            [*graph.services, new],
            [*graph.dependencies, Dependency(caller="new", callee=friend.id)],
        )
    )

    x, y = after.places["new"]
    others = [(a - x) ** 2 + (b - y) ** 2 for one, (a, b) in after.places.items() if one != "new"]
    assert {one: after.places[one] for one in pinned.places} == dict(pinned.places)
    assert min(others) >= pinned.room[0] ** 2


def test_a_removed_service_leaves_a_ghost_and_finds_its_place_again():
    graph = shop()
    pinned = pin_focus(lay_out_focus(graph, CONSOLE), graph)

    gone = pinned.follow(without(graph, "pricing"))
    filled = gone.follow(with_promotions(without(graph, "pricing")))
    back = filled.follow(with_promotions(graph))

    assert gone.ghosts == {"pricing"}
    assert filled.places["promotions"] != pinned.places["pricing"]
    assert back.places["pricing"] == pinned.places["pricing"]
    assert not back.ghosts


def test_lines_find_their_way_round_services_that_came_later():
    graph = shop()
    changed = with_promotions(without(graph, "email"))
    pinned = pin_focus(lay_out_focus(graph, CONSOLE), graph).follow(changed)

    layout = route_pinned(changed, pinned, CONSOLE)

    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []
    assert layout.columns[0].title == "Entry"


@settings(max_examples=40)
@given(graphs(most=12), graphs(most=18))
def test_any_change_keeps_places_and_hides_no_line(before, after):
    pinned = pin_focus(lay_out_focus(before, CONSOLE), before)

    followed = pinned.follow(after)
    layout = route_pinned(after, followed, CONSOLE)

    assert {one: followed.places[one] for one in pinned.places} == dict(pinned.places)
    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []


def test_following_an_empty_map_places_everybody():
    graph = shop()
    empty = ServiceGraph.of([], [])

    followed = pin_focus(lay_out_focus(empty), empty).follow(graph)

    assert set(followed.places) == set(graph.index)


def test_a_place_nobody_gave_is_a_key_error():
    graph = shop()
    pinned = pin_focus(lay_out_focus(graph, CONSOLE), graph)

    with pytest.raises(KeyError):
        route_pinned(with_promotions(graph), pinned, CONSOLE)
