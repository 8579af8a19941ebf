"""What is forecast to fail next, when, why, and what would cut it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph.catalog import Criticality, Dependency
from app.graph.forecast import (
    Call,
    CascadeForecast,
    Condition,
    DecisionKind,
    ForecastStep,
    Likelihood,
    forecast_cascade,
    what_if,
)
from app.incident.kinds.signals import Health

NOW = datetime(2026, 3, 14, 14, 36, tzinfo=UTC)
HARD, SOFT, ASYNC = Criticality.HARD, Criticality.SOFT, Criticality.ASYNC


def call(caller: str, callee: str, criticality: Criticality = HARD, **known: float) -> Call:
    return Call(caller=caller, callee=callee, criticality=criticality, **known)


def failing(service: str, minutes_ago: float = 0.0) -> Condition:
    return Condition(
        service=service, health=Health.FAILING, since=NOW - timedelta(minutes=minutes_ago)
    )


def forecast(calls: list[Call], conditions: list[Condition]) -> CascadeForecast:
    return forecast_cascade(calls, conditions, now=NOW)


def step_of(told: CascadeForecast, service: str) -> ForecastStep:
    step = told.step_of(service)
    assert step is not None
    return step


CHAIN = [call("shop", "orders"), call("orders", "database")]


def test_nothing_is_forecast_while_everything_is_well() -> None:
    told = forecast(CHAIN, [Condition(service="database")])
    assert told.steps == ()
    assert told.decisions == ()


def test_trouble_climbs_hard_dependencies_in_order_with_the_path_and_the_reasons() -> None:
    told = forecast(CHAIN, [failing("database")])
    assert [step.service for step in told.steps] == ["orders", "shop"]
    assert all(step.health is Health.FAILING for step in told.steps)
    shop = step_of(told, "shop")
    assert shop.path == ("database", "orders", "shop")
    assert shop.reasons[0] == "orders calls database (failing) and cannot work without it."
    assert "assumed" in shop.reasons[1]


def test_a_soft_dependency_degrades_its_caller_and_stops_there_if_only_degraded() -> None:
    calls = [call("orders", "hints", SOFT), call("shop", "orders", SOFT)]
    told = forecast(calls, [failing("hints")])
    assert [(step.service, step.health) for step in told.steps] == [("orders", Health.DEGRADED)]
    assert told.steps[0].likelihood is Likelihood.POSSIBLE


def test_work_that_piles_up_arrives_last_and_is_remote_until_the_queue_is_measured() -> None:
    calls = [call("shop", "queue", ASYNC)]
    told = forecast(calls, [failing("queue")])
    assert told.steps[0].likelihood is Likelihood.REMOTE
    full = Condition(
        service="queue", health=Health.FAILING, since=NOW, saturation=0.8, saturation_growth=0.01
    )
    measured = forecast(calls, [full])
    assert measured.steps[0].likelihood is Likelihood.LIKELY
    assert measured.steps[0].earliest == NOW + timedelta(minutes=10)
    assert measured.steps[0].latest == NOW + timedelta(minutes=40)


def test_a_dependency_without_traffic_spreads_nothing() -> None:
    assert forecast([call("shop", "database", rate=0.0)], [failing("database")]).steps == ()


def test_a_service_that_is_failing_already_is_not_forecast_again() -> None:
    told = forecast(CHAIN, [failing("database", 10), failing("orders", 5)])
    assert [step.service for step in told.steps] == ["shop"]


def test_a_degraded_service_may_still_be_forecast_to_fail() -> None:
    degraded = Condition(service="orders", health=Health.DEGRADED)
    told = forecast(CHAIN, [failing("database"), degraded])
    assert step_of(told, "orders").health is Health.FAILING


def test_the_pace_of_this_incident_replaces_the_assumed_one() -> None:
    calls = [call("cart", "database"), call("orders", "database"), call("shop", "orders")]
    told = forecast(calls, [failing("database", 20), failing("cart", 17), failing("orders", 12)])
    shop = step_of(told, "shop")
    assert (shop.earliest, shop.latest) == (NOW, NOW + timedelta(minutes=8))
    assert "So far in this incident" in shop.reasons[1]
    assert "3 min to 8 min" in shop.reasons[1]


def test_a_caller_that_has_held_longer_than_expected_is_less_likely_to_fall() -> None:
    fresh = step_of(forecast(CHAIN, [failing("database")]), "orders")
    held = step_of(forecast(CHAIN, [failing("database", 60)]), "orders")
    assert fresh.likelihood is Likelihood.LIKELY
    assert held.likelihood is Likelihood.POSSIBLE
    assert "It has held 55 min longer" in held.reasons[-1]
    assert held.earliest == NOW


def test_likelihood_fades_along_a_long_path() -> None:
    calls = [call(f"s{place + 1}", f"s{place}") for place in range(5)]
    told = forecast(calls, [failing("s0")])
    assert step_of(told, "s1").likelihood is Likelihood.LIKELY
    assert step_of(told, "s5").likelihood is Likelihood.REMOTE


def test_a_service_that_fills_up_fails_by_itself_and_takes_its_callers_along() -> None:
    filling = Condition(service="database", saturation=0.9, saturation_growth=0.01)
    told = forecast(CHAIN, [filling])
    database = step_of(told, "database")
    assert database.earliest == NOW + timedelta(minutes=5)
    assert database.latest == NOW + timedelta(minutes=20)
    assert database.reasons == ("database is 90% full and grows by 1.0% per minute.",)
    assert step_of(told, "orders").earliest > database.earliest


def test_a_service_that_would_fill_beyond_the_horizon_is_left_out() -> None:
    slow = Condition(service="database", saturation=0.1, saturation_growth=0.0001)
    assert forecast(CHAIN, [slow]).steps == ()


def test_breaking_a_circuit_is_offered_with_what_it_spares_and_what_it_costs() -> None:
    told = forecast(CHAIN, [failing("database")])
    best = told.decisions[0]
    assert best.kind is DecisionKind.BREAK_CIRCUIT
    assert best.text == "Break the circuit from orders to database"
    assert best.softens == ("orders", "shop")
    assert "refused at once" in best.price
    assert told.cut_of("shop") == best


def test_turning_a_feature_off_keeps_its_caller_well() -> None:
    told = forecast([call("shop", "hints", SOFT)], [failing("hints")])
    assert told.decisions[0].kind is DecisionKind.TURN_OFF_FEATURE
    assert told.decisions[0].avoids == ("shop",)


def test_pausing_a_producer_is_offered_for_work_that_piles_up() -> None:
    told = forecast([call("shop", "queue", ASYNC)], [failing("queue")])
    assert told.decisions[0].kind is DecisionKind.PAUSE_PRODUCER


def test_shedding_the_largest_caller_is_offered_for_what_fills_up() -> None:
    calls = [call("crawler", "database", rate=90.0), call("orders", "database", rate=10.0)]
    filling = Condition(service="database", saturation=0.5, saturation_growth=0.02)
    told = forecast(calls, [filling])
    shed = next(one for one in told.decisions if one.kind is DecisionKind.SHED_CALLER)
    assert shed.caller == "crawler"
    assert "90% of the calls to database" in shed.price
    assert "database" in shed.delays + shed.avoids


def test_a_second_way_up_makes_breaking_one_circuit_useless_and_it_is_not_offered_for_it() -> None:
    calls = [
        call("left", "database"),
        call("right", "database"),
        call("shop", "left"),
        call("shop", "right"),
    ]
    told = forecast(calls, [failing("database")])
    assert all("shop" not in one.avoids + one.softens for one in told.decisions)


def test_error_budgets_run_out_within_a_range() -> None:
    told = forecast([], [Condition(service="shop", budget_left=0.4, budget_burn=0.1)])
    assert told.budgets[0].earliest == NOW + timedelta(hours=2)
    assert told.budgets[0].latest == NOW + timedelta(hours=8)
    assert "40% of the error budget" in told.budgets[0].reason


def test_every_forecast_says_that_it_is_one() -> None:
    told = forecast(CHAIN, [failing("database")])
    assert told.label == "Forecast as of 14:36 UTC, not an observation"
    assert told.assumptions


def test_what_if_starts_from_something_that_is_not_so_and_says_it() -> None:
    told = what_if(CHAIN, [], "orders", Health.FAILING, now=NOW)
    assert [step.service for step in told.steps] == ["shop"]
    assert told.label.startswith("What if orders were failing: Forecast")


def test_what_if_a_service_recovered_shows_what_that_spares() -> None:
    told = what_if(CHAIN, [failing("database")], "database", Health.NORMAL, now=NOW)
    assert told.steps == ()


def test_the_dependencies_of_a_catalogue_are_calls() -> None:
    known = Dependency(
        caller="shop", callee="queue", criticality=ASYNC, rate=4.0, error_ratio=0.25
    )
    told = call("shop", "queue", ASYNC, rate=4.0, error_ratio=0.25)
    assert Call.of(known) == told
    assert "25% of these calls fail" in forecast([told], [failing("queue")]).steps[0].reasons[0]


@pytest.mark.parametrize("unreadable", [float("nan"), float("inf"), -1.0, 0.0])
def test_readings_that_make_no_sense_are_taken_as_unknown(unreadable: float) -> None:
    odd = Condition(service="database", saturation=unreadable, saturation_growth=unreadable)
    told = forecast(CHAIN, [odd])
    assert told.steps == ()


names = st.sampled_from("abcdef")
some_calls = st.lists(
    st.builds(
        Call,
        caller=names,
        callee=names,
        criticality=st.sampled_from(list(Criticality)),
        rate=st.one_of(st.none(), st.floats(0, 100)),
    ),
    max_size=14,
    unique_by=lambda one: (one.caller, one.callee),
)
some_conditions = st.lists(
    st.builds(
        Condition,
        service=names,
        health=st.sampled_from(list(Health)),
        since=st.one_of(
            st.none(), st.integers(-60, 300).map(lambda one: NOW - timedelta(minutes=one))
        ),
        saturation=st.one_of(st.none(), st.floats()),
        saturation_growth=st.one_of(st.none(), st.floats()),
        budget_left=st.one_of(st.none(), st.floats()),
        budget_burn=st.one_of(st.none(), st.floats()),
    ),
    max_size=6,
    unique_by=lambda one: one.service,
)


@given(some_calls, some_conditions, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_forecast_holds_together_and_does_not_depend_on_the_order_of_its_inputs(
    calls: list[Call], conditions: list[Condition], shuffle: random.Random
) -> None:
    told = forecast(calls, conditions)
    worse = {Health.DEGRADED: 1, Health.FAILING: 2}
    now = {one.service: worse.get(one.health, 0) for one in conditions}
    pairs = {(one.caller, one.callee) for one in calls}
    for step in told.steps:
        assert NOW <= step.earliest <= step.latest
        assert worse[step.health] > now.get(step.service, 0)
        assert step.path[-1] == step.service
        assert step.reasons
        assert all((upper, lower) in pairs for lower, upper in pairwise(step.path))
    assert len({(step.service, step.health) for step in told.steps}) == len(told.steps)
    shuffle.shuffle(calls)
    shuffle.shuffle(conditions)
    assert forecast(calls, conditions) == told
