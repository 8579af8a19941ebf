"""Lets trouble spread along the calls, soonest first, and notes every step with its reasons."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.graph.catalog import Criticality
from app.graph.forecast.delays import GROWTH_FACTOR, Delay, SeenDelays, delay_of, filling, spell
from app.graph.forecast.inputs import Call, Condition
from app.graph.forecast.result import ForecastStep, Likelihood
from app.incident.kinds.signals import Health

SEVERITY: Mapping[Health, int] = {Health.DEGRADED: 1, Health.FAILING: 2}
"""How bad a health is for others; any other health does no harm."""

_FIRM_STEPS = 2
_ORDER = tuple(Likelihood)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """A service in trouble from between two moments on, now or later; minutes from now."""

    service: str
    health: Health
    low: float
    high: float
    likelihood: Likelihood
    path: tuple[str, ...]
    reasons: tuple[str, ...]
    is_now: bool = False

    def __lt__(self, other: _Trouble) -> bool:
        return self.order < other.order

    @property
    def order(self) -> tuple[float, int, int, str, tuple[str, ...]]:
        middle = (self.low + self.high) / 2
        # Of equals the worse first, then the one that a troubled service explains.
        return (middle, -SEVERITY[self.health], -len(self.path), self.service, self.path)


def spread(
    calls: Sequence[Call],
    conditions: Mapping[str, Condition],
    seen: SeenDelays,
    *,
    now: datetime,
    horizon: timedelta,
) -> tuple[ForecastStep, ...]:
    """Every service expected to get worse within the horizon, soonest first.

    A service that first degrades and later fails has two steps.
    """
    callers: dict[str, list[Call]] = {}
    for call in calls:
        if call.caller != call.callee and call.rate != 0:
            callers.setdefault(call.callee, []).append(call)
    reached = {name: SEVERITY.get(one.health, 0) for name, one in conditions.items()}
    queue = sorted(_starts(conditions, now))
    steps: list[ForecastStep] = []
    while queue:
        trouble = heapq.heappop(queue)
        if trouble.low * 60 > horizon.total_seconds():
            continue
        if not trouble.is_now:
            if SEVERITY[trouble.health] <= reached.get(trouble.service, 0):
                continue
            reached[trouble.service] = SEVERITY[trouble.health]
            steps.append(_step(trouble, now))
        for call in callers.get(trouble.service, ()):
            following = _following(trouble, call, delay_of(call, conditions, seen))
            if following is not None:
                heapq.heappush(queue, following)
    return tuple(steps)


def calls_within_reach(
    calls: Sequence[Call], conditions: Mapping[str, Condition]
) -> tuple[Call, ...]:
    """The calls that trouble can travel along at all, in the order given."""
    callers: dict[str, list[str]] = {}
    for call in calls:
        callers.setdefault(call.callee, []).append(call.caller)
    reached = {
        name
        for name, one in conditions.items()
        if one.health in SEVERITY or one.minutes_to_full is not None
    }
    waiting = list(reached)
    while waiting:
        for caller in callers.get(waiting.pop(), ()):
            if caller not in reached:
                reached.add(caller)
                waiting.append(caller)
    return tuple(call for call in calls if call.callee in reached)


def _starts(conditions: Mapping[str, Condition], now: datetime) -> list[_Trouble]:
    """What is in trouble now, and what will be by filling up by itself."""
    starts = []
    for name in sorted(conditions):
        condition = conditions[name]
        if condition.health in SEVERITY:
            ago = (now - condition.since).total_seconds() / 60 if condition.since else 0.0
            starts.append(
                _Trouble(
                    service=name,
                    health=condition.health,
                    low=-max(0.0, ago),
                    high=-max(0.0, ago),
                    likelihood=Likelihood.LIKELY,
                    path=(name,),
                    reasons=(),
                    is_now=True,
                )
            )
        starts.extend(_exhaustion(condition))
    return starts


def _exhaustion(condition: Condition) -> list[_Trouble]:
    minutes = condition.minutes_to_full
    if minutes is None or condition.health is Health.FAILING:
        return []
    return [
        _Trouble(
            service=condition.service,
            health=Health.FAILING,
            low=minutes / GROWTH_FACTOR,
            high=minutes * GROWTH_FACTOR,
            likelihood=Likelihood.LIKELY,
            path=(condition.service,),
            reasons=(filling(condition),),
        )
    ]


def _following(trouble: _Trouble, call: Call, delay: Delay) -> _Trouble | None:
    health = _effect(trouble.health, call.criticality)
    if health is None or call.caller in trouble.path:
        return None
    low, high, held = _arrival(trouble, delay)
    likelihood = _weaker(trouble.likelihood, delay.likelihood)
    if held or len(trouble.path) > _FIRM_STEPS:
        likelihood = _ORDER[min(_ORDER.index(likelihood) + 1, len(_ORDER) - 1)]
    return _Trouble(
        service=call.caller,
        health=health,
        low=low,
        high=high,
        likelihood=likelihood,
        path=(*trouble.path, call.caller),
        reasons=(*trouble.reasons, _argument(call, trouble.health), delay.reason, *held),
    )


def _arrival(trouble: _Trouble, delay: Delay) -> tuple[float, float, tuple[str, ...]]:
    """When it arrives, and a reason for doubt if it should have arrived already."""
    if delay.from_now:
        return max(trouble.low, 0.0) + delay.low, max(trouble.high, 0.0) + delay.high, ()
    low, high = trouble.low + delay.low, trouble.high + delay.high
    if high >= 0:
        return max(0.0, low), high, ()
    overdue = f"It has held {spell(-high)} longer than that already, which speaks against it."
    return 0.0, delay.high, (overdue,)


def _effect(health: Health, criticality: Criticality) -> Health | None:
    if criticality is Criticality.HARD:
        return health
    return Health.DEGRADED if health is Health.FAILING else None


def _weaker(one: Likelihood, other: Likelihood) -> Likelihood:
    return max(one, other, key=_ORDER.index)


def _argument(call: Call, health: Health) -> str:
    why = {
        Criticality.HARD: "cannot work without it",
        Criticality.SOFT: "gets by without it, but worse",
        Criticality.ASYNC: "piles up work for it",
    }[call.criticality]
    failing = f"; {call.error_ratio:.0%} of these calls fail" if call.error_ratio else ""
    return f"{call.caller} calls {call.callee} ({health.value}) and {why}{failing}."


def _step(trouble: _Trouble, now: datetime) -> ForecastStep:
    return ForecastStep(
        service=trouble.service,
        health=trouble.health,
        earliest=now + timedelta(minutes=trouble.low),
        latest=now + timedelta(minutes=trouble.high),
        likelihood=trouble.likelihood,
        path=trouble.path,
        reasons=trouble.reasons,
    )
