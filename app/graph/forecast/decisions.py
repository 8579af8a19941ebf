"""Which decisions would cut a cascade, found by forecasting again as if each had been taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.graph.catalog import Criticality
from app.graph.forecast.inputs import Call, Condition
from app.graph.forecast.result import CutDecision, DecisionKind, ForecastStep
from app.graph.forecast.spread import SEVERITY

Forecaster = Callable[[Sequence[Call], Mapping[str, Condition]], tuple[ForecastStep, ...]]
"""Forecasts from these calls and conditions, everything else being equal."""

MOST_TRIED = 24
"""Decisions are tried in the order in which their step is expected; later ones can wait."""


@dataclass(frozen=True, slots=True)
class _Option:
    kind: DecisionKind
    caller: str
    callee: str
    text: str
    price: str
    calls: Sequence[Call]
    conditions: Mapping[str, Condition]


def find_decisions(
    calls: Sequence[Call],
    conditions: Mapping[str, Condition],
    steps: Sequence[ForecastStep],
    forecast: Forecaster,
) -> tuple[CutDecision, ...]:
    """The decisions that help, most effective first; one that changes nothing is left out."""
    found = []
    for option in _options(calls, conditions, steps)[:MOST_TRIED]:
        decision = _judged(option, steps, forecast(option.calls, option.conditions))
        if decision.avoids or decision.softens or decision.delays:
            found.append(decision)
    return tuple(sorted(found, key=_usefulness))


def _usefulness(decision: CutDecision) -> tuple[int, int, int, str, str, str]:
    return (
        -len(decision.avoids),
        -len(decision.softens),
        -len(decision.delays),
        decision.caller,
        decision.callee,
        decision.kind.value,
    )


def _judged(
    option: _Option, before: Sequence[ForecastStep], after: Sequence[ForecastStep]
) -> CutDecision:
    """The option with what differs between the forecasts without and with it."""
    expected, left = _worst(before), _worst(after)
    avoids = sorted(one for one in expected if one not in left)
    softens = sorted(one for one, bad in expected.items() if 0 < left.get(one, 0) < bad)
    return CutDecision(
        kind=option.kind,
        caller=option.caller,
        callee=option.callee,
        text=option.text,
        price=option.price,
        avoids=tuple(avoids),
        softens=tuple(softens),
        delays=_later(before, after, besides={*avoids, *softens}),
    )


def _worst(steps: Sequence[ForecastStep]) -> dict[str, int]:
    worst: dict[str, int] = {}
    for step in steps:
        worst[step.service] = max(worst.get(step.service, 0), SEVERITY[step.health])
    return worst


def _later(
    before: Sequence[ForecastStep], after: Sequence[ForecastStep], *, besides: set[str]
) -> tuple[str, ...]:
    was = {(step.service, step.health): step.earliest for step in before}
    later = {
        step.service
        for step in after
        if was.get((step.service, step.health), step.earliest) < step.earliest
    }
    return tuple(sorted(later - besides))


def _options(
    calls: Sequence[Call], conditions: Mapping[str, Condition], steps: Sequence[ForecastStep]
) -> list[_Option]:
    by_pair = {(call.caller, call.callee): call for call in calls}
    options: dict[tuple[str, str, DecisionKind], _Option] = {}
    for step in steps:
        if len(options) >= MOST_TRIED:
            break
        if len(step.path) > 1:
            call = by_pair[(step.path[-1], step.path[-2])]
            option = _cut(call, calls, conditions)
            options.setdefault((option.caller, option.callee, option.kind), option)
        for option in _sheddings(step.service, calls, conditions):
            options.setdefault((option.caller, option.callee, option.kind), option)
    return list(options.values())


def _cut(call: Call, calls: Sequence[Call], conditions: Mapping[str, Condition]) -> _Option:
    match call.criticality:
        case Criticality.HARD:
            kind = DecisionKind.BREAK_CIRCUIT
            text = f"Break the circuit from {call.caller} to {call.callee}"
            price = f"What {call.caller} needs {call.callee} for is refused at once"
        case Criticality.SOFT:
            kind = DecisionKind.TURN_OFF_FEATURE
            text = f"Turn off what {call.caller} asks {call.callee} for"
            price = "That feature is gone until it is turned on again"
        case Criticality.ASYNC:
            kind = DecisionKind.PAUSE_PRODUCER
            text = f"Pause what {call.caller} hands to {call.callee}"
            price = "That work waits and has to be caught up on"
    changed = [kept for one in calls for kept in _without(one, call)]
    return _Option(kind, call.caller, call.callee, text, price, changed, conditions)


def _without(one: Call, cut: Call) -> tuple[Call, ...]:
    """A broken circuit spares the caller's capacity, not the function: it still degrades."""
    if one is not cut:
        return (one,)
    hard = one.criticality is Criticality.HARD
    return (replace(one, criticality=Criticality.SOFT),) if hard else ()


def _sheddings(
    service: str, calls: Sequence[Call], conditions: Mapping[str, Condition]
) -> list[_Option]:
    """Turning away the caller that sends most to a service that is filling up."""
    condition = conditions.get(service)
    if condition is None or condition.minutes_to_full is None:
        return []
    senders = [call for call in calls if call.callee == service and call.rate]
    total = sum(call.rate or 0.0 for call in senders)
    if total <= 0:
        return []
    most = max(senders, key=lambda call: (call.rate or 0.0, call.caller))
    part = (most.rate or 0.0) / total
    # Cautious: what fills a limit is the load beyond what is worked off, which falls by more than
    # this share of it.
    eased = replace(condition, saturation_growth=(condition.saturation_growth or 0.0) * (1 - part))
    return [
        _Option(
            DecisionKind.SHED_CALLER,
            most.caller,
            service,
            f"Shed the calls of {most.caller} to {service}",
            f"{most.caller} is turned away: {part:.0%} of the calls to {service}, "
            f"{most.rate or 0:.3g} per second",
            calls,
            {**conditions, service: eased},
        )
    ]
