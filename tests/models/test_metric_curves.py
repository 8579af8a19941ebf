"""The curves of the metric sheet as values: their span, their points, their words."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.incident.projections.signals import Indicator, Sample
from app.incident.state import BEFORE_ANYTHING
from app.models.metric_curves import (
    LONGEST,
    MOST_POINTS,
    SHORTEST,
    Curve,
    MarkKind,
    Span,
    indicator_curve,
    marks_of,
    span_of,
    steps_to,
    thinned,
    with_gaps,
)
from tests.views.checkout_incident import NOW, at, checkout_state

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=MOST_POINTS * 3))
def test_thinning_keeps_extremes_ends_and_order(values: list[float]) -> None:
    points = [(float(place), value) for place, value in enumerate(values)]

    kept = thinned(points)

    assert len(kept) <= MOST_POINTS
    assert list(kept) == sorted(kept)
    assert set(kept) <= set(points)
    assert kept[-1] == points[-1]
    assert max(value for _, value in kept) == max(values)
    assert min(value for _, value in kept) == min(values)


@given(st.floats(1e-6, 1e9), st.integers(1, 4))
def test_an_axis_has_as_many_round_steps_as_find_room(highest: float, most: int) -> None:
    steps = steps_to(highest, most)

    assert 2 <= len(steps) <= most + 1
    assert steps[0] == 0.0
    assert steps[-1] <= highest * (1 + 1e-6)


@given(st.floats(1e-6, 1e9), st.floats(-1e9, -1e-6), st.integers(1, 4))
def test_an_axis_with_values_below_zero_counts_from_zero_both_ways(
    highest: float, lowest: float, most: int
) -> None:
    steps = steps_to(highest, most, lowest)

    assert 0.0 in steps
    assert len(steps) <= most + 1
    assert list(steps) == sorted(set(steps))
    assert steps[0] >= lowest * (1 + 1e-6)
    assert steps[-1] <= highest * (1 + 1e-6)


def test_an_axis_below_zero_alone_is_numbered() -> None:
    assert steps_to(0.0, 2, -40.0) == (-40.0, -20.0, 0.0)


@pytest.mark.parametrize("highest", [0.0, 5e-324])
def test_an_axis_without_height_still_has_steps(highest: float) -> None:
    assert steps_to(highest) == (0.0, 1.0)


def test_a_line_breaks_where_nobody_measured() -> None:
    curve = Curve(title="Latency", unit="ms", points=((0.0, 1.0), (60.0, 2.0), (900.0, 3.0)))

    times, values = with_gaps(curve)

    assert times == [0.0, 60.0, 900.0, 900.0]
    assert [math.isnan(value) for value in values] == [False, False, True, False]
    assert curve.at(120.0) == 2.0
    assert curve.at(880.0) is None
    assert curve.at(-1.0) is None


def test_a_span_goes_back_to_what_is_known_first_but_not_for_ever() -> None:
    state = checkout_state()

    assert span_of(state, NOW).start <= at("13:37")
    assert span_of(state, NOW + timedelta(days=1)).start == NOW + timedelta(days=1) - LONGEST
    assert span_of(BEFORE_ANYTHING, NOW).start == NOW - SHORTEST


def test_an_indicator_shows_what_lies_in_the_span() -> None:
    samples = tuple(
        Sample(at=NOON + timedelta(minutes=place), value=value)
        for place, value in enumerate((1.0, math.nan, 3.0, 4.0))
    )
    span = Span(start=NOON, end=NOON + timedelta(minutes=2))

    curve = indicator_curve(Indicator(name="Errors", unit="%", samples=samples), span)

    assert [value for _, value in curve.points] == [1.0, 3.0]
    assert curve.newest == (span.end.timestamp(), 3.0)


def test_marks_are_alerts_changes_and_decisions_newest_first() -> None:
    marks = marks_of(checkout_state(), Span(start=at("13:30"), end=NOW))

    assert {one.kind for one in marks} == set(MarkKind)
    assert [one.at for one in marks] == sorted((one.at for one in marks), reverse=True)


def test_values_read_with_their_unit() -> None:
    assert Curve(title="", unit="%").value_words(41.0) == "41%"
    assert Curve(title="", unit="ms").value_words(1234.5) == "1,234 ms"
    assert Curve(title="", unit="").value_words(0.25) == "0.25"
