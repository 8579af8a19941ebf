"""What one service, and the estate, answer to the commander."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import networkx as nx
import pytest
from hypothesis import given

from app.graph.answers import (
    GapKind,
    Support,
    answers_for,
    gaps_of,
    lifetime_of,
    shape_of,
)
from app.graph.catalog import ThirdParty
from app.graph.service_graph import ServiceGraph
from app.graph.topology import topology_of
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.replay import replay
from app.organisation.kinds import DependencyRecorded, ServiceRecorded, TeamRecorded
from tests.graph.estates import graphs
from tests.graph.organisations import recorded, shop_organisation, with_services
from tests.views.checkout_incident import LogWriter, checkout_state

TODAY = date(2026, 11, 22)
TOPOLOGY = topology_of(shop_organisation())
STATE = checkout_state()
SHAPE = shape_of(TOPOLOGY)


def asked(service: str, topology=TOPOLOGY, state=STATE, shape=SHAPE):
    answers = answers_for(service, topology, state, today=TODAY, shape=shape)
    assert answers is not None
    return answers


@given(graphs(10))
def test_reach_in_both_directions_is_what_networkx_finds(graph: ServiceGraph):
    topology = topology_of(recorded(graph))
    calls = topology.graph.to_networkx()

    for service in topology.graph.services:
        answers = asked(service.id, topology, replay([]), None)
        assert set(answers.downstream.hops) == nx.ancestors(calls, service.id)
        assert set(answers.upstream.hops) == nx.descendants(calls, service.id)
        assert answers.callers == calls.in_degree(service.id)
        assert answers.dependencies == calls.out_degree(service.id)


def test_what_is_still_unhealthy_upstream_comes_with_its_distance():
    distances = {"order": 1, "payment": 1, "inventory": 2, "orders-db": 2}

    assert asked("checkout").ill_upstream == distances
    assert asked("auth").ill_upstream == {}


def test_somebody_on_call_may_be_on_the_bridge():
    organisation = shop_organisation()
    team = organisation.services["checkout"].team
    teams = {**organisation.teams, team: TeamRecorded(team=team, name=team, on_call="jae")}
    people = {**organisation.people, "jae": replace(
        next(iter(organisation.people.values())), person="jae", name="Jae Park"
    )}  # fmt: skip
    topology = topology_of(
        replace(organisation, teams=MappingProxyType(teams), people=MappingProxyType(people))
    )

    on_call = asked("checkout", topology).on_call
    stranger = asked("auth", topology).on_call

    assert on_call is not None
    assert (on_call.name, on_call.is_on_bridge) == ("Jae Park", True)
    assert stranger is not None
    assert not stranger.is_here


def test_a_service_everything_hangs_on_is_a_single_point_of_failure():
    assert asked("checkout").needed_by == 3
    assert asked("auth").needed_by is None
    assert asked("checkout", shape=None).needed_by is None


def test_a_circle_names_the_others_in_it():
    organisation = with_services(
        shop_organisation(), [], [DependencyRecorded(caller="order", callee="checkout")]
    )
    topology = topology_of(organisation)

    assert "order" in asked("checkout", topology, shape=shape_of(topology)).circle
    assert asked("checkout").circle == ()


def test_trouble_that_left_the_fault_domain_is_not_contained():
    domains = {"cart": "eu-west-1b", "auth": "eu-west-1b", "tax": "eu-west-1a"}
    organisation = with_services(
        shop_organisation(),
        [
            replace(shop_organisation().services[one], fault_domain=domain)
            for one, domain in domains.items()
        ],
    )
    topology = topology_of(organisation)
    writer = LogWriter()
    writer.add("14:00", "jae", HealthChanged(service="cart", health=Health.FAILING))
    inside = asked("auth", topology, replay(writer.log)).domain
    writer.add("14:01", "jae", HealthChanged(service="tax", health=Health.DEGRADED))

    outside = asked("auth", topology, replay(writer.log)).domain

    assert inside is not None
    assert inside.contained
    assert outside is not None
    assert outside.escapees == ("tax",)
    assert asked("auth", topology, replay([])).domain is None


@pytest.mark.parametrize(
    ("deprecated", "sunset", "support", "days"),
    [
        (None, None, Support.SUPPORTED, None),
        (date(2027, 11, 22), None, Support.SUPPORTED, 365),
        (date(2026, 12, 2), None, Support.DEPRECATES_SOON, 10),
        (date(2026, 11, 22), None, Support.DEPRECATED, 0),
        (date(2026, 1, 1), date(2026, 12, 22), Support.ENDS_SOON, 30),
        (date(2026, 1, 1), date(2026, 11, 12), Support.ENDED, -10),
        (date(2026, 1, 1), date(2028, 1, 1), Support.DEPRECATED, -325),
    ],
)
def test_what_was_bought_warns_before_its_support_ends(deprecated, sunset, support, days):
    bought = ThirdParty(version="v3", deprecated_at=deprecated, sunset_at=sunset)

    lifetime = lifetime_of(bought, TODAY)

    assert lifetime is not None
    assert (lifetime.support, lifetime.days) == (support, days)
    assert lifetime.warns == (support is not Support.SUPPORTED)


def test_what_was_built_has_no_lifetime():
    assert lifetime_of(None, TODAY) is None


def test_a_service_the_catalogue_does_not_know_has_no_answers():
    assert answers_for("unheard-of", TOPOLOGY, STATE, today=TODAY) is None


def test_gaps_name_what_monitoring_knows_and_the_catalogue_does_not_first():
    bare = ServiceRecorded(service="bare", name="bare")
    old = ServiceRecorded(
        service="old", name="old", service_kind="external", version="2", sunset_on="2026-01-01"
    )
    topology = topology_of(with_services(shop_organisation(), [bare, old]))
    writer = LogWriter()
    writer.add("14:00", "jae", HealthChanged(service="ghost", health=Health.FAILING))
    writer.add("14:00", "jae", HealthChanged(service="bare", health=Health.FAILING))

    gaps = gaps_of(topology, replay(writer.log), today=TODAY, shape=shape_of(topology))

    assert (gaps[0].kind, gaps[0].name) == (GapKind.UNMAPPED, "ghost")
    bare_gap = next(one for one in gaps if one.service == "bare")
    assert bare_gap.what == "no owner, nobody on call, no runbook"
    assert bare_gap.is_ill
    assert "support ended" in next(one for one in gaps if one.service == "old").what


def test_the_shape_is_found_once_per_graph():
    assert shape_of(TOPOLOGY, SHAPE) is SHAPE
