"""Cycles, single points of failure and what-if for every service."""

from __future__ import annotations

import networkx as nx
import pytest

from app.graph.impact import blast_radius
from app.graph.service_graph import ServiceGraph
from app.graph.structure import cycles, downstream_counts, single_points_of_failure
from tests.graph.estates import graph_of, random_graph


def test_services_that_depend_on_each_other_in_a_circle_are_found():
    graph = graph_of(["a b", "b c", "c a", "c d", "d e", "e d", "e f"])

    assert cycles(graph) == (("a", "b", "c"), ("d", "e"))


def test_a_graph_without_circles_has_none():
    assert cycles(graph_of(["a b", "b c"])) == ()


def test_the_service_between_two_halves_is_a_single_point():
    graph = graph_of(["web gateway", "app gateway", "gateway orders", "gateway users"])

    points = single_points_of_failure(graph)

    assert [(point.service_id, point.needed_by) for point in points] == [("gateway", 2)]


@pytest.mark.parametrize("seed", range(20))
def test_single_points_are_the_articulation_points_networkx_finds(seed):
    graph = random_graph(seed, services=40, dependencies=60)

    found = {point.service_id for point in single_points_of_failure(graph)}

    assert found == set(nx.articulation_points(graph.to_networkx().to_undirected()))


@pytest.mark.parametrize("seed", range(30))
def test_what_if_for_all_equals_what_if_one_by_one(seed):
    graph = random_graph(seed, services=10 + seed * 5, dependencies=seed * 12)

    counts = downstream_counts(graph)

    assert counts.tolist() == [blast_radius(graph, one.id).count for one in graph.services]


def test_an_empty_graph_has_no_structure():
    graph = ServiceGraph.of([], [])

    assert cycles(graph) == ()
    assert single_points_of_failure(graph) == ()
    assert downstream_counts(graph).tolist() == []
