"""How long trouble takes from a callee to its caller: measured, else seen, else assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.graph.catalog import Criticality
from app.graph.forecast.inputs import Call, Condition
from app.graph.forecast.result import Likelihood
from app.incident.kinds.signals import Health

IN_TROUBLE = frozenset({Health.DEGRADED, Health.FAILING})

ASSUMED_MINUTES: Mapping[Criticality, tuple[float, float]] = {
    Criticality.HARD: (0.5, 5.0),
    Criticality.SOFT: (2.0, 20.0),
    Criticality.ASYNC: (10.0, 120.0),
}
"""Used until the incident itself shows how fast it spreads.  Wide on purpose: a caller fails
within a few timeouts, a degraded one is noticed later, a backlog takes as long as its queue."""

LIKELIHOOD: Mapping[Criticality, Likelihood] = {
    Criticality.HARD: Likelihood.LIKELY,
    Criticality.SOFT: Likelihood.POSSIBLE,
    Criticality.ASYNC: Likelihood.REMOTE,
}

GROWTH_FACTOR = 2.0
"""A growth measured over minutes is trusted within this factor, either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Minutes from trouble at a callee to trouble at its caller.

    `from_now` says that they count from now and not from when the callee's trouble began.
    """

    low: float
    high: float
    from_now: bool
    likelihood: Likelihood
    reason: str


@dataclass(frozen=True, slots=True)
class SeenDelays:
    """Delays that this incident has shown, in minutes, ascending, by criticality."""

    minutes: Mapping[Criticality, tuple[float, ...]]

    def range_of(self, criticality: Criticality) -> tuple[float, float] | None:
        """Shortest and longest; one delay alone is trusted within a factor of two."""
        seen = self.minutes.get(criticality, ())
        if not seen:
            return None
        if len(seen) == 1:
            return seen[0] / GROWTH_FACTOR, seen[0] * GROWTH_FACTOR
        return seen[0], seen[-1]


def seen_delays(calls: Iterable[Call], conditions: Mapping[str, Condition]) -> SeenDelays:
    """Read the pace of this incident from callers that followed their callee into trouble.

    A caller that depends on several troubled callees is counted from the latest of them that
    was before it, which is the one that can have pulled it down.
    """
    before: dict[str, tuple[float, Criticality]] = {}
    for call in calls:
        delay = _delay(conditions.get(call.callee), conditions.get(call.caller))
        if delay is not None and (call.caller not in before or delay < before[call.caller][0]):
            before[call.caller] = (delay, call.criticality)
    found: dict[Criticality, list[float]] = {}
    for delay, criticality in before.values():
        found.setdefault(criticality, []).append(delay)
    return SeenDelays({one: tuple(sorted(delays)) for one, delays in found.items()})


def _delay(callee: Condition | None, caller: Condition | None) -> float | None:
    if callee is None or caller is None or callee.since is None or caller.since is None:
        return None
    if callee.health not in IN_TROUBLE or caller.health not in IN_TROUBLE:
        return None
    minutes = (caller.since - callee.since).total_seconds() / 60
    return minutes if minutes > 0 else None


def delay_of(call: Call, conditions: Mapping[str, Condition], seen: SeenDelays) -> Delay:
    """How long trouble at the callee takes to reach the caller, and why we think so.

    What fills up while the callee is in trouble is the caller itself, or for work that nobody
    waits for the queue that is called.
    """
    fills = call.callee if call.criticality is Criticality.ASYNC else call.caller
    condition = conditions.get(fills)
    minutes = condition.minutes_to_full if condition is not None else None
    if condition is not None and minutes is not None:
        return Delay(
            low=minutes / GROWTH_FACTOR,
            high=minutes * GROWTH_FACTOR,
            from_now=True,
            likelihood=Likelihood.LIKELY,
            reason=filling(condition),
        )
    shown = seen.range_of(call.criticality)
    low, high = shown or ASSUMED_MINUTES[call.criticality]
    span = spell(low) if spell(low) == spell(high) else f"{spell(low)} to {spell(high)}"
    basis = (
        f"so far in this incident such dependencies took {span} to spread"
        if shown
        else f"nothing spread this way yet in this incident; {spell(low)} to {spell(high)} is "
        "assumed"
    )
    return Delay(
        low=low,
        high=high,
        from_now=False,
        likelihood=LIKELIHOOD[call.criticality],
        reason=f"{basis[0].upper()}{basis[1:]}.",
    )


def filling(condition: Condition) -> str:
    """The sentence about a limit that is being used up."""
    return (
        f"{condition.service} is {condition.saturation or 0:.0%} full and grows by "
        f"{condition.saturation_growth or 0:.1%} per minute."
    )


def spell(minutes: float) -> str:
    """A length of time as people say it."""
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
