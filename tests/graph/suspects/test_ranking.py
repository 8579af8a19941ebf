"""How suspects are ranked, and when there is no clear one."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph.catalog import Criticality, Dependency
from app.graph.suspects import (
    Alert,
    CallGraph,
    Change,
    EdgeLatency,
    EvidenceKind,
    Metric,
    Readings,
    SuspectRanking,
    Symptom,
    rank_suspects,
)
from tests.graph.simulated_faults import simulate

START = 1_700_000_000.0
CHAIN = CallGraph(calls=[("shop", "orders"), ("orders", "database"), ("shop", "mail")])
SLOW_SHOP = Symptom(service="shop", metric=Metric.LATENCY)


def series(
    service: str, values: list[float | None], metric: Metric = Metric.LATENCY, step: float = 60.0
) -> Readings:
    times = [START + step * place for place in range(len(values))]
    return Readings(service=service, metric=metric, times=times, values=values)


def wobble(level: float, seed: int, count: int = 60) -> list[float | None]:
    return list(level * (1 + 0.02 * np.random.default_rng(seed).normal(size=count)))


def calm(*services: str, level: float = 0.1) -> list[Readings]:
    return [series(name, wobble(level, place)) for place, name in enumerate(services)] + [
        series(name, [100.0] * 60, Metric.TRAFFIC) for name in services
    ]


def struck(shifts: dict[str, float], level: float = 0.1) -> list[Readings]:
    found = []
    for place, (service, shift) in enumerate(shifts.items()):
        values = wobble(level, 100 + place, 10)
        values[4:] = [value + shift for value in values[4:] if value is not None]
        found += [series(service, values), series(service, [100.0] * 10, Metric.TRAFFIC)]
    return found


SERVICES = ("shop", "orders", "database", "mail")
SLOW_DATABASE = struck({"shop": 0.2, "orders": 0.2, "database": 0.2, "mail": 0.0})


def lines(ranking: SuspectRanking, service: str) -> dict[EvidenceKind, str]:
    found = next(one for one in ranking.candidates if one.service == service)
    return {line.kind: line.text for line in found.evidence}


def test_the_deepest_service_that_explains_the_symptom_comes_first() -> None:
    ranking = rank_suspects(CHAIN, SLOW_SHOP, calm(*SERVICES), SLOW_DATABASE)
    assert ranking.is_clear
    assert ranking.clear_suspect == "database"
    assert ranking.candidates[0].steps_from_symptom == 2
    assert ranking.candidates[0].score == pytest.approx(1.0, abs=0.1)


def test_a_middle_service_is_named_when_what_it_calls_is_calm() -> None:
    abnormal = struck({"shop": 0.2, "orders": 0.2, "database": 0.0, "mail": 0.0})
    assert rank_suspects(CHAIN, SLOW_SHOP, calm(*SERVICES), abnormal).clear_suspect == "orders"


def test_the_symptom_itself_is_named_when_nothing_below_it_moved() -> None:
    abnormal = struck({"shop": 0.2, "orders": 0.0, "database": 0.0, "mail": 0.0})
    assert rank_suspects(CHAIN, SLOW_SHOP, calm(*SERVICES), abnormal).clear_suspect == "shop"


def test_a_busy_callee_outweighs_a_rarely_called_one_that_is_slower_per_call() -> None:
    normal = [
        *calm("shop", "mail"),
        series("orders", wobble(0.1, 7)),
        series("orders", [1000.0] * 60, Metric.TRAFFIC),
    ]
    abnormal = struck({"shop": 0.5, "mail": 0.1})
    orders = struck({"orders": 0.04})
    abnormal += [orders[0], series("orders", [1000.0] * 10, Metric.TRAFFIC)]
    assert rank_suspects(CHAIN, SLOW_SHOP, normal, abnormal).candidates[0].service == "orders"


def test_slowness_that_no_call_leads_to_is_not_a_suspect() -> None:
    graph = CallGraph(calls=[*CHAIN.calls, ("billing", "ledger")])
    abnormal = [*SLOW_DATABASE, *struck({"ledger": 5.0})]
    ranking = rank_suspects(graph, SLOW_SHOP, calm(*SERVICES, "ledger"), abnormal)
    assert "ledger" not in [one.service for one in ranking.candidates]


def test_slowness_behind_a_call_nobody_waits_for_is_not_a_suspect() -> None:
    graph = CallGraph(calls=CHAIN.calls, asynchronous=[("shop", "mail")])
    abnormal = struck({"shop": 0.2, "orders": 0.2, "database": 0.0, "mail": 3.0})
    ranking = rank_suspects(graph, SLOW_SHOP, calm(*SERVICES), abnormal)
    assert ranking.clear_suspect == "orders"
    assert "mail" not in [one.service for one in ranking.candidates]


def test_there_is_no_clear_suspect_when_the_symptom_does_not_stand_out() -> None:
    quiet = struck(dict.fromkeys(SERVICES, 0.0))
    ranking = rank_suspects(CHAIN, SLOW_SHOP, calm(*SERVICES), quiet)
    assert not ranking.is_clear
    assert ranking.clear_suspect is None
    assert "does not stand out" in ranking.reasons[0]


def test_there_is_no_clear_suspect_when_two_scores_are_level() -> None:
    abnormal = struck({"shop": 0.4, "orders": 0.2, "database": 0.0, "mail": 0.2})
    ranking = rank_suspects(CHAIN, SLOW_SHOP, calm(*SERVICES), abnormal)
    assert not ranking.is_clear
    assert {one.service for one in ranking.candidates[:2]} == {"orders", "mail"}
    assert "level" in ranking.reasons[0]


def test_a_symptom_without_readings_gives_no_suspect_and_says_so() -> None:
    ranking = rank_suspects(CHAIN, SLOW_SHOP, calm("orders"), struck({"orders": 0.2}))
    assert not ranking.is_clear
    assert ranking.reasons == ("The symptom itself has no readings in its window: shop, latency.",)


def test_a_symptom_nobody_drew_in_the_graph_is_its_own_only_candidate() -> None:
    ranking = rank_suspects(CallGraph(calls=[]), SLOW_SHOP, calm("shop"), struck({"shop": 0.5}))
    assert [one.service for one in ranking.candidates] == ["shop"]


def test_errors_and_availability_in_share_or_percent_give_one_answer() -> None:
    def both(metric: Metric, before: float, during: float) -> SuspectRanking:
        normal = [series(name, [before] * 60, metric) for name in SERVICES]
        bad = [before] * 4 + [during] * 6
        failing = ("shop", "orders", "database")
        abnormal = [series(name, bad, metric) for name in failing]
        return rank_suspects(CHAIN, Symptom(service="shop", metric=metric), normal, abnormal)

    share = both(Metric.ERRORS, 0.0, 0.25)
    assert share.clear_suspect == "database"
    assert both(Metric.AVAILABILITY, 100.0, 75.0) == share
    assert both(Metric.AVAILABILITY, 1.0, 0.75) == share


def test_a_single_failed_call_is_not_a_symptom() -> None:
    normal = [
        series("shop", [0.0] * 60, Metric.ERRORS),
        series("shop", [100.0] * 60, Metric.TRAFFIC),
    ]
    abnormal = [
        series("shop", [0.0] * 5 + [0.01], Metric.ERRORS),
        series("shop", [100.0] * 6, Metric.TRAFFIC),
    ]
    symptom = Symptom(service="shop", metric=Metric.ERRORS)
    assert not rank_suspects(CHAIN, symptom, normal, abnormal).is_clear


def test_a_surge_of_traffic_is_traced_to_the_caller_that_sends_it() -> None:
    graph = CallGraph(calls=[("app", "shop"), ("partner", "shop"), ("shop", "orders")])
    normal = [
        series(name, wobble(100, place), Metric.TRAFFIC)
        for place, name in enumerate(("app", "partner", "shop"))
    ]
    surge = [100.0] * 4 + [400.0] * 6
    abnormal = [
        series("app", wobble(100, 9, 10), Metric.TRAFFIC),
        series("partner", surge, Metric.TRAFFIC),
        series("shop", surge, Metric.TRAFFIC),
    ]
    symptom = Symptom(service="shop", metric=Metric.TRAFFIC)
    assert rank_suspects(graph, symptom, normal, abnormal).clear_suspect == "partner"


def test_a_fall_of_traffic_is_traced_too() -> None:
    graph = CallGraph(calls=[("app", "shop")])
    normal = [
        series(name, wobble(100, place), Metric.TRAFFIC)
        for place, name in enumerate(("app", "shop"))
    ]
    abnormal = [series(name, [100.0] * 4 + [10.0] * 6, Metric.TRAFFIC) for name in ("app", "shop")]
    symptom = Symptom(service="shop", metric=Metric.TRAFFIC)
    assert rank_suspects(graph, symptom, normal, abnormal).clear_suspect == "app"


def test_a_service_without_readings_passes_the_explanation_on() -> None:
    normal, abnormal = calm("shop", "database"), struck({"shop": 0.2, "database": 0.2})
    assert rank_suspects(CHAIN, SLOW_SHOP, normal, abnormal).clear_suspect == "database"


def test_a_callee_without_readings_is_named_as_a_blind_spot() -> None:
    normal, abnormal = calm("shop", "orders"), struck({"shop": 0.2, "orders": 0.2})
    ranking = rank_suspects(CHAIN, SLOW_SHOP, normal, abnormal)
    assert ranking.clear_suspect == "orders"
    assert "no readings of database" in lines(ranking, "orders")[EvidenceKind.UNMEASURED]


def test_members_of_a_cycle_are_both_named_and_the_cycle_is_said() -> None:
    graph = CallGraph(calls=[("shop", "orders"), ("orders", "stock"), ("stock", "orders")])
    abnormal = struck({"shop": 0.2, "orders": 0.2, "stock": 0.2})
    ranking = rank_suspects(graph, SLOW_SHOP, calm("shop", "orders", "stock"), abnormal)
    assert {one.service for one in ranking.candidates[:2]} == {"orders", "stock"}
    assert "cycle with" in lines(ranking, "orders")[EvidenceKind.CYCLE]


def test_changes_alerts_and_edge_gaps_never_alter_a_score() -> None:
    normal = calm(*SERVICES)
    bare = rank_suspects(CHAIN, SLOW_SHOP, normal, SLOW_DATABASE)
    told = rank_suspects(
        CHAIN,
        SLOW_SHOP,
        normal,
        SLOW_DATABASE,
        [Change(service="mail", at=START + 200)],
        [Alert(service="shop", at=START + 250)],
        [_edge("orders", "database", growth=1.0)],
    )
    assert [(one.service, one.score, one.share) for one in told.candidates] == [
        (one.service, one.score, one.share) for one in bare.candidates
    ]


def test_a_change_orders_candidates_whose_scores_agree() -> None:
    normal = [series(name, [0.1] * 60) for name in ("shop", "left", "right")]
    graph = CallGraph(calls=[("shop", "left"), ("shop", "right")])
    bad = [0.1] * 4 + [0.3] * 6
    abnormal = [series("shop", [0.1] * 4 + [0.5] * 6), series("left", bad), series("right", bad)]

    def first(*changes: Change) -> str:
        ranking = rank_suspects(graph, SLOW_SHOP, normal, abnormal, changes)
        return ranking.candidates[0].service

    assert first() == "left"
    assert first(Change(service="right", at=START + 60)) == "right"
    assert first(Change(service="right", at=START + 6000)) == "left"


def test_every_circumstance_is_a_line_of_its_own_with_its_numbers() -> None:
    ranking = rank_suspects(
        CHAIN,
        SLOW_SHOP,
        calm(*SERVICES),
        SLOW_DATABASE,
        [Change(service="database", at=START + 120, summary="v42")],
        [Alert(service="shop", at=START + 300), Alert(service="database", at=START + 240)],
        [_edge("orders", "database", growth=0.05)],
    )
    told = lines(ranking, "database")
    assert told[EvidenceKind.CHANGE] == "Changed 2 min before the symptom (v42)."
    assert told[EvidenceKind.ALERT] == "Its alert fired first of all."
    assert "Between orders and it 50 ms more" in told[EvidenceKind.EDGE_GAP]
    assert (
        told[EvidenceKind.ONSET]
        == "First reading out of its noise at the same sample as the symptom."
    )
    assert "start here" in told[EvidenceKind.EXCESS]


def test_readings_may_come_unordered_unequally_spaced_and_with_holes() -> None:
    normal, tidy = calm(*SERVICES), SLOW_DATABASE
    shuffled = [
        Readings(
            service=one.service,
            metric=one.metric,
            times=[*reversed(one.times), START + 5, math.nan],
            values=[*reversed(one.values), None, math.inf],
        )
        for one in tidy
    ]
    assert rank_suspects(CHAIN, SLOW_SHOP, normal, shuffled) == rank_suspects(
        CHAIN, SLOW_SHOP, normal, tidy
    )


def test_constant_series_and_single_samples_are_enough_to_answer() -> None:
    normal = [series(name, [0.1]) for name in SERVICES]
    abnormal = [series(name, [0.3]) for name in ("shop", "orders")]
    ranking = rank_suspects(CHAIN, SLOW_SHOP, normal, abnormal)
    assert ranking.candidates[0].service == "orders"


def test_an_old_baseline_that_has_drifted_does_not_invent_suspects() -> None:
    normal = calm("shop", "orders", "database") + calm("mail", level=0.02)
    ranking = rank_suspects(CHAIN, SLOW_SHOP, normal, SLOW_DATABASE)
    assert ranking.candidates[0].service == "database"


def test_the_dependencies_of_a_catalogue_are_a_call_graph() -> None:
    graph = CallGraph.of(
        [
            Dependency(caller="shop", callee="orders"),
            Dependency(caller="shop", callee="mail", criticality=Criticality.ASYNC),
        ]
    )
    assert graph.calls == [("shop", "orders"), ("shop", "mail")]
    assert graph.asynchronous == [("shop", "mail")]


number = st.one_of(st.none(), st.floats(), st.floats(0, 10))
windows = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", "c", "d")),
        st.sampled_from(list(Metric)),
        st.lists(st.tuples(st.floats(0, 2e9) | st.floats(), number), max_size=8),
    ),
    max_size=10,
)
pairs = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=10)


@given(graph=pairs, normal=windows, abnormal=windows, metric=st.sampled_from(list(Metric)))
@settings(max_examples=150, deadline=None)
def test_whatever_comes_in_scores_are_shares_in_order_and_the_same_twice(
    graph: list[tuple[str, str]],
    normal: list[tuple[str, Metric, list[tuple[float, float | None]]]],
    abnormal: list[tuple[str, Metric, list[tuple[float, float | None]]]],
    metric: Metric,
) -> None:
    def ranked() -> SuspectRanking:
        return rank_suspects(
            CallGraph(calls=graph),
            Symptom(service="a", metric=metric),
            _readings(normal),
            _readings(abnormal),
        )

    ranking = ranked()
    scores = [one.score for one in ranking.candidates]
    assert all(0.0 < score <= 1.0 for score in scores)
    assert sum(one.share for one in ranking.candidates) <= 1.0 + 1e-9
    assert all(now >= after - 0.011 for now, after in pairwise(scores))
    assert ranking.reasons
    assert not (ranking.is_clear and not ranking.candidates)
    assert ranked() == ranking


@pytest.mark.parametrize("metric", [Metric.LATENCY, Metric.AVAILABILITY])
def test_simulated_faults_at_every_depth_are_found(metric: Metric) -> None:
    faults = [simulate(seed, metric=metric) for seed in range(30)]
    rankings = [rank_suspects(one.graph, one.symptom, one.normal, one.abnormal) for one in faults]
    found = [
        bool(ranking.candidates) and ranking.candidates[0].service == fault.cause
        for fault, ranking in zip(faults, rankings, strict=True)
    ]
    assert sum(found) / len(found) >= 0.9
    assert len({fault.depth for fault in faults}) >= 3


@pytest.mark.parametrize("metric", [Metric.LATENCY, Metric.AVAILABILITY])
def test_simulated_calm_windows_mostly_have_no_clear_suspect(metric: Metric) -> None:
    calms = [simulate(seed, metric=metric, broken=False) for seed in range(40)]
    clear = [
        rank_suspects(one.graph, one.symptom, one.normal, one.abnormal).is_clear for one in calms
    ]
    assert sum(clear) / len(clear) <= 0.2


def _edge(caller: str, callee: str, *, growth: float) -> EdgeLatency:
    return EdgeLatency(
        caller=caller,
        callee=callee,
        normal_seen_by_caller=0.11,
        normal_seen_by_callee=0.1,
        abnormal_seen_by_caller=0.31 + growth,
        abnormal_seen_by_callee=0.3,
    )


def _readings(
    windows: list[tuple[str, Metric, list[tuple[float, float | None]]]],
) -> list[Readings]:
    return [
        Readings(
            service=service,
            metric=metric,
            times=[time for time, _ in samples],
            values=[value for _, value in samples],
        )
        for service, metric, samples in windows
    ]
