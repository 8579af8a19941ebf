"""What changed shortly before the symptom counts where readings cannot tell, and no further."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph.suspects import Change, Metric, SuspectRanking, rank_suspects
from app.graph.suspects.evidence import CHANGE_COUNTS_SECONDS
from tests.graph.simulated_faults import SimulatedFault, blurred, simulate

SEEDS = range(40_000, 40_060)
BLUR = 0.3
"""Noise that leaves about one fault in three without a right first candidate."""


def badly_measured(seed: int) -> SimulatedFault:
    return blurred(simulate(seed, metric=Metric.LATENCY), seed, BLUR)


FAULTS = [badly_measured(seed) for seed in SEEDS]


def ranked(fault: SimulatedFault, changes: Sequence[Change] = ()) -> SuspectRanking:
    return rank_suspects(fault.graph, fault.symptom, fault.normal, fault.abnormal, changes)


def began(fault: SimulatedFault) -> float:
    """The first reading of the window in which something was broken."""
    return min(min(one.times) for one in fault.abnormal)


def names(fault: SimulatedFault) -> list[str]:
    return sorted({one for call in fault.graph.calls for one in call[:2]})


def first_is_right(rankings: Sequence[SuspectRanking]) -> int:
    return sum(
        bool(ranking.candidates) and ranking.candidates[0].service == fault.cause
        for fault, ranking in zip(FAULTS, rankings, strict=True)
    )


@pytest.fixture(scope="module")
def without() -> list[SuspectRanking]:
    """The rankings while nobody knows of a change."""
    return [ranked(fault) for fault in FAULTS]


def test_a_change_of_the_cause_just_before_raises_it_among_level_candidates(
    without: list[SuspectRanking],
) -> None:
    known = [
        ranked(fault, [Change(service=str(fault.cause), at=began(fault) - 180)])
        for fault in FAULTS
    ]

    assert first_is_right(known) > first_is_right(without)
    for fault, before, after in zip(FAULTS, without, known, strict=True):
        was = [one.service for one in before.candidates]
        now = [one.service for one in after.candidates]
        if fault.cause in was:
            assert now.index(str(fault.cause)) <= was.index(str(fault.cause))


def test_a_recent_change_of_what_does_not_explain_the_symptom_changes_nothing(
    without: list[SuspectRanking],
) -> None:
    for fault, before in zip(FAULTS, without, strict=True):
        candidates = {one.service for one in before.candidates}
        others = [one for one in names(fault) if one not in candidates]
        changes = [Change(service=one, at=began(fault) - 60) for one in (*others, "elsewhere")]

        assert ranked(fault, changes) == before


def test_recent_changes_all_over_the_estate_hardly_mislead(without: list[SuspectRanking]) -> None:
    chance = np.random.default_rng(1)
    misled = [
        ranked(
            fault,
            [
                Change(service=str(one), at=began(fault) - 180)
                for one in chance.choice([n for n in names(fault) if n != fault.cause], 4)
            ],
        )
        for fault in FAULTS
    ]

    assert first_is_right(misled) >= first_is_right(without) - 0.05 * len(FAULTS)


@pytest.mark.parametrize("lead", [CHANGE_COUNTS_SECONDS + 3600.0, -86_400.0])
def test_a_change_long_before_or_after_the_symptom_began_orders_nothing(
    without: list[SuspectRanking], lead: float
) -> None:
    for fault, before in zip(FAULTS, without, strict=True):
        last = [one.service for one in before.candidates][-1:]
        changes = [Change(service=one, at=began(fault) - lead) for one in last]

        order = [one.service for one in ranked(fault, changes).candidates]
        assert order == [one.service for one in before.candidates]


def test_a_change_raises_nothing_over_a_candidate_that_leads_clearly() -> None:
    for seed in range(40_100, 40_115):
        fault = simulate(seed, metric=Metric.LATENCY)
        before = ranked(fault)
        if before.is_clear:
            changes = [
                Change(service=one.service, at=began(fault) - 60) for one in before.candidates[1:]
            ]
            after = ranked(fault, changes)
            assert after.candidates[0].service == before.candidates[0].service
            assert after.is_clear


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(FAULTS[:10]), st.data())
def test_whatever_changed_no_score_moves(fault: SimulatedFault, data: st.DataObject) -> None:
    change = st.builds(
        Change,
        service=st.sampled_from(names(fault)),
        at=st.floats(began(fault) - 9000, began(fault) + 9000),
    )
    changes = data.draw(st.lists(change, max_size=6))

    def scores(ranking: SuspectRanking) -> dict[str, float]:
        return {one.service: one.score for one in ranking.candidates}

    assert scores(ranked(fault, changes)) == scores(ranked(fault))
