"""What a supposition changes is told apart from what is expected anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.graph.forecast import CascadeForecast, ForecastStep, Likelihood
from app.graph.forecast.comparing import difference
from app.incident.kinds.signals import Health

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def step(
    service: str, minutes: float, likelihood: Likelihood = Likelihood.POSSIBLE
) -> ForecastStep:
    at = NOON + timedelta(minutes=minutes)
    return ForecastStep(
        service=service,
        health=Health.FAILING,
        earliest=at,
        latest=at + timedelta(minutes=5),
        likelihood=likelihood,
        path=(service,),
        reasons=(),
    )


def forecast(*steps: ForecastStep, later: float = 0.0) -> CascadeForecast:
    return CascadeForecast(
        as_of=NOON + timedelta(minutes=later),
        steps=steps,
        budgets=(),
        decisions=(),
        assumptions=(),
    )


def test_new_sooner_and_likelier_steps_are_worse():
    expected = forecast(step("same", 5), step("sooner", 30), step("likelier", 5))
    supposed = forecast(
        step("new", 3), step("same", 5), step("sooner", 10), step("likelier", 5, Likelihood.LIKELY)
    )

    found = difference(expected, supposed)

    assert [one.service for one in found.worse] == ["new", "sooner", "likelier"]
    assert (found.spared, found.unchanged) == ((), 1)


def test_steps_that_are_gone_or_later_are_spared_as_they_were_expected():
    expected = forecast(step("gone", 5), step("later", 10), step("same", 5))
    supposed = forecast(step("same", 5), step("later", 40))

    found = difference(expected, supposed)

    assert found.spared == (step("gone", 5), step("later", 10))
    assert (found.worse, found.unchanged) == ((), 1)


def test_forecasts_of_different_moments_are_compared_from_their_own():
    found = difference(forecast(step("a", 5)), forecast(step("a", 6), later=1.0))

    assert (found.worse, found.spared, found.unchanged) == ((), (), 1)
