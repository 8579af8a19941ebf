"""The map stands still: what happens to services moves none of them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from app.graph.topology import (
    MOST_IN_FOCUS,
    Topology,
    laid_out_afresh,
    topology_of,
    with_layout,
)
from app.organisation.kinds import DependencyRecorded, PersonRecorded, ServiceRecorded
from app.organisation.state import EMPTY_ORGANISATION
from tests.graph.estates import random_graph
from tests.graph.organisations import (
    recorded,
    shop_organisation,
    with_services,
    without_service,
)


def places(topology: Topology) -> dict[str, tuple[float, float]]:
    return {
        one: (float(x), float(y))
        for one, (x, y) in zip(topology.in_focus, topology.focus.centres, strict=True)
    }


def test_a_small_estate_is_shown_whole_and_needs_no_overview():
    topology = topology_of(shop_organisation())

    assert len(topology.in_focus) == len(topology.graph)
    assert topology.overview is None


def test_nothing_is_made_again_while_the_catalogue_stays():
    organisation = shop_organisation()
    before = topology_of(organisation)

    same = topology_of(organisation, before, ["checkout"])
    elsewhere = replace(organisation, position=9, services=MappingProxyType(
        dict(organisation.services)
    ))  # fmt: skip
    after = topology_of(elsewhere, before)

    assert same is before
    assert after.graph is before.graph
    assert after.focus is before.focus
    assert after.revision == before.revision


def test_a_renamed_person_changes_the_facts_and_moves_nothing():
    organisation = shop_organisation()
    before = topology_of(organisation)
    somebody, fact = next(iter(organisation.people.items()))
    renamed = PersonRecorded(person=fact.person, name="Someone Else")

    people = MappingProxyType({**organisation.people, somebody: renamed})
    after = topology_of(replace(organisation, people=people), before)

    assert any(one.on_call == "Someone Else" for one in after.graph.services)
    assert after.focus is before.focus
    assert after.revision == before.revision + 1


def test_a_new_service_moves_nobody():
    before = topology_of(shop_organisation())
    new = ServiceRecorded(service="promotions", name="promotions", column="domain")
    call = DependencyRecorded(caller="checkout", callee="promotions")

    after = topology_of(with_services(shop_organisation(), [new], [call]), before)

    stayed = {one: place for one, place in places(after).items() if one != "promotions"}
    assert stayed == places(before)
    assert ("checkout", "promotions") in {(one.caller, one.callee) for one in after.focus.edges}


def test_a_removed_service_leaves_its_place_free_and_returns_to_it():
    organisation = shop_organisation()
    before = topology_of(organisation)

    gone = topology_of(without_service(organisation, "cart"), before)
    back = topology_of(organisation, gone)

    assert "cart" in gone.places.ghosts
    assert "cart" not in gone.in_focus
    assert {one: places(before)[one] for one in gone.in_focus} == places(gone)
    assert places(back) == places(before)


def test_a_large_estate_shows_trouble_its_neighbours_and_what_is_pinned():
    graph = random_graph(3, 400, 900)
    ill, wanted = graph.services[7].id, graph.services[300].id

    topology = topology_of(recorded(graph), None, [ill], [wanted])

    number = graph.index[ill]
    near = [*graph.callers.of(number), *graph.callees.of(number)]
    assert set(topology.in_focus) == {ill, wanted, *(graph.services[one].id for one in near)}
    assert topology.overview is not None


def test_what_was_shown_in_the_incident_stays_when_it_recovers():
    graph = random_graph(5, 400, 900)
    first, second = graph.services[7].id, graph.services[9].id
    organisation = recorded(graph)
    before = topology_of(organisation, None, [first])

    grown = topology_of(organisation, before, [second])
    calm = topology_of(organisation, grown, [])

    assert set(before.in_focus) < set(grown.in_focus)
    assert {one: places(grown)[one] for one in before.in_focus} == places(before)
    assert calm is grown
    assert grown.overview is before.overview


def test_trouble_everywhere_keeps_the_focus_in_bounds():
    graph = random_graph(6, 2000, 8000)

    topology = topology_of(recorded(graph), None, [one.id for one in graph.services[:80]])

    assert {one.id for one in graph.services[:80]} <= set(topology.in_focus)
    assert len(topology.in_focus) <= MOST_IN_FOCUS


def test_a_new_catalogue_is_laid_out_afresh():
    before = topology_of(recorded(random_graph(1, 30, 60)))

    after = topology_of(shop_organisation(), before)

    assert places(after) == places(topology_of(shop_organisation()))
    assert after.revision == before.revision + 1


def test_a_catalogue_that_arrives_in_parts_looks_as_if_it_came_at_once():
    organisation = shop_organisation()
    names = list(organisation.services)
    half = replace(
        organisation,
        services=MappingProxyType({one: organisation.services[one] for one in names[:12]}),
        dependencies=MappingProxyType({}),
    )
    services_only = replace(organisation, dependencies=MappingProxyType({}))

    topology = topology_of(EMPTY_ORGANISATION)
    for part in (half, services_only, organisation):
        topology = topology_of(part, topology)

    assert places(topology) == places(topology_of(organisation))


def test_an_overview_keeps_who_stayed_and_seats_who_came():
    graph = random_graph(8, 200, 500)
    before = topology_of(recorded(graph))
    new = ServiceRecorded(service="new", name="new", team=graph.services[0].team)

    after = topology_of(with_services(recorded(graph), [new]), before)

    assert before.overview is not None
    assert after.overview is not None
    assert np.allclose(after.overview.positions[:-1], before.overview.positions)
    assert after.overview.disc_of[-1] == before.overview.disc_of[0]


def test_the_same_log_gives_the_same_map():
    graph = random_graph(2, 300, 700)
    one = topology_of(recorded(graph), None, [graph.services[3].id])
    other = topology_of(recorded(graph), None, [graph.services[3].id])

    assert places(one) == places(other)


def test_a_relayout_on_request_can_be_taken_back():
    topology = topology_of(shop_organisation())
    new = ServiceRecorded(service="promotions", name="promotions", column="domain")
    grown = topology_of(with_services(shop_organisation(), [new]), topology)

    tidy = laid_out_afresh(grown)
    undone = with_layout(tidy, grown.focus)

    assert tidy.in_focus == grown.in_focus
    assert places(undone) == places(grown)
    assert undone.places.places["cart"] == grown.places.places["cart"]


def test_a_service_is_known_by_its_aliases():
    aliased = ServiceRecorded(service="checkout-api", name="Checkout API", aliases=("chk",))

    topology = topology_of(with_services(shop_organisation(), [aliased]))

    assert topology.id_of("chk") == "checkout-api"
    assert topology.id_of("nobody") is None
