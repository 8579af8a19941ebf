"""May this service be deployed now: upstreams, freezes and open incidents, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.graph.catalog import Criticality
from app.graph.impact import Direction, blast_radius
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.incident.projections.freezes import FreezeException
from app.incident.projections.situation import LIVE_PHASES
from app.incident.state import IncidentState

_ILL = {Health.FAILING: "failing", Health.DEGRADED: "degraded"}
_MATTERS = (Criticality.HARD, Criticality.SOFT)
_MAJOR = 2


class GateVerdict(StrEnum):
    """What a pipeline should do; unknown means that nobody can vouch for it."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


class GateGround(StrEnum):
    """What kind of thing a reason is."""

    UPSTREAM = "upstream"
    FREEZE = "freeze"
    INCIDENT = "incident"
    STALE = "stale"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReason:
    """One thing that speaks against deploying, as a sentence.

    `service` and `incident` (an id) say what it is about, where it is about one.  With
    `is_unknown` nobody knows whether it does.
    """

    ground: GateGround
    text: str
    service: str = ""
    incident: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthWord:
    """What `told_by` says of a service (an id of the graph), since when."""

    service: str
    health: Health
    told_by: str
    indicator: str = ""
    since: datetime | None = None
    incident: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What the answer is taken from.

    `incidents` are those that were not exercises, by id; `words` what else is said of the health
    of services.  `silent` maps sources of readings that stopped to the reason; `has_readings`
    says whether any source of readings is asked at all.
    """

    graph: ServiceGraph
    incidents: Mapping[str, IncidentState] = field(default_factory=dict)
    words: Sequence[HealthWord] = ()
    silent: Mapping[str, str] = field(default_factory=dict)
    has_readings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """The verdict, what speaks against deploying, and what to know besides."""

    reasons: tuple[GateReason, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def verdict(self) -> GateVerdict:
        """Deny for one sound reason, unknown for one that nobody can decide, else allow."""
        if any(not one.is_unknown for one in self.reasons):
            return GateVerdict.DENY
        return GateVerdict.UNKNOWN if self.reasons else GateVerdict.ALLOW


def may_deploy(
    service_id: str, facts: GateFacts, *, now: datetime, environment: str = ""
) -> GateAnswer:
    """Whether a change to `service_id` in `environment` (empty: any) may go out at `now`.

    An approved exception for the service opens the freezes it names, and turns what its incident
    says against the change into a caveat.  A service that the graph does not know is unknown.
    """
    if service_id not in facts.graph.index:
        text = f"{service_id} is not in the catalogue, so nobody knows what it would hit."
        unknown = GateReason(
            ground=GateGround.SERVICE, text=text, service=service_id, is_unknown=True
        )
        return GateAnswer(reasons=(unknown, *_freezes(service_id, facts, now, environment)))
    excepted = {
        incident: exception
        for incident, state in facts.incidents.items()
        if (exception := _exception(state, service_id, now)) is not None
    }
    said = [
        *_upstreams(service_id, facts),
        *_incidents(service_id, facts, environment),
        *_stale(facts),
    ]
    against = [one for one in said if one.incident not in excepted]
    caveats = [
        f"{excepted[one.incident].label} is approved, although: {one.text}"
        for one in said
        if one.incident in excepted
    ]
    return GateAnswer(
        reasons=(*_freezes(service_id, facts, now, environment), *against),
        caveats=(*caveats, *_own_state(service_id, facts), *_no_readings(facts)),
    )


def _exception(state: IncidentState, service: str, now: datetime) -> FreezeException | None:
    """The newest approved exception for a change to `service`, if one still holds."""
    for one in reversed(state.freeze.exceptions):
        is_over = one.valid_until is not None and one.valid_until <= now
        if one.is_approved and service in one.services and not is_over:
            return one
    return None


def _words(facts: GateFacts) -> dict[str, HealthWord]:
    """The worst that is said of each service."""
    order = list(Health)
    worst: dict[str, HealthWord] = {}
    for word in (*_from_incidents(facts), *facts.words):
        known = worst.get(word.service)
        if known is None or order.index(word.health) > order.index(known.health):
            worst[word.service] = word
    return worst


def _from_incidents(facts: GateFacts) -> Iterator[HealthWord]:
    for incident, state in facts.incidents.items():
        if state.situation.phase not in LIVE_PHASES:
            continue
        for one in state.signals.services:
            yield HealthWord(
                service=one.service,
                health=one.health,
                told_by=state.situation.number,
                indicator=one.indicator,
                since=one.since,
                incident=incident,
            )


def _upstreams(service: str, facts: GateFacts) -> Iterator[GateReason]:
    hops = blast_radius(facts.graph, service, Direction.UPSTREAM, criticalities=_MATTERS).hops
    words = _words(facts)
    for one, count in hops.items():
        word = words.get(one)
        if word is None or word.health not in (*_ILL, Health.NO_DATA):
            continue
        away = "1 hop" if count == 1 else f"{count} hops"
        state = _ILL.get(word.health, "without data")
        indicator = f", {word.indicator}" if word.indicator else ""
        yield GateReason(
            ground=GateGround.UPSTREAM,
            text=f"{_name(facts, one)}, {away} upstream, is {state}{indicator} ({word.told_by}).",
            service=one,
            incident=word.incident,
            is_unknown=word.health is Health.NO_DATA,
        )


def _incidents(service: str, facts: GateFacts, environment: str) -> Iterator[GateReason]:
    reach = blast_radius(facts.graph, service, criticalities=_MATTERS).hops
    for incident, state in facts.incidents.items():
        situation = state.situation
        elsewhere = environment and situation.environment not in ("", environment)
        if situation.phase not in LIVE_PHASES or elsewhere:
            continue
        called = f"{situation.number} SEV {situation.severity}"
        touched = _touched(state)
        hit = [one for one in (service, *reach) if one in touched]
        if hit:
            names = ", ".join(_name(facts, one) for one in hit[:3])
            more = f" and {len(hit) - 3} more" if len(hit) > 3 else ""
            text = f"{called} is open on {names}{more}: within the blast radius."
        elif not touched and situation.severity <= _MAJOR:
            text = f"{called} is open and names no service yet: it may be this one."
        else:
            continue
        yield GateReason(
            ground=GateGround.INCIDENT, text=text, incident=incident, is_unknown=not hit
        )


def _touched(state: IncidentState) -> set[str]:
    """The services an incident is about now: ill ones, and those of open alerts."""
    ill = {one.service for one in state.signals.services if one.health in _ILL}
    return ill | {service for alert in state.signals.open_alerts for service in alert.services}


def _freezes(
    service: str, facts: GateFacts, now: datetime, environment: str
) -> Iterator[GateReason]:
    for incident, state in facts.incidents.items():
        exception = _exception(state, service, now)
        for freeze in state.freeze.holding(now, state.situation.resolved_at):
            if not freeze.covers(service, environment):
                continue
            if exception is not None and state.freeze.opens(exception, freeze):
                continue
            where = ", ".join(freeze.environments)
            until = freeze.end(state.situation.resolved_at)
            text = (
                f"Changes{f' in {where}' if where else ''} are frozen by "
                f"{state.name_of(freeze.declared_by)} in {state.situation.number}"
                f"{f' until {until:%d %b %H:%M} UTC' if until else ''}"
                f"{f': {freeze.reason}' if freeze.reason else ''}."
            )
            yield GateReason(
                ground=GateGround.FREEZE, text=text, service=service, incident=incident
            )


def _stale(facts: GateFacts) -> Iterator[GateReason]:
    for source, why in facts.silent.items():
        yield GateReason(
            ground=GateGround.STALE,
            text=f"Health is not known now: {source} gives no readings ({why}).",
            is_unknown=True,
        )


def _own_state(service: str, facts: GateFacts) -> Iterator[str]:
    word = _words(facts).get(service)
    if word is not None and word.health in _ILL:
        yield f"{_name(facts, service)} itself is {_ILL[word.health]} ({word.told_by})."


def _no_readings(facts: GateFacts) -> Iterator[str]:
    if not facts.has_readings:
        yield "No source of readings is asked: health is what alerts and incidents say."


def _name(facts: GateFacts, service: str) -> str:
    return (
        facts.graph.services[facts.graph.index[service]].name
        if (service in facts.graph.index)
        else service
    )
