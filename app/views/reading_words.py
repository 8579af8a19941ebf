"""What is measured now, in words: of a service, of its calls, and of its service level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.graph.catalog import Service
from app.graph.live_readings import (
    CallReading,
    Live,
    SourceReadings,
    calls_with,
    service_now,
)
from app.graph.service_graph import ServiceGraph
from app.graph.service_level import RULES, BudgetState, Urgency, budget_of, objective_in
from app.incident.kinds.signals import Health
from app.models.finding_model import Finding
from app.views.times import TimeDisplay

MOST_CALLS = 12
"""So many calls are listed in each direction; the rest is counted."""

NEARLY_FULL = 0.8
"""From this share in use the inspector names saturation."""

_ILL = (Health.FAILING, Health.DEGRADED)
_MILLISECONDS = 1000.0
_LONG = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The last readings of every source, looked at `now` (aware UTC).

    `is_past` says that `now` is a moment looked back at, of which no readings are kept.
    """

    live: Live
    now: datetime
    times: TimeDisplay
    is_past: bool = False

    def origin(self, source: SourceReadings) -> str:
        """ "prometheus, 14:36", or that this is old."""
        at = self.times.minute(source.at)
        if source.is_live(self.now):
            return f"{source.source}, {at}"
        return f"as of {at}, {source.source} stopped"

    def call(
        self, words: str, service: str, found: tuple[CallReading, SourceReadings] | None
    ) -> Finding:
        """A line for a call that is described by `words`; it leads to `service`."""
        if found is None:
            return Finding(text=words, service=service)
        reading, source = found
        numbers = rate_words(reading.rate, reading.error_ratio, reading.latency)
        is_live = source.is_live(self.now)
        text = f"{words}: {numbers}" if is_live else f"{words}: {numbers}; {self.origin(source)}"
        return Finding(text=text, service=service, is_warning=is_live and _is_ill(found))


def rate_words(rate: float | None, error_ratio: float | None, latency: float | None) -> str:
    """ "20 calls/s, 50% err, 310 ms"; empty when nothing is measured."""
    parts = []
    if rate is not None:
        parts.append(f"{rate:,.3g} calls/s" if rate < _MILLISECONDS else f"{rate:,.0f} calls/s")
    if error_ratio is not None:
        parts.append(f"{_percent(error_ratio)} err")
    if latency is not None:
        is_short = latency < 1.0
        parts.append(f"{latency * _MILLISECONDS:.0f} ms" if is_short else f"{latency:.1f} s")
    return ", ".join(parts)


NOT_LOGGED = "Rates, errors, latency and burn of that time are not known: the log has none"
"""What a moment of the past says where measurements would stand."""


def service_lines(service: str, measured: Measured) -> Iterator[Finding]:
    """Rate, errors, latency and saturation of a service, and who measured them when."""
    if measured.is_past:
        yield Finding(text=NOT_LOGGED)
    found = service_now(measured.live, service)
    if found is None:
        return
    reading, source = found
    words = rate_words(reading.rate, reading.error_ratio, reading.latency)
    if reading.saturation is not None:
        used = f"{_percent(reading.saturation)} saturated"
        words = f"{words}, {used}" if words else used
    if words:
        yield Finding(text=f"{words}; {measured.origin(source)}")


def call_lines(service: str, graph: ServiceGraph, measured: Measured) -> Iterator[Finding]:
    """What the service calls and then who calls it, the worst first, each with its numbers."""
    number = graph.number_of(service)
    if number is None:
        return
    for side in (graph.callees, graph.callers):
        numbers = side.dependency[side.start[number] : side.start[number + 1]].tolist()
        links = {
            (one.caller, one.callee): one for one in map(graph.dependencies.__getitem__, numbers)
        }
        known = calls_with(measured.live, links)
        listed = sorted(links, key=lambda pair: (not _is_ill(known.get(pair)), pair))
        for pair in listed[:MOST_CALLS]:
            caller, callee = (graph.services[graph.index[one]].name for one in pair)
            words = f"{caller} calls {callee}, {links[pair].criticality.value}"
            other = pair[1] if pair[0] == service else pair[0]
            yield measured.call(words, other, known.get(pair))
        if len(listed) > MOST_CALLS:
            yield Finding(text=f"and {len(listed) - MOST_CALLS:,} more")


