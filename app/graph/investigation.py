"""What the log and the readings say about cause and course: suspects, isolation, forecast.

Suspects and forecasts are places to look and never a verdict.  Everything here can take half a
second for 2,000 services: it is meant for the worker thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.graph.catalog import Dependency, Kind
from app.graph.conditions import calls_now, conditions_of
from app.graph.forecast import CascadeForecast, Condition, forecast_cascade, what_if
from app.graph.isolation import IsolationBoard, Layer, Ruling, Standing, fold_rulings, layer_of
from app.graph.live_readings import Live
from app.graph.suspects import (
    Alert,
    CallGraph,
    Change,
    Metric,
    Readings,
    SuspectRanking,
    Symptom,
    rank_suspects,
)
from app.graph.suspects.from_log import Onset, rank_from_log
from app.graph.topology import Topology
from app.incident.kinds.freezes import ChangeOutcome
from app.incident.kinds.signals import Health
from app.incident.projections.freezes import Change as SeenChange
from app.incident.projections.signals import Alert as FiredAlert
from app.incident.projections.signals import (
    ServiceHealth,
    Signals,
    SuspectWord,
    SuspicionKind,
)
from app.incident.state import IncidentState

FRESH_FOR = timedelta(seconds=60)
"""After this long a forecast counts from another moment and is made again."""

OPEN_ON_BOARD = 5
"""So many ranked candidates stand open on the isolation board until somebody rules on them."""

MOST_IN_FORECAST = 200
"""So many services are looked at; with trouble everywhere a forecast would come too late."""

LEAST_READINGS = 8
"""With fewer readings than this on either side of the onset nothing can be measured."""

_ILL = (Health.FAILING, Health.DEGRADED)
_NOT_MADE = (ChangeOutcome.HELD, ChangeOutcome.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an investigation rests on; while this is equal, so is the investigation."""

    health: tuple[ServiceHealth, ...]
    alerts: tuple[FiredAlert, ...]
    words: tuple[SuspectWord, ...]
    changes: tuple[SeenChange, ...]
    revision: int
    readings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """Ranked suspects, the board of what people ruled in and out, and what may fail next.

    `symptom` is where it hurts, None while nothing does.  `ruled_out` are services to dim: ruled
    out themselves, or in a layer that is ruled out as a whole and not named besides.
    """

    as_of: datetime
    basis: Basis
    symptom: str | None
    ranking: SuspectRanking
    board: IsolationBoard
    ruled_out: frozenset[str]
    forecast: CascadeForecast


def investigate(
    state: IncidentState,
    topology: Topology,
    *,
    now: datetime,
    readings: Sequence[Readings] = (),
    live: Live = (),
    before: Investigation | None = None,
) -> Investigation:
    """The investigation at `now` (aware); `before` itself while it still holds.

    `readings` are those of the incident's window and of a calm time before it; without enough of
    them suspects are ranked by what the log says, and there is no clear suspect.  `live` readings
    tell the forecast what is full, and whose error budget burns.
    """
    basis = _basis(state, topology, readings)
    if before is not None and before.basis == basis and now - before.as_of < FRESH_FOR:
        return before
    onsets = _onsets(state.signals, topology)
    ranking, symptom = _ranking(state, topology, onsets, readings)
    board = board_of(state, topology, ranking)
    return Investigation(
        as_of=now,
        basis=basis,
        symptom=symptom,
        ranking=ranking,
        board=board,
        ruled_out=_ruled_out(board, topology),
        forecast=_forecast(state, topology, live, now),
    )


def supposing(
    state: IncidentState,
    topology: Topology,
    service_id: str,
    health: Health,
    *,
    now: datetime,
    live: Live = (),
) -> CascadeForecast:
    """What if a service were failing, degraded or normal from now on; marked as supposed."""
    conditions = conditions_of(state, topology, live, now)
    near, left_out = _calls_near(topology, (*_ill(conditions), service_id))
    calls = calls_now(near, live, now)
    return _owning_up(what_if(calls, conditions, service_id, health, now=now), left_out)


