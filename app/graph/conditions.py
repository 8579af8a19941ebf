"""How services and calls are now, as a forecast is told: from the log and from live readings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app.graph.catalog import Dependency
from app.graph.forecast import Call, Condition
from app.graph.live_readings import Live, ServiceNow, calls_with, service_now
from app.graph.service_level import RULES, budget_of, objective_in
from app.graph.topology import Topology
from app.incident.kinds.signals import Health
from app.incident.state import IncidentState

_HOUR = timedelta(hours=1)


def conditions_of(
    state: IncidentState, topology: Topology, live: Live = (), now: datetime | None = None
) -> tuple[Condition, ...]:
    """How the services of the map are: what the log says, the worst per service, and numbers.

    `live` readings count that are fresh at `now`; those of a silent source say nothing.
    """
    worst: dict[str, Condition] = {}
    order = list(Health)
    for said in state.signals.services:
        service_id = topology.id_of(said.service)
        if service_id is None:
            continue
        known = worst.get(service_id)
        if known is None or order.index(said.health) > order.index(known.health):
            worst[service_id] = Condition(service=service_id, health=said.health, since=said.since)
    fresh = _fresh(live, now)
    for service_id in sorted({one for source in fresh for one in source.services}):
        number = topology.graph.number_of(service_id)
        found = service_now(fresh, service_id)
        if number is None or found is None:
            continue
        known = worst.get(service_id, Condition(service=service_id))
        measured = _measured(known, found[0], topology.graph.services[number].slo)
        if measured != known:
            worst[service_id] = measured
    return tuple(worst.values())


def calls_now(
    dependencies: Iterable[Dependency], live: Live = (), now: datetime | None = None
) -> list[Call]:
    """The calls that dependencies stand for, with their rate and errors where measured."""
    links = {(one.caller, one.callee): Call.of(one) for one in dependencies}
    measured = calls_with(_fresh(live, now), links)
    return [
        replace(call, rate=measured[pair][0].rate, error_ratio=measured[pair][0].error_ratio)
        if pair in measured
        else call
        for pair, call in links.items()
    ]


def _fresh(live: Live, now: datetime | None) -> Live:
    return () if now is None else tuple(one for one in live if one.is_live(now))


def _measured(condition: Condition, reading: ServiceNow, words: str) -> Condition:
    objective = objective_in(words)
    budget = None if objective is None else budget_of(objective, reading)
    left = burn = None
    if objective is not None and budget is not None and budget.remaining is not None:
        left = min(1.0, max(0.0, budget.remaining))
        rate = budget.burn_rates.get(RULES[0].long)
        burn = None if rate is None else rate * (_HOUR / objective.window)
    return replace(
        condition,
        saturation=reading.saturation,
        saturation_growth=reading.saturation_growth,
        budget_left=left,
        budget_burn=burn,
    )