def level_lines(service: Service, measured: Measured) -> Iterator[Finding]:
    """The objective, how fast its error budget burns, and what is left of it."""
    if not service.slo:
        return
    objective = objective_in(service.slo)
    assumed = objective is not None and objective.is_window_assumed
    yield Finding(text=f"{service.slo}{' (30 days assumed)' if assumed else ''}")
    if objective is None:
        yield Finding(text="No target such as 99.9% was found in it", is_detail=True)
        return
    found = service_now(measured.live, service.id)
    budget = None if found is None else budget_of(objective, found[0])
    if budget is None or found is None:
        when = "known of that time" if measured.is_past else "measured"
        yield Finding(text=f"Its error budget is not {when}", is_detail=True)
        return
    yield from _budget_lines(budget)
    yield Finding(text=f"Measured by {measured.origin(found[1])}", is_detail=True)


def brief_facts(service: Service, live: Live, now: datetime) -> list[tuple[str, str]]:
    """What the inspector says of numbers: burn with what is left, and a resource nearly full.

    Readings that are too old to be shown as live are left out.
    """
    found = service_now(live, service.id)
    if found is None or not found[1].is_live(now):
        return []
    facts = []
    objective = objective_in(service.slo)
    budget = None if objective is None else budget_of(objective, found[0])
    rate = None if budget is None else budget.burn_rates.get(RULES[0].long)
    if budget is not None and rate is not None:
        left = "" if budget.remaining is None else f", {_percent(budget.remaining)} left"
        facts.append(("Burn, 1 h", f"{_times(rate)}{left}"))
    saturation = found[0].saturation
    if saturation is not None and saturation >= NEARLY_FULL:
        facts.append(("Saturation", _percent(saturation)))
    return facts


def _budget_lines(budget: BudgetState) -> Iterator[Finding]:
    if budget.remaining is not None:
        left = f"Error budget: {_percent(budget.remaining)} left"
        if budget.remaining <= 0.0:
            left = f"Error budget: spent {1.0 - budget.remaining:.2g} times over"
        elif budget.gone_in is not None:
            left += f"; at the rate of the last hour it lasts {length_words(budget.gone_in)}"
        yield Finding(text=left, is_warning=budget.remaining <= 0.0)
    rates = [
        f"{_times(rate)} over {length_words(window)}"
        for window, rate in budget.burn_rates.items()
        if window != budget.objective.window
    ]
    if rates:
        yield Finding(text=f"Burn rate {', '.join(rates)}")
    rule = budget.rule
    if rule is not None:
        limit = _times(rule.burn_rate(budget.objective.window))
        what = "Worth waking somebody" if budget.urgency is Urgency.PAGE else "Worth a ticket"
        both = f"{length_words(rule.long)} and {length_words(rule.short)}"
        words = f"{what}: more than {limit} over {both}"
        yield Finding(text=words, is_warning=True)


def length_words(length: timedelta) -> str:
    """ "5 min", "6 h", "30 days"."""
    if length > _LONG:
        return f"{length / timedelta(days=1):.0f} days"
    hours = length / timedelta(hours=1)
    return f"{hours:.3g} h" if hours >= 1.0 else f"{hours * 60:.0f} min"


def _is_ill(found: tuple[CallReading, SourceReadings] | None) -> bool:
    return found is not None and found[0].health in _ILL


def _times(rate: float) -> str:
    return f"{rate:.3g}×"


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.1f}%" if 0 < abs(percent) < 10 else f"{percent:.0f}%"
