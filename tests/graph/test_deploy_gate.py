"""The gate before a deploy says why not, and says when it does not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.graph.deploy_gate import (
    GateFacts,
    GateGround,
    GateVerdict,
    HealthWord,
    may_deploy,
)
from app.incident.kinds.freezes import (
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeScope,
)
from app.incident.kinds.signals import AlertFired, Health, HealthChanged
from app.incident.kinds.situation import IncidentDeclared, ParticipantJoined, Phase, PhaseChanged
from tests.graph.estates import graph_of, random_graph
from tests.incident.apart import NOON, Room

GRAPH = graph_of(("web checkout", "checkout orders", "orders db", "search index"))
NOW = NOON + timedelta(hours=2)


def incident(*facts, severity=1, environment="prod-eu"):
    """An incident's state after these facts, each said by Maria."""
    room = Room()
    room.write("maria", ParticipantJoined(person="maria", name="Maria"))
    declared = IncidentDeclared(
        number="INC-7", title="t", severity=severity, environment=environment
    )
    room.write("maria", declared)
    for fact in facts:
        room.write("maria", fact)
    return room


def asked(service, *facts, environment="", words=(), **more):
    room = incident(*facts, **more)
    known = GateFacts(graph=GRAPH, incidents={"i": room.state}, words=words)
    return may_deploy(service, known, now=NOW, environment=environment)


def calm(**changes):
    return replace(GateFacts(graph=GRAPH), **changes)


def test_a_calm_estate_lets_it_through():
    answer = may_deploy("checkout", calm(), now=NOW)

    assert answer.verdict is GateVerdict.ALLOW
    assert answer.reasons == ()


def test_an_ill_upstream_stops_it_however_far_away():
    word = HealthWord(service="db", health=Health.FAILING, told_by="prom", indicator="41% err")

    answer = may_deploy("checkout", calm(words=(word,)), now=NOW)

    assert answer.verdict is GateVerdict.DENY
    assert [one.text for one in answer.reasons] == [
        "db, 2 hops upstream, is failing, 41% err (prom)."
    ]
    assert may_deploy("search", calm(words=(word,)), now=NOW).verdict is GateVerdict.ALLOW


def test_an_ill_downstream_is_no_ill_upstream():
    word = HealthWord(service="web", health=Health.DEGRADED, told_by="prom")

    assert may_deploy("orders", calm(words=(word,)), now=NOW).verdict is GateVerdict.ALLOW


def test_an_upstream_without_data_is_unknown_and_not_let_through():
    word = HealthWord(service="orders", health=Health.NO_DATA, told_by="prom")

    answer = may_deploy("checkout", calm(words=(word,)), now=NOW)

    assert answer.verdict is GateVerdict.UNKNOWN


def test_readings_that_stopped_are_said_and_never_pass_for_health():
    facts = calm(silent={"prom": "health as of 09 Mar 11:36 UTC"})

    answer = may_deploy("checkout", facts, now=NOW)

    assert answer.verdict is GateVerdict.UNKNOWN
    assert answer.reasons[0].text == (
        "Health is not known now: prom gives no readings (health as of 09 Mar 11:36 UTC)."
    )


def test_old_news_of_an_ill_upstream_still_stops_it():
    word = HealthWord(service="db", health=Health.FAILING, told_by="prom")

    answer = may_deploy("orders", calm(words=(word,), silent={"prom": "timeout"}), now=NOW)

    assert answer.verdict is GateVerdict.DENY


def test_without_any_source_of_readings_the_answer_says_so():
    answer = may_deploy("checkout", calm(has_readings=False), now=NOW)

    assert answer.verdict is GateVerdict.ALLOW
    assert "No source of readings" in answer.caveats[0]


def test_a_service_nobody_knows_is_unknown():
    answer = may_deploy("chekout", calm(), now=NOW)

    assert answer.verdict is GateVerdict.UNKNOWN
    assert answer.reasons[0].ground is GateGround.SERVICE


def test_an_open_incident_in_the_blast_radius_stops_it():
    ill = HealthChanged(service="web", health=Health.FAILING)

    answer = asked("orders", ill)

    assert answer.verdict is GateVerdict.DENY
    assert answer.reasons[-1].text == "INC-7 SEV 1 is open on web: within the blast radius."
    assert asked("search", ill).verdict is GateVerdict.ALLOW


def test_an_incident_that_ended_or_is_elsewhere_does_not_stop_it():
    fired = AlertFired(alert="a", episode="1", source="s", name="Errors", services=("orders",))

    assert asked("orders", fired).verdict is GateVerdict.DENY
    assert asked("orders", fired, environment="prod-us").verdict is GateVerdict.ALLOW
    over = asked("orders", fired, PhaseChanged(phase=Phase.RESOLVED))
    assert over.verdict is GateVerdict.ALLOW


@pytest.mark.parametrize(("severity", "verdict"), [(2, "unknown"), (3, "allow")])
def test_a_major_incident_that_names_no_service_yet_may_be_about_this_one(severity, verdict):
    assert asked("orders", severity=severity).verdict == verdict


FREEZE = FreezeDeclared(scope=FreezeScope.FULL, environments=("prod-eu",), reason="SEV 1")


def test_a_freeze_stops_what_it_covers_and_says_who_declared_it():
    answer = asked("search", FREEZE, environment="prod-eu", severity=3)

    assert answer.verdict is GateVerdict.DENY
    assert answer.reasons[0].text == "Changes in prod-eu are frozen by Maria in INC-7: SEV 1."
    other = asked("search", FREEZE, environment="prod-us", severity=3)
    assert other.verdict is GateVerdict.ALLOW


def test_an_approved_exception_opens_its_freeze_and_tells_what_speaks_against_it():
    room = incident(FREEZE, HealthChanged(service="orders", health=Health.FAILING))
    exception = room.write(
        "maria",
        ExceptionRequested(
            change="checkout to v41",
            freezes=(room.state.freeze.freezes[0].freeze_id,),
            services=("checkout",),
            requester="maria",
            approvals_needed=1,
        ),
    )

    def verdict():
        facts = GateFacts(graph=GRAPH, incidents={"i": room.state})
        return may_deploy("checkout", facts, now=NOW, environment="prod-eu")

    assert verdict().verdict is GateVerdict.DENY
    room.write("tom", ExceptionApproved(exception=exception, person="tom", name="Tom"))

    answer = verdict()

    assert answer.verdict is GateVerdict.ALLOW
    assert answer.caveats[0].startswith("EX-1 is approved, although: orders, 1 hop upstream")


@given(st.integers(0, 10_000), st.sets(st.integers(0, 29), max_size=6))
def test_it_is_stopped_exactly_when_something_it_rests_on_is_ill(seed, numbers):
    graph = random_graph(seed, 30, 60)
    ill = {graph.services[one].id for one in numbers}
    words = [HealthWord(service=one, health=Health.FAILING, told_by="p") for one in sorted(ill)]
    calls = nx.DiGraph()
    calls.add_nodes_from(one.id for one in graph.services)
    calls.add_edges_from(
        (one.caller, one.callee)
        for one in graph.dependencies
        if one.criticality.value in ("hard", "soft")
    )
    for service in (one.id for one in graph.services):
        answer = may_deploy(service, GateFacts(graph=graph, words=words), now=NOW)
        rests_on = nx.descendants(calls, service) - {service}
        assert (answer.verdict is GateVerdict.DENY) == bool(rests_on & ill)