def _forecast(
    state: IncidentState, topology: Topology, live: Live, now: datetime
) -> CascadeForecast:
    conditions = conditions_of(state, topology, live, now)
    near, left_out = _calls_near(topology, _ill(conditions))
    calls = calls_now(near, live, now)
    return _owning_up(forecast_cascade(calls, conditions, now=now), left_out)


def _ill(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Where trouble spreads from: failing services, then degraded ones, each in log order."""
    known = tuple(conditions)
    return tuple(one.service for health in _ILL for one in known if one.health is health)


def _calls_near(topology: Topology, origins: Iterable[str]) -> tuple[list[Dependency], bool]:
    """The dependencies among the services that trouble comes to first; whether some were left out.

    Nearest first, at most `MOST_IN_FORECAST` services: what is further away fails later, and the
    forecast has to be there before it.
    """
    graph = topology.graph
    front = [graph.index[one] for one in origins if one in graph.index]
    near = dict.fromkeys(front)
    while front and len(near) <= MOST_IN_FORECAST:
        front = [
            caller
            for number in front
            for caller in graph.callers.of(number).tolist()
            if caller not in near
        ]
        near.update(dict.fromkeys(front))
        front = list(dict.fromkeys(front))
    kept = set(list(near)[:MOST_IN_FORECAST])
    entries = [
        entry
        for number in sorted(kept)
        for entry in range(int(graph.callees.start[number]), int(graph.callees.start[number + 1]))
        if int(graph.callees.others[entry]) in kept
    ]
    chosen = [graph.dependencies[int(graph.callees.dependency[entry])] for entry in entries]
    return chosen, len(near) > len(kept)


def _owning_up(forecast: CascadeForecast, left_out: bool) -> CascadeForecast:
    if not left_out:
        return forecast
    limit = f"Only the {MOST_IN_FORECAST} services nearest to the trouble were looked at."
    return replace(forecast, assumptions=(limit, *forecast.assumptions))


def board_of(
    state: IncidentState, topology: Topology, ranking: SuspectRanking | None = None
) -> IsolationBoard:
    """The isolation board: every word people said, then ranked candidates that stand open."""
    rulings = [
        ruling for word in state.signals.words if (ruling := _ruling(word, topology)) is not None
    ]
    candidates = () if ranking is None else ranking.candidates[:OPEN_ON_BOARD]
    return fold_rulings(
        rulings, [(one.service, layer_of(_kind(topology, one.service))) for one in candidates]
    )


def _basis(state: IncidentState, topology: Topology, readings: Sequence[Readings]) -> Basis:
    return Basis(
        health=state.signals.services,
        alerts=state.signals.alerts,
        words=state.signals.words,
        changes=state.freeze.changes,
        revision=topology.revision,
        readings=sum(len(one.times) for one in readings),
    )


def _onsets(signals: Signals, topology: Topology) -> tuple[Onset, ...]:
    """When each service that is in trouble now fell ill; the first word of its aliases counts."""
    first: dict[str, Onset] = {}
    for said in signals.services:
        service_id = topology.id_of(said.service)
        if service_id is None or said.health not in _ILL:
            continue
        onset = Onset(service=service_id, at=said.since.timestamp(), words=said.indicator)
        known = first.get(service_id)
        if known is None or onset.at < known.at:
            first[service_id] = onset
    return tuple(first.values())


def _ranking(
    state: IncidentState,
    topology: Topology,
    onsets: tuple[Onset, ...],
    readings: Sequence[Readings],
) -> tuple[SuspectRanking, str | None]:
    changes, alerts = _changes(state, topology), _alerts(state.signals, topology)
    symptom = _symptom(topology, onsets)
    told = rank_from_log(topology.graph, onsets, changes, alerts)
    if symptom is None or not readings:
        return told, symptom
    metric = _metric(symptom, readings)
    began = min(one.at for one in onsets)
    if metric is None:
        return _with_reason(told, f"{symptom} has no readings."), symptom
    normal = [part for one in readings if (part := _between(one, 0.0, began)) is not None]
    abnormal = [part for one in readings if (part := _between(one, began, None)) is not None]
    if min(_count(normal, symptom, metric), _count(abnormal, symptom, metric)) < LEAST_READINGS:
        return _with_reason(told, f"{symptom} has too few readings yet."), symptom
    calls = CallGraph.of(topology.graph.dependencies)
    hurt = Symptom(service=symptom, metric=metric)
    return rank_suspects(calls, hurt, normal, abnormal, changes, alerts), symptom


def _with_reason(ranking: SuspectRanking, reason: str) -> SuspectRanking:
    return replace(ranking, reasons=(reason, *ranking.reasons))


def _symptom(topology: Topology, onsets: tuple[Onset, ...]) -> str | None:
    """Where users feel it: in trouble, called by nothing that is; the first to fall ill."""
    graph = topology.graph
    ill = {one.service for one in onsets}
    top = [
        one
        for one in onsets
        if not any(
            graph.services[caller].id in ill
            for caller in graph.callers.of(graph.index[one.service]).tolist()
        )
    ]
    found = min(top or onsets, key=lambda one: (one.at, one.service), default=None)
    return None if found is None else found.service


def _metric(symptom: str, readings: Sequence[Readings]) -> Metric | None:
    """What to explain: failures before slowness, slowness before traffic."""
    measured = {one.metric for one in readings if one.service == symptom}
    order = (Metric.ERRORS, Metric.AVAILABILITY, Metric.LATENCY, Metric.TRAFFIC)
    return next((one for one in order if one in measured), None)


def _between(readings: Readings, start: float, end: float | None) -> Readings | None:
    """The readings from `start` until before `end` (None: to the last); None if there are none."""
    ends = float("inf") if end is None else end
    if start == 0.0:
        kept = [place for place, at in enumerate(readings.times) if at < ends]
    else:
        kept = [place for place, at in enumerate(readings.times) if start <= at < ends]
    if not kept:
        return None
    return replace(
        readings,
        times=[readings.times[place] for place in kept],
        values=[readings.values[place] for place in kept],
    )


def _count(readings: Iterable[Readings], service: str, metric: Metric) -> int:
    return sum(
        len(one.times) for one in readings if one.service == service and one.metric is metric
    )


def _changes(state: IncidentState, topology: Topology) -> list[Change]:
    return [
        Change(service=service_id, at=one.at.timestamp(), summary=one.title)
        for one in state.freeze.changes
        if one.outcome not in _NOT_MADE
        if (service_id := topology.id_of(one.service)) is not None
    ]


def _alerts(signals: Signals, topology: Topology) -> list[Alert]:
    return [
        Alert(service=service_id, at=one.fired_at.timestamp(), summary=one.summary or one.name)
        for one in signals.alerts
        for service in one.services
        if (service_id := topology.id_of(service)) is not None
    ]


def _ruling(word: SuspectWord, topology: Topology) -> Ruling | None:
    """A word as the board knows it; None for a layer this version does not know."""
    service_id = topology.id_of(word.service) or word.service
    if word.layer and word.layer not in list(Layer):
        return None
    if not word.layer and not service_id:
        return None
    layer = Layer(word.layer) if word.layer else layer_of(_kind(topology, service_id))
    return Ruling(
        service=service_id,
        layer=layer,
        standing=_STANDING[word.said],
        by=word.by,
        at=word.at,
        evidence=word.text,
    )


_STANDING = {
    SuspicionKind.NAMED: Standing.OPEN,
    SuspicionKind.RULED_IN: Standing.RULED_IN,
    SuspicionKind.RULED_OUT: Standing.RULED_OUT,
}


def _kind(topology: Topology, service_id: str) -> Kind:
    number = topology.graph.number_of(service_id)
    return Kind.SERVICE if number is None else topology.graph.services[number].kind


def _ruled_out(board: IsolationBoard, topology: Topology) -> frozenset[str]:
    whole = {
        part.layer
        for part in board.parts
        if not part.service and part.standing is Standing.RULED_OUT
    }
    named = {part.service for part in board.parts if part.service}
    by_layer = (
        one.id
        for one in topology.graph.services
        if one.id not in named and layer_of(one.kind) in whole
    )
    return frozenset((*board.ruled_out, *(by_layer if whole else ())))
