"""Suspects, isolation and forecast out of the log of one incident."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.graph.investigation import Investigation, investigate, supposing
from app.graph.isolation import Layer, Standing
from app.graph.suspects import Metric, Readings
from app.graph.suspects.from_log import NO_TROUBLE, NOT_MEASURED
from app.graph.suspects.result import EvidenceKind
from app.graph.topology import topology_of
from app.incident.kinds.signals import (
    Health,
    HealthChanged,
    SuspectNamed,
    SuspectRuledIn,
    SuspectRuledOut,
)
from app.incident.replay import replay
from tests.graph.estates import random_graph
from tests.graph.organisations import recorded, shop_organisation
from tests.views.checkout_incident import NOW, LogWriter, checkout_log, checkout_state

TOPOLOGY = topology_of(shop_organisation())


def after(*facts):
    """The incident once Jae has said all this."""
    writer = LogWriter()
    for fact in facts:
        writer.add("14:39", "jae", fact)
    return replay(writer.log)


def found() -> Investigation:
    return investigate(checkout_state(), TOPOLOGY, now=NOW)


def test_the_log_alone_points_at_what_fell_ill_first_after_a_change():
    ranking = found().ranking

    first = ranking.candidates[0]
    assert first.service == "checkout"
    assert first.evidence[0].kind is EvidenceKind.CHANGE
    assert first.evidence[0].text == "Deploy checkout v42, 2 min before."


def test_the_log_alone_is_never_a_clear_suspect_and_says_why():
    ranking = found().ranking

    assert ranking.clear_suspect is None
    assert NOT_MEASURED in ranking.reasons


def test_without_trouble_there_are_no_suspects_and_no_forecast():
    calm = investigate(replay([]), TOPOLOGY, now=NOW)

    assert calm.ranking.reasons == (NO_TROUBLE,)
    assert calm.symptom is None
    assert calm.forecast.steps == ()


def test_the_symptom_is_where_users_feel_it():
    assert found().symptom in {"web-frontend", "mobile-bff"}


@pytest.mark.parametrize("minutes", [40, 2])
def test_readings_decide_when_there_are_enough_of_them(minutes):
    state = checkout_state()
    began = min(one.since for one in state.signals.services).timestamp()
    ill = {"mobile-bff": 0.4, "web-frontend": 0.4, "checkout": 0.4, "order": 0.4, "orders-db": 0.4}

    def series(service: str, metric: Metric, calm: float, bad: float) -> Readings:
        times = [began + 60.0 * minute for minute in range(-600, minutes)]
        wave = [0.002 * ((7 * place) % 5) for place in range(len(times))]
        values = [
            (bad if at >= began else calm) + part for at, part in zip(times, wave, strict=True)
        ]
        return Readings(service=service, metric=metric, times=times, values=values)

    readings = [
        reading
        for one in TOPOLOGY.in_focus
        for reading in (
            series(one, Metric.ERRORS, 0.01, ill.get(one, 0.01)),
            series(one, Metric.TRAFFIC, 600.0, 600.0),
        )
    ]

    ranking = investigate(state, TOPOLOGY, now=NOW, readings=readings).ranking

    if minutes == 2:
        assert "too few readings" in ranking.reasons[0]
        assert not ranking.is_clear
    else:
        assert ranking.candidates[0].service == "orders-db"
        assert NOT_MEASURED not in ranking.reasons


def test_readings_that_leave_out_the_symptom_say_so():
    other = Readings(service="auth", metric=Metric.ERRORS, times=[1.0], values=[0.1])

    ranking = investigate(checkout_state(), TOPOLOGY, now=NOW, readings=[other]).ranking

    assert ranking.reasons[0].endswith("has no readings.")


def test_what_people_rule_in_and_out_stands_on_the_board_in_its_layer():
    state = after(
        SuspectNamed(service="orders-db", reason="pool full"),
        SuspectRuledOut(service="payment", evidence="fails over fine"),
        SuspectRuledIn(service="orders-db", evidence="498 of 500 connections"),
        SuspectRuledOut(service="", layer="network", evidence="no loss between zones"),
    )

    board = investigate(state, TOPOLOGY, now=NOW).board

    assert board.standing_of("orders-db") is Standing.RULED_IN
    assert board.in_layer(Layer.DATABASE)[0].deciding.evidence == "498 of 500 connections"
    assert board.in_layer(Layer.NETWORK)[0].standing is Standing.RULED_OUT


def test_a_layer_ruled_out_dims_its_services_except_those_named_besides():
    state = after(
        SuspectNamed(service="redis-cart"),
        SuspectRuledIn(service="orders-db", evidence="pool full"),
        SuspectRuledOut(service="", layer="database", evidence="all replicas answer"),
        SuspectRuledOut(service="auth", evidence="no errors"),
    )

    dimmed = investigate(state, TOPOLOGY, now=NOW).ruled_out

    assert {"auth", "catalog-db"} <= dimmed
    assert "orders-db" not in dimmed


def test_naming_a_suspect_again_takes_the_ruling_back():
    state = after(
        SuspectRuledOut(service="payment", evidence="fails over fine"),
        SuspectNamed(service="payment", reason="it fails again"),
    )

    suspect = state.signals.suspects[0]
    assert not suspect.ruled_out_because
    assert investigate(state, TOPOLOGY, now=NOW).ruled_out == frozenset()


def test_a_word_on_a_layer_nobody_knows_is_kept_in_the_log_only():
    state = after(SuspectRuledOut(service="", layer="weather", evidence="sunny"))

    assert state.signals.words[0].layer == "weather"
    assert investigate(state, TOPOLOGY, now=NOW).board.parts == ()


def test_ranked_candidates_stand_open_on_the_board():
    assert found().board.standing_of("checkout") is Standing.OPEN
    assert any(part.service == "checkout" for part in found().board.parts)


def test_an_investigation_is_made_again_only_when_something_was_said_or_a_minute_passed():
    state, first = checkout_state(), found()

    same = investigate(state, TOPOLOGY, now=NOW + timedelta(seconds=30), before=first)
    later = investigate(state, TOPOLOGY, now=NOW + timedelta(seconds=61), before=first)
    log = checkout_log()
    writer = LogWriter()
    writer.log = log
    writer.add("14:39:30", "integration:monitor",
               HealthChanged(service="auth", health=Health.FAILING))  # fmt: skip
    news = investigate(replay(writer.log), TOPOLOGY, now=NOW, before=first)

    assert same is first
    assert later is not first
    assert news.basis != first.basis


def test_a_forecast_starts_from_the_health_in_the_log_and_is_marked_as_one():
    forecast = found().forecast

    assert "Forecast" in forecast.label
    assert all(step.reasons for step in forecast.steps)


def test_a_supposition_is_marked_as_one():
    forecast = supposing(replay([]), TOPOLOGY, "orders-db", Health.FAILING, now=NOW)

    assert "What if orders-db were failing" in forecast.label
    assert forecast.steps


def test_a_forecast_that_looked_at_the_nearest_services_only_says_so():
    graph = random_graph(4, 1000, 4000)
    topology = topology_of(recorded(graph))
    ill = [HealthChanged(service=one.id, health=Health.FAILING) for one in graph.services[:40]]

    forecast = investigate(after(*ill), topology, now=NOW).forecast

    assert forecast.steps
    assert forecast.assumptions[0].startswith("Only the 200 services nearest")


def test_a_forecast_of_a_small_estate_looks_at_all_of_it():
    assert not found().forecast.assumptions[0].startswith("Only the")
