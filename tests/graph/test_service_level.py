"""Objectives are read from words; burn rates and budgets follow the SRE workbook."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.graph.live_readings import ServiceNow
from app.graph.service_level import (
    RULES,
    Objective,
    Urgency,
    budget_of,
    objective_in,
    windows_of,
)

MONTH = timedelta(days=30)
THREE_NINES = Objective(target=0.999, window=MONTH)


@pytest.mark.parametrize(
    ("words", "target", "window"),
    [
        ("99.95% of orders in 30 days", 0.9995, MONTH),
        ("99.9 % over 28d", 0.999, timedelta(days=28)),
        ("99% of requests faster than 300 ms, 7 days", 0.99, timedelta(days=7)),
        ("99.5% a month", 0.995, MONTH),
        ("99.9% per quarter", 0.999, timedelta(days=90)),
        ("rolling 30-day availability of 99.9%", 0.999, MONTH),
        ("95% in 12 h", 0.95, timedelta(hours=12)),
    ],
)
def test_target_and_window_are_read_from_words(
    words: str, target: float, window: timedelta
) -> None:
    assert objective_in(words) == Objective(target=target, window=window)


@pytest.mark.parametrize(
    "words", ["", "best effort", "100% in 30 days", "0% of 30 days", "30 days"]
)
def test_words_without_a_target_are_no_objective(words: str) -> None:
    assert objective_in(words) is None


def test_a_window_that_nobody_named_is_assumed_and_said_to_be() -> None:
    found = objective_in("99.9% of requests")

    assert found == Objective(target=0.999, window=MONTH, is_window_assumed=True)


def test_the_rules_are_those_of_the_workbook_for_thirty_days() -> None:
    assert [round(rule.burn_rate(MONTH), 1) for rule in RULES] == [14.4, 6.0, 7.2 / 7.2]


def shares(**by_window: float) -> ServiceNow:
    """Shares of failed calls over `h1`, `m5` and so on."""
    units = {"m": 60, "h": 3600, "d": 86400}
    return ServiceNow(
        error_shares={int(key[1:]) * units[key[0]]: share for key, share in by_window.items()}
    )


def test_a_page_needs_the_long_window_and_the_short_one() -> None:
    both = budget_of(THREE_NINES, shares(h1=0.0145, m5=0.0145))
    is_over = budget_of(THREE_NINES, shares(h1=0.0145, m5=0.0))
    began = budget_of(THREE_NINES, shares(h1=0.001, m5=0.5))

    assert [one.urgency for one in (both, is_over, began) if one] == [
        Urgency.PAGE,
        Urgency.NONE,
        Urgency.NONE,
    ]


def test_a_slow_burn_is_worth_a_ticket() -> None:
    found = budget_of(THREE_NINES, shares(d3=0.002, h6=0.002, h1=0.002, m5=0.002))

    assert found is not None
    assert found.urgency is Urgency.TICKET


def test_what_is_left_of_the_budget_and_how_long_it_lasts() -> None:
    found = budget_of(THREE_NINES, shares(d30=0.0005, h1=0.01))

    assert found is not None
    assert found.remaining == pytest.approx(0.5)
    assert found.gone_in is not None
    assert found.gone_in / timedelta(days=1) == pytest.approx(1.5)


def test_an_overspent_budget_is_below_zero_and_gone() -> None:
    found = budget_of(THREE_NINES, shares(d30=0.003, h1=0.001))

    assert found is not None
    assert found.remaining == pytest.approx(-2.0)
    assert found.gone_in == timedelta()


def test_without_the_whole_window_nobody_knows_what_is_left() -> None:
    found = budget_of(THREE_NINES, shares(h1=0.01))

    assert found is not None
    assert (found.remaining, found.gone_in) == (None, None)
    assert budget_of(THREE_NINES, ServiceNow()) is None


def test_nothing_is_asked_without_an_objective() -> None:
    assert windows_of([]) == ()
    assert MONTH in windows_of([THREE_NINES])


@given(st.floats(0.5, 0.9999), st.floats(0, 1))
def test_burning_at_rate_one_for_the_whole_window_leaves_nothing(
    target: float, worse: float
) -> None:
    objective = Objective(target=target, window=MONTH)
    share = min(1.0, objective.budget * (1 + worse))

    found = budget_of(objective, ServiceNow(error_shares={30 * 86400: share}))

    assert found is not None
    assert found.remaining is not None
    assert found.remaining <= 1e-9
