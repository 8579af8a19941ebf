"""What speaks against ending the incident: services still unhealthy, a go/no-go still open."""

from __future__ import annotations

from app.commands.desk import Desk
from app.incident.kinds.signals import Health
from app.incident.kinds.situation import Phase
from app.incident.projections.decisions import DecisionStatus
from app.incident.projections.situation import ENDED_PHASES, LIVE_PHASES

_WORDS = {Health.FAILING: "still failing", Health.DEGRADED: "still degraded"}


def against_ending(desk: Desk, phase: Phase) -> str:
    """One sentence that says why `phase` is early; empty when nothing speaks against it.

    Only for the step from a live phase to an ended one.  The service named is the one that most
    of what was ill depends on: as long as it is unhealthy, the others cannot stay well.
    """
    if phase not in ENDED_PHASES or desk.state.situation.phase not in LIVE_PHASES:
        return ""
    polled = [one for one in desk.state.decisions if one.status is DecisionStatus.POLLING]
    reasons = [_unhealthy(desk)]
    reasons += [f"{one.label} has no verdict yet." for one in polled[-1:]]
    return " ".join(reason for reason in reasons if reason)


def _unhealthy(desk: Desk) -> str:
    silent = [one.service for one in desk.state.signals.services if one.health is Health.NO_DATA]
    unknown = f"{silent[0]} gives no data" if silent else ""
    if len(silent) > 1:
        others = len(silent) - 1
        unknown += f", nor do {others} others" if others > 1 else ", nor does one other"
    return " ".join(one for one in (_ill(desk), f"{unknown}." if unknown else "") if one)


def _ill(desk: Desk) -> str:
    ill = {one.service: one.health for one in desk.state.signals.services}
    ill = {service: health for service, health in ill.items() if health in _WORDS}
    if not ill:
        return ""
    first = _most_depended_on(desk, ill)
    others = len(ill) - 1
    more = f", and {others} other{'s are' if others > 1 else ' is'} unhealthy" if others else ""
    return f"{first} is {_WORDS[ill[first]]}{more}."


def _most_depended_on(desk: Desk, ill: dict[str, Health]) -> str:
    """The upstream end of the trouble: failing before degraded, then most that hangs on it."""
    # Loaded here because it brings numpy, for which the window should not have to wait.
    from app.graph.impact import Direction, blast_radius
    from app.graph.recorded import graph_of

    graph = graph_of(desk.organisation)
    touched = {one.service for one in desk.state.signals.services}

    def importance(service: str) -> tuple[int, int, str]:
        known = service in graph.index
        hops = blast_radius(graph, service, Direction.DOWNSTREAM).hops if known else {}
        reached = sum(one in touched for one in hops)
        return (ill[service] is not Health.FAILING, -reached, service)

    return min(ill, key=importance)
