"""What is hit, what still fails upstream, and where nobody is on call."""

from __future__ import annotations

import networkx as nx
import pytest

from app.graph.catalog import Catalog, Criticality, Dependency, Kind, Money, Service
from app.graph.impact import (
    Direction,
    blast_radius,
    containment,
    coverage_gaps,
    unhealthy_upstream,
    what_is_hit,
)
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import graph_of, random_graph, shop

HARD_AND_SOFT = (Criticality.HARD, Criticality.SOFT)


def within(graph: ServiceGraph, allowed: tuple[Criticality, ...]) -> nx.DiGraph:
    """The oracle's graph: calls turned round, so that failure runs along the arrows."""
    calls = nx.DiGraph()
    calls.add_nodes_from(one.id for one in graph.services)
    calls.add_edges_from(
        (one.callee, one.caller) for one in graph.dependencies if one.criticality in allowed
    )
    return calls


@pytest.mark.parametrize("seed", range(200))
def test_the_blast_radius_is_the_one_networkx_finds(seed):
    graph = random_graph(seed, services=5 + seed % 60, dependencies=seed * 2)
    origin = graph.services[seed % len(graph)].id
    failure = within(graph, tuple(Criticality))

    downstream = blast_radius(graph, origin)
    upstream = blast_radius(graph, origin, Direction.UPSTREAM)
    near = blast_radius(graph, origin, max_hops=2, criticalities=HARD_AND_SOFT)

    distances = nx.single_source_shortest_path_length(failure, origin)
    partly = nx.single_source_shortest_path_length(within(graph, HARD_AND_SOFT), origin, cutoff=2)
    assert dict(downstream.hops) == {one: hops for one, hops in distances.items() if hops}
    assert set(downstream.hops) == nx.descendants(failure, origin)
    assert set(upstream.hops) == nx.ancestors(failure, origin)
    assert dict(near.hops) == {one: hops for one, hops in partly.items() if hops}
    assert sum(downstream.by_hop) == sum(downstream.by_criticality.values()) == downstream.count


@pytest.mark.parametrize("seed", range(40))
def test_services_count_under_the_most_critical_path_to_them(seed):
    graph = random_graph(seed, services=40, dependencies=90)
    origin = graph.services[seed % len(graph)].id

    reach = blast_radius(graph, origin)

    hard = nx.descendants(within(graph, (Criticality.HARD,)), origin)
    soft = nx.descendants(within(graph, HARD_AND_SOFT), origin) - hard
    everything = nx.descendants(within(graph, tuple(Criticality)), origin)
    assert reach.by_criticality == {
        Criticality.HARD: len(hard),
        Criticality.SOFT: len(soft),
        Criticality.ASYNC: len(everything - hard - soft),
    }


def test_the_orders_database_reaches_the_shop_door_in_four_hops():
    reach = blast_radius(shop(), "orders-db")

    assert reach.hops == {
        "order": 1,
        "inventory": 1,
        "checkout": 2,
        "web-frontend": 3,
        "mobile-bff": 3,
        "cdn-edge": 4,
    }
    assert reach.by_hop == (2, 1, 2, 1)
    assert "Payments Core" in reach.teams


def test_users_and_money_are_the_largest_figures_since_people_overlap():
    reach = blast_radius(shop(), "orders-db")

    assert reach.users == 920_000
    assert reach.money == (Money(amount=56_000.0, currency="EUR"),)


def test_a_service_nobody_depends_on_hits_nothing():
    reach = blast_radius(shop(), "cdn-edge")

    assert reach.count == 0
    assert reach.by_hop == ()
    assert reach.users is None


def test_a_cycle_does_not_count_its_origin():
    reach = blast_radius(graph_of(["a b", "b c", "c a"]), "a")

    assert reach.hops == {"c": 1, "b": 2}


def test_an_unknown_service_is_a_key_error():
    with pytest.raises(KeyError):
        blast_radius(shop(), "nobody")


ZONES = ServiceGraph.of(
    [
        Service(id="a1", name="a1", fault_domain="zone-a"),
        Service(id="a2", name="a2", fault_domain="zone-a"),
        Service(id="b1", name="b1", fault_domain="zone-b"),
        Service(id="x", name="x"),
    ],
    [],
)


def test_impact_inside_one_zone_is_contained():
    assert containment(ZONES, {"a1", "a2"}, "zone-a").contained


def test_escapees_break_containment_by_name():
    answer = containment(ZONES, {"a1", "b1"}, "zone-a")

    assert not answer.contained
    assert answer.escapees == ("b1",)


def test_a_service_without_a_zone_leaves_containment_unproven():
    answer = containment(ZONES, {"a1", "x", "unknown"}, "zone-a")

    assert not answer.contained
    assert answer.unplaced == ("unknown", "x")


def test_nothing_affected_is_not_proof_of_containment():
    assert not containment(ZONES, (), "zone-a").contained


def test_the_resolve_guard_names_what_is_still_unhealthy_nearest_first():
    unhealthy = {"orders-db", "order", "redis-cart", "carrier-api"}

    left = unhealthy_upstream(shop(), ["checkout"], unhealthy)

    assert list(left.items()) == [("order", 1), ("carrier-api", 2), ("orders-db", 2)]


def test_the_resolve_guard_does_not_wait_for_async_work():
    assert not unhealthy_upstream(shop(), ["order"], {"event-bus", "email"})


def test_gaps_list_the_most_important_services_first_and_leave_externals_out():
    graph = ServiceGraph.of(
        [
            Service(id="late", name="late", tier=3),
            Service(id="first", name="first", tier=0, team="shop", on_call="Ana"),
            Service(id="bought", name="bought", kind=Kind.EXTERNAL),
            Service(id="whole", name="whole", team="t", on_call="o", runbooks=("r",)),
        ],
        [Dependency(caller="first", callee="late")],
    )

    gaps = coverage_gaps(graph)

    assert [(gap.service_id, gap.missing) for gap in gaps] == [
        ("first", ("runbooks",)),
        ("late", ("team", "on_call", "runbooks")),
    ]


def test_users_and_money_are_those_of_what_fails_or_degrades_itself_included():
    def euros(amount: float) -> Money:
        return Money(amount=amount, currency="EUR")

    graph = ServiceGraph.of_catalog(
        Catalog(
            services=(
                Service(id="db", name="db", users=5, money=euros(1.0)),
                Service(id="shop", name="shop", users=900, money=euros(50.0)),
                Service(id="apart", name="apart", money=Money(amount=7.0, currency="USD")),
                Service(id="reports", name="reports", users=100_000, money=euros(999.0)),
                Service(id="lone", name="lone"),
            ),
            dependencies=(
                Dependency(caller="shop", callee="db"),
                Dependency(caller="apart", callee="db", criticality=Criticality.SOFT),
                Dependency(caller="reports", callee="db", criticality=Criticality.ASYNC),
            ),
        )
    )

    assert what_is_hit(graph, "db") == (900, (euros(50.0), Money(amount=7.0, currency="USD")))
    assert what_is_hit(graph, "reports") == (100_000, (euros(999.0),))
    assert what_is_hit(graph, "lone") == (None, ())
