"""From the incident's state to what the map draws: a pure function of the log and a moment.

Live, offline and replayed pictures come from here alike.  What did not change stays the same
object, so that the canvas repaints only what did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from app.graph.catalog import Criticality
from app.graph.investigation import Investigation
from app.graph.live_readings import Live, health_of_calls
from app.graph.topology import Topology
from app.incident.kinds.freezes import ChangeOutcome
from app.incident.kinds.signals import Health
from app.incident.projections.freezes import Change
from app.incident.projections.signals import ServiceHealth as SaidHealth
from app.incident.state import IncidentState
from app.views.service_map.picture import (
    MapPicture,
    ServiceHealth,
    Suspicion,
    Tag,
    TagMeaning,
)

RECOVERY_SHOWS = timedelta(minutes=5)
"""How long a service that came back is marked as recovering."""

BEFORE_TROUBLE = timedelta(hours=1)
"""Changes this long before the first trouble belong to the incident's window."""

CHANGES_SHOW = timedelta(hours=24)
"""Older changes are not shown on the map at all."""

MOST_SUSPICIONS = 5
"""So many ranked suspects are numbered on the map: more is no help to anybody."""

_NOT_MADE = (ChangeOutcome.HELD, ChangeOutcome.BLOCKED)
_ILL = (Health.FAILING, Health.DEGRADED)

K = TypeVar("K")
V = TypeVar("V")


def picture_of(
    state: IncidentState,
    topology: Topology,
    *,
    now: datetime,
    as_of: datetime | None = None,
    investigation: Investigation | None = None,
    live: Live = (),
    before: MapPicture | None = None,
    zone: tzinfo = UTC,
    is_loading: bool = False,
) -> MapPicture:
    """The map at `now` (aware; in a replay, the instant looked at).

    `as_of` is when health was last known, given only when that is not now (offline, or the
    readings stopped): the picture then must not look live, and lengths of time count to it.
    Without an `investigation` only suspects that people named are shown.  `live` readings colour
    the calls they measure, until they are too old to be shown as live.  While `is_loading` there
    are places and no health.  What equals the last picture, `before`, is taken over from it.
    """
    moment = now if as_of is None else min(now, as_of)
    health = {} if is_loading else health_at(state, topology, moment, zone)
    tags = _tags(state, topology, moment, zone)
    path = failing_path(topology, health)
    calls = {} if is_loading else health_of_calls(live, moment)
    picture = MapPicture(
        graph=topology.graph,
        focus=topology.focus,
        overview=topology.overview,
        health=health if before is None else _kept(before.health, health),
        tags=tags if before is None else _kept(before.tags, tags),
        failing_path=before.failing_path if before and before.failing_path == path else path,
        calls=before.calls if before is not None and before.calls == calls else calls,
        suspicions=_suspicions(investigation),
        ruled_out=_ruled_out(state, topology, investigation),
        as_of=as_of,
        is_stale=as_of is not None,
        is_loading=is_loading,
    )
    return before if before is not None and _is_same(before, picture) else picture


def health_at(
    state: IncidentState, topology: Topology, moment: datetime, zone: tzinfo = UTC
) -> dict[str, ServiceHealth]:
    """The health of every service of the map that is not simply normal, by id.

    What is said of an alias holds for the service; of two things said the worse is shown.
    """
    found: dict[str, ServiceHealth] = {}
    for said in state.signals.services:
        service_id = topology.id_of(said.service)
        shown = _shown(said, moment, zone)
        if service_id is None or shown is None:
            continue
        known = found.get(service_id)
        if known is None or _SEVERITY[shown.state] > _SEVERITY[known.state]:
            found[service_id] = shown
    return found


_SEVERITY = {health: number for number, health in enumerate(Health)}


def _shown(said: SaidHealth, moment: datetime, zone: tzinfo) -> ServiceHealth | None:
    """How one service looks at `moment`; None when it is normal again, or always was."""
    if said.health in _ILL:
        return ServiceHealth(state=said.health, indicator=said.indicator, since=said.since)
    length = moment - said.since
    if said.health is Health.NO_DATA:
        words = f"no data {_short(length)}"
        return ServiceHealth(state=Health.NO_DATA, indicator=words, since=said.since)
    came_back = said.health is Health.RECOVERING or said.before in _ILL
    if not came_back or length >= RECOVERY_SHOWS:
        return None
    words = f"recovered {said.since.astimezone(zone):%H:%M}"
    return ServiceHealth(state=Health.RECOVERING, indicator=words, since=said.since)


def failing_path(
    topology: Topology, health: Mapping[str, ServiceHealth]
) -> frozenset[tuple[str, str]]:
    """The (caller, callee) pairs along which failure comes up to the users.

    It runs from each failing service to the failing ones it waits for, and from degraded callers
    into the topmost failing services, those that no failing service calls: that is where users
    feel it.  A degraded caller further down is a side branch and not part of it.  Asynchronous
    dependencies are no way for failure: nobody waits for them.
    """
    graph = topology.graph
    failing = {one for one, now in health.items() if now.state is Health.FAILING}
    path: set[tuple[str, str]] = set()
    for callee in sorted(failing):
        rows = graph.callers.dependency[
            graph.callers.start[graph.index[callee]] : graph.callers.start[graph.index[callee] + 1]
        ]
        waiting = [
            graph.dependencies[number].caller
            for number in rows.tolist()
            if graph.dependencies[number].criticality is not Criticality.ASYNC
        ]
        above = [one for one in waiting if one in failing]
        feeling = [one for one in waiting if _is(health, one, Health.DEGRADED)]
        path.update((caller, callee) for caller in above or feeling)
    return frozenset(path)


