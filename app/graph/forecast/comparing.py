"""What a supposition changes: the steps it adds or hastens, and those it spares or delays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.graph.forecast.result import CascadeForecast, ForecastStep, Likelihood
from app.incident.kinds.signals import Health

NOTICEABLE = timedelta(minutes=1)
"""A step that comes less than this sooner or later comes at the same time."""

_ORDER = list(Likelihood)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`worse` are steps that are new, sooner or likelier; `spared` are gone, later or less likely.

    Steps of `spared` are as they were without the supposition.  `unchanged` counts the others.
    """

    worse: tuple[ForecastStep, ...]
    spared: tuple[ForecastStep, ...]
    unchanged: int


def difference(expected: CascadeForecast, supposed: CascadeForecast) -> Difference:
    """What `supposed` says otherwise than `expected`, each counted from its own moment."""
    before, after = _steps(expected), _steps(supposed)
    worse = tuple(
        step
        for key, step in after.items()
        if key not in before
        or _is_worse(_offset(step, supposed), _offset(before[key], expected), step, before[key])
    )
    spared = tuple(
        step
        for key, step in before.items()
        if key not in after
        or _is_worse(_offset(step, expected), _offset(after[key], supposed), step, after[key])
    )
    changed = {_key(one) for one in (*worse, *spared)}
    return Difference(
        worse=worse, spared=spared, unchanged=sum(one not in changed for one in after)
    )


def _steps(forecast: CascadeForecast) -> dict[tuple[str, Health], ForecastStep]:
    found: dict[tuple[str, Health], ForecastStep] = {}
    for step in forecast.steps:
        found.setdefault(_key(step), step)
    return found


def _key(step: ForecastStep) -> tuple[str, Health]:
    return step.service, step.health


def _offset(step: ForecastStep, forecast: CascadeForecast) -> timedelta:
    return step.earliest - forecast.as_of


def _is_worse(
    offset: timedelta, other_offset: timedelta, step: ForecastStep, other: ForecastStep
) -> bool:
    """Whether a step comes noticeably sooner than the other, or is likelier at no later time."""
    if abs(offset - other_offset) >= NOTICEABLE:
        return offset < other_offset
    return _ORDER.index(step.likelihood) < _ORDER.index(other.likelihood)
