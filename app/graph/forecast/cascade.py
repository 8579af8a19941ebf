"""The cascade forecast: what fails next, roughly when, and which decision would cut it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.graph.forecast.decisions import find_decisions
from app.graph.forecast.delays import GROWTH_FACTOR, seen_delays
from app.graph.forecast.inputs import Call, Condition
from app.graph.forecast.result import BudgetForecast, CascadeForecast, ForecastStep
from app.graph.forecast.spread import calls_within_reach, spread
from app.incident.kinds.signals import Health

HORIZON = timedelta(hours=2)
"""Beyond this the ranges are too wide to act on."""

BUDGET_WINDOW = timedelta(days=30)
"""Error budgets are usually counted over this long; by then it has been renewed."""

ASSUMPTIONS = (
    "Nobody does anything and no fallback works that is not drawn as a soft dependency.",
    "A growth or a single delay is trusted within a factor of two.",
    "Where this incident has not shown how fast trouble spreads, wide usual delays are assumed.",
)


def forecast_cascade(
    calls: Iterable[Call],
    conditions: Iterable[Condition],
    *,
    now: datetime,
    horizon: timedelta = HORIZON,
    hypothesis: str = "",
) -> CascadeForecast:
    """What is expected to get worse within `horizon` of `now` (aware UTC), and what would cut it.

    Trouble spreads from a callee to its caller: a hard dependency passes on the callee's health,
    a soft or asynchronous one degrades the caller of a failing callee.  How long it takes is
    measured on what fills up if its saturation is known, else taken from the delays this incident
    has shown, else assumed.  A service without a condition is taken to be normal.  Equal inputs
    in any order give equal forecasts.
    """
    ordered = sorted(calls, key=lambda one: (one.caller, one.callee, one.criticality.value))
    known = {one.service: one for one in conditions}
    seen = seen_delays(ordered, known)

    def expect(
        changed: Sequence[Call], supposed: Mapping[str, Condition]
    ) -> tuple[ForecastStep, ...]:
        return spread(changed, supposed, seen, now=now, horizon=horizon)

    reachable = calls_within_reach(ordered, known)
    steps = expect(reachable, known)
    return CascadeForecast(
        as_of=now,
        steps=steps,
        budgets=_budgets(known, now),
        decisions=find_decisions(reachable, known, steps, expect),
        assumptions=ASSUMPTIONS,
        hypothesis=hypothesis,
    )


def what_if(
    calls: Iterable[Call],
    conditions: Iterable[Condition],
    service: str,
    health: Health,
    *,
    now: datetime,
    horizon: timedelta = HORIZON,
) -> CascadeForecast:
    """The forecast if `service` were `health` from now on; everything else as it is.

    Supposing a service to be normal shows what its recovery alone would spare.
    """
    known = {one.service: one for one in conditions}
    told = known.get(service, Condition(service=service))
    known[service] = replace(told, health=health, since=now)
    if health is Health.NORMAL:
        known[service] = replace(known[service], saturation_growth=None)
    return forecast_cascade(
        calls,
        known.values(),
        now=now,
        horizon=horizon,
        hypothesis=f"What if {service} were {health.value.replace('_', ' ')}",
    )


def _budgets(conditions: Mapping[str, Condition], now: datetime) -> tuple[BudgetForecast, ...]:
    found = [_budget(conditions[name], now) for name in sorted(conditions)]
    known = [one for one in found if one is not None]
    return tuple(sorted(known, key=lambda one: (one.earliest, one.service)))


def _budget(condition: Condition, now: datetime) -> BudgetForecast | None:
    left, burn = condition.budget_left, condition.budget_burn
    if left is None or burn is None or not math.isfinite(left) or not burn > 0:
        return None
    hours = max(0.0, left) / burn
    if hours / GROWTH_FACTOR * 3600 > BUDGET_WINDOW.total_seconds():
        return None
    return BudgetForecast(
        service=condition.service,
        earliest=now + timedelta(hours=hours / GROWTH_FACTOR),
        latest=now + timedelta(hours=hours * GROWTH_FACTOR),
        reason=f"{max(0.0, left):.0%} of the error budget of {condition.service} is left and "
        f"{burn:.0%} of it goes per hour.",
    )