def _is(health: Mapping[str, ServiceHealth], service_id: str, state: Health) -> bool:
    known = health.get(service_id)
    return known is not None and known.state is state


def window_start(state: IncidentState, moment: datetime) -> datetime:
    """Where the incident's window begins: an hour before the first sign of trouble."""
    signs = [alert.fired_at for alert in state.signals.alerts]
    signs += [one.since for one in state.signals.services if one.health is not Health.NORMAL]
    if state.situation.declared_at is not None:
        signs.append(state.situation.declared_at)
    return min(signs, default=moment) - BEFORE_TROUBLE


def _tags(
    state: IncidentState, topology: Topology, moment: datetime, zone: tzinfo
) -> dict[str, tuple[Tag, ...]]:
    tags: dict[str, list[Tag]] = {}

    def put(service: str, tag: Tag) -> None:
        service_id = topology.id_of(service)
        if service_id is not None:
            tags.setdefault(service_id, []).append(tag)

    start = window_start(state, moment)
    for change in _last_changes(state, moment):
        put(change.service, _change_tag(change, moment, zone, is_recent=change.at >= start))
    for suspect in state.signals.suspects:
        if not suspect.ruled_out_because:
            put(suspect.service, Tag(text="Suspect", meaning=TagMeaning.SUSPECT))
    for label, service in _live_exceptions(state, moment):
        put(service, Tag(text=label, meaning=TagMeaning.EXCEPTION))
    return {service_id: tuple(found) for service_id, found in tags.items()}


def _last_changes(state: IncidentState, moment: datetime) -> list[Change]:
    """The last change made to each service within a day."""
    last: dict[str, Change] = {}
    for change in state.freeze.changes:
        is_shown = change.service and change.outcome not in _NOT_MADE
        if is_shown and moment - CHANGES_SHOW <= change.at <= moment:
            known = last.get(change.service)
            if known is None or change.at >= known.at:
                last[change.service] = change
    return list(last.values())


def _change_tag(change: Change, moment: datetime, zone: tzinfo, *, is_recent: bool) -> Tag:
    name = change.version or change.change_type
    return Tag(
        text=f"{name} {change.at.astimezone(zone):%H:%M}",
        meaning=TagMeaning.CHANGE,
        detail=f"{name}, {_age(moment - change.at)}",
        is_recent=is_recent,
    )


def _live_exceptions(state: IncidentState, moment: datetime) -> list[tuple[str, str]]:
    """Approved exceptions whose freezes still hold, with each service they open."""
    freeze = state.freeze
    holding = freeze.holding(moment, state.situation.resolved_at)
    return [
        (exception.label, service)
        for exception in freeze.opening(holding)
        if exception.valid_until is None or moment < exception.valid_until
        for service in exception.services
    ]


def _suspicions(investigation: Investigation | None) -> tuple[Suspicion, ...]:
    if investigation is None:
        return ()
    return tuple(
        Suspicion(service_id=one.service, rank=rank, evidence=f"explains {one.score:.0%}")
        for rank, one in enumerate(investigation.ranking.candidates[:MOST_SUSPICIONS], start=1)
    )


def _ruled_out(
    state: IncidentState, topology: Topology, investigation: Investigation | None
) -> frozenset[str]:
    if investigation is not None:
        return investigation.ruled_out
    said = (one.service for one in state.signals.suspects if one.ruled_out_because)
    return frozenset(one for one in map(topology.id_of, said) if one is not None)


def _kept(before: Mapping[K, V], now: dict[K, V]) -> Mapping[K, V]:
    """`now` with the values of `before` where they are equal, or `before` if all are."""
    if before == now:
        return before
    return {
        key: known if (known := before.get(key)) is not None and known == value else value
        for key, value in now.items()
    }


def _is_same(before: MapPicture, now: MapPicture) -> bool:
    same_objects = ("graph", "focus", "overview", "health", "tags", "failing_path", "calls")
    equal = ("suspicions", "ruled_out", "as_of", "is_stale", "is_loading")
    return all(getattr(before, one) is getattr(now, one) for one in same_objects) and all(
        getattr(before, one) == getattr(now, one) for one in equal
    )


def _short(length: timedelta) -> str:
    """ "40 s", "6 m", "2 h 10 m": as short as a card needs."""
    seconds = max(0, int(length.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"
    return f"{minutes} m" if minutes else f"{seconds} s"


def _age(length: timedelta) -> str:
    """ "62 min", or "5 h" once minutes do not matter any more."""
    minutes = max(0, int(length.total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
