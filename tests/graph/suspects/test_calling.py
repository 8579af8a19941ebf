"""The ranking as strangers call it: by the documented example, and with readings that are off."""

from __future__ import annotations

import math
import re
import runpy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import networkx
import numpy as np
import pytest

from app.errors import InvalidInput
from app.graph.suspects import CallGraph, Metric, Readings, SuspectRanking, Symptom, rank_suspects
from tests.graph.simulated_faults import SimulatedFault, simulate

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "suspects.md"


@pytest.fixture(scope="module")
def fault() -> SimulatedFault:
    """A simulated fault that the ranking finds."""
    return simulate(3, metric=Metric.LATENCY)


def ranked(fault: SimulatedFault) -> SuspectRanking:
    """The ranking of a simulated fault."""
    return rank_suspects(fault.graph, fault.symptom, fault.normal, fault.abnormal)


def test_the_documented_example_runs_and_says_what_it_promises(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    example = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[0]

    (tmp_path / "example.py").write_text(example)
    runpy.run_path(str(tmp_path / "example.py"))

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("orders ")
    assert said[-1].startswith("orders (")


def test_a_graph_of_networkx_and_arrays_give_the_same_answer(fault: SimulatedFault) -> None:
    drawn = networkx.DiGraph()
    drawn.add_edges_from(fault.graph.calls)

    def as_arrays(window: list[Readings]) -> list[Readings]:
        return [replace(one, times=np.array(one.times), values=_array(one)) for one in window]

    again = rank_suspects(
        CallGraph(calls=list(drawn.edges)),
        fault.symptom,
        as_arrays(fault.normal),
        as_arrays(fault.abnormal),
    )

    assert again == ranked(fault)
    assert again.clear_suspect == fault.cause


def _array(one: Readings) -> Sequence[float | None]:
    numbers = [math.nan if value is None else value for value in one.values]
    return cast(Sequence[float | None], np.array(numbers))


def test_a_metric_may_be_given_by_its_word(fault: SimulatedFault) -> None:
    def by_word(window: list[Readings]) -> list[Readings]:
        return [replace(one, metric=cast(Metric, one.metric.value)) for one in window]

    symptom = Symptom(service=fault.symptom.service, metric=cast(Metric, "latency"))

    again = rank_suspects(fault.graph, symptom, by_word(fault.normal), by_word(fault.abnormal))

    assert again == ranked(fault)


def test_an_unknown_metric_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidInput, match="'cpu' is none of latency, availability"):
        Symptom(service="shop", metric=cast(Metric, "cpu"))


def test_times_and_values_of_unequal_length_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="shop latency: 2 times and 1 values"):
        Readings(service="shop", metric=Metric.LATENCY, times=[0.0, 60.0], values=[0.1])


@pytest.mark.parametrize(
    ("times", "values", "wanted"),
    [
        (["2026-03-09T14:00:00Z"], [0.1], "times in seconds since the epoch"),
        ([0.0], ["slow"], "numbers, None for no reading"),
    ],
)
def test_what_is_no_number_is_refused_by_name(
    times: list[float], values: list[float], wanted: str
) -> None:
    odd = Readings(service="shop", metric=Metric.LATENCY, times=times, values=values)

    with pytest.raises(InvalidInput, match=f"shop latency: not all {wanted}"):
        rank_suspects(
            CallGraph(calls=[]), Symptom(service="shop", metric=Metric.LATENCY), [], [odd]
        )


def test_a_series_in_pieces_is_the_series(fault: SimulatedFault) -> None:
    def cut(window: list[Readings]) -> list[Readings]:
        return [
            replace(one, times=one.times[part], values=one.values[part])
            for one in window
            for part in (slice(len(one.times) // 3, None), slice(len(one.times) // 3))
        ]

    again = rank_suspects(fault.graph, fault.symptom, cut(fault.normal), cut(fault.abnormal))

    assert again == ranked(fault)


def test_it_is_said_that_nobody_counted_calls(fault: SimulatedFault) -> None:
    uncounted = replace(
        fault,
        normal=[one for one in fault.normal if one.metric is not Metric.TRAFFIC],
        abnormal=[one for one in fault.abnormal if one.metric is not Metric.TRAFFIC],
    )

    assert any("Nobody counted calls" in one for one in ranked(uncounted).reasons)
    assert not any("Nobody counted calls" in one for one in ranked(fault).reasons)


def test_a_symptom_that_nobody_drew_is_named(fault: SimulatedFault) -> None:
    symptom = replace(fault.symptom, service="sohp")

    ranking = rank_suspects(fault.graph, symptom, fault.normal, fault.abnormal)

    assert not ranking.is_clear
    assert any("no readings in its window: sohp, latency" in one for one in ranking.reasons)
    assert any("names nothing that sohp calls" in one for one in ranking.reasons)


@pytest.mark.parametrize("metric", [Metric.LATENCY, Metric.ERRORS])
@pytest.mark.parametrize("harm", ["half of the services", "no calm window", "every fifth reading"])
def test_faults_are_found_with_much_of_the_readings_lost(metric: Metric, harm: str) -> None:
    found = []
    for seed in range(20):
        one = simulate(seed, metric=metric)
        chance = np.random.default_rng(seed)
        kept = {one.cause, one.symptom.service} | {
            service for service in _services(one) if chance.random() < 0.5
        }
        if harm == "half of the services":
            normal, abnormal = (
                [part for part in window if part.service in kept]
                for window in (one.normal, one.abnormal)
            )
        elif harm == "no calm window":
            normal, abnormal = [], one.abnormal
        else:
            normal, abnormal = (
                [_with_holes(part, chance) for part in window]
                for window in (one.normal, one.abnormal)
            )
        names = [
            candidate.service
            for candidate in rank_suspects(one.graph, one.symptom, normal, abnormal).candidates
        ]
        found.append(names[:1] == [one.cause])
    assert sum(found) / len(found) >= 0.85


def _services(fault: SimulatedFault) -> list[str]:
    return sorted({one.service for one in (*fault.normal, *fault.abnormal)})


def _with_holes(one: Readings, chance: np.random.Generator) -> Readings:
    return replace(one, values=[None if chance.random() < 0.2 else value for value in one.values])
