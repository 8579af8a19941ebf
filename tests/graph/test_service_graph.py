"""The graph that questions are asked of."""

from __future__ import annotations

import networkx as nx
from hypothesis import given

from app.graph.catalog import Criticality, Dependency, Service
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import graph_of, graphs


def named(*ids: str) -> list[Service]:
    return [Service(id=one, name=one) for one in ids]


def test_neighbours_are_found_in_both_directions():
    graph = graph_of(["web cart", "web checkout", "cart database", "checkout database"])

    callees = [graph.services[one].id for one in graph.callees.of(graph.index["web"])]
    callers = [graph.services[one].id for one in graph.callers.of(graph.index["database"])]

    assert callees == ["cart", "checkout"]
    assert callers == ["cart", "checkout"]


def test_a_service_that_depends_on_itself_is_kept_without_that_line():
    graph = ServiceGraph.of(named("cart"), [Dependency(caller="cart", callee="cart")])

    assert [one.id for one in graph.services] == ["cart"]
    assert graph.dependencies == ()
    assert "cart: depends on itself, that line was dropped" in graph.warnings


def test_a_service_described_twice_keeps_its_first_description():
    services = [Service(id="cart", name="Cart", team="shop"), Service(id="cart", name="Other")]

    graph = ServiceGraph.of(services, [])

    assert [one.name for one in graph.services] == ["Cart"]
    assert graph.warnings == ("cart: described twice, the first description was kept",)


def test_two_services_with_one_name_are_kept_apart_and_named_in_a_warning():
    services = [Service(id="a/db", name="db"), Service(id="b/db", name="db")]

    graph = ServiceGraph.of(services, [])

    assert len(graph) == 2
    assert "2 services carry this name" in graph.warnings[0]


def test_a_callee_nobody_describes_joins_the_graph():
    graph = ServiceGraph.of(named("cart"), [Dependency(caller="cart", callee="redis")])

    assert graph.number_of("redis") == 1
    assert "redis: only known from a dependency" in graph.warnings[0]


def test_two_lines_about_one_dependency_keep_the_worse_criticality():
    lines = [
        Dependency(caller="cart", callee="redis", criticality=Criticality.ASYNC),
        Dependency(caller="cart", callee="redis", criticality=Criticality.HARD),
    ]

    graph = ServiceGraph.of(named("cart", "redis"), lines)

    assert [one.criticality for one in graph.dependencies] == [Criticality.HARD]


def test_a_hundred_thousand_dependencies_are_indexed():
    ids = [f"s{number}" for number in range(5_000)]
    lines = [
        Dependency(
            caller=ids[number % 5_000], callee=ids[(number * 7 + number // 5_000 + 1) % 5_000]
        )
        for number in range(100_000)
    ]

    graph = ServiceGraph.of(named(*ids), lines)

    assert len(graph.caller) == len(
        {(one.caller, one.callee) for one in lines if one.caller != one.callee}
    )
    assert graph.callees.start[-1] == graph.callers.start[-1] == len(graph.caller)


def test_a_subgraph_keeps_only_what_is_between_its_services():
    graph = graph_of(["web cart", "cart database", "web search"])

    part = graph.subgraph(["web", "cart", "unknown"])

    assert [one.id for one in part.services] == ["web", "cart"]
    assert [(one.caller, one.callee) for one in part.dependencies] == [("web", "cart")]


@given(graphs())
def test_a_graph_survives_the_way_through_networkx(graph):
    returned = ServiceGraph.from_networkx(graph.to_networkx())

    assert returned.services == graph.services
    assert returned.dependencies == graph.dependencies


def test_a_plain_networkx_graph_becomes_bare_services():
    graph = ServiceGraph.from_networkx(nx.DiGraph([("web", "cart"), ("cart", "database")]))

    assert [one.id for one in graph.services] == ["web", "cart", "database"]
    assert graph.number_of("cart") == 1
