"""Answers pipelines: what the logs, the alerts and the readings say against a deploy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from app.events.codec import Codec, from_microseconds, to_microseconds
from app.events.event import ORGANISATION_LOG, Draft, incident_id_of
from app.graph.deploy_gate import (
    GateAnswer,
    GateFacts,
    GateVerdict,
    HealthWord,
    may_deploy,
)
from app.graph.recorded import graph_of
from app.graph.service_graph import ServiceGraph
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.credentials import Principal
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.organisation.kinds import GateAsked
from app.organisation.state import OrganisationState
from app.protocol.gate import DeployAnswer, DeployReason
from app.protocol.problems import Refused
from app.protocol.readings import Readings
from app.server.directory import Directory
from app.server.intake.intake import Intake
from app.server.intake.known_logs import KnownLogs
from app.server.intake.reports import HEALTH_OF_SEVERITY
from app.server.intake.service_names import ServiceNames
from app.server.intake.waiting import WaitingRoom
from app.server.own_hand import OwnHand
from app.server.telemetry.telemetry import Telemetry

_log = logging.getLogger(__name__)

ASKED_AGAIN_AFTER = timedelta(hours=4)
"""A pipeline that asks all day is recorded six times a day: often enough to see within a day
that it asks no more, seldom enough for a log that is kept for ever."""

FREEZES_OUTLAST = timedelta(days=7)
"""An incident that was over and silent for this long freezes nothing any more."""


class DeployDesk:
    """Knows the incidents that matter, kept up from where it left off.  `ask` may be called at
    any time; what is stored is read in a thread.
    """

    def __init__(
        self,
        log: EventLog,
        codec: Codec,
        clock: Callable[[], datetime],
        *,
        directory: Directory,
        telemetry: Telemetry,
        intake: Intake,
        own_hand: OwnHand,
    ) -> None:
        self._logs = KnownLogs(log, codec)
        self._clock = clock
        self._directory = directory
        self._telemetry = telemetry
        self._intake = intake
        self._own_hand = own_hand
        self._states: dict[str, IncidentState] = {}
        self._graph: tuple[int, ServiceGraph] | None = None
        self._turn = asyncio.Lock()

    async def ask(self, service: str, environment: str = "", *, asker: Principal) -> DeployAnswer:
        """Whether `service` (id, alias or name) may be deployed.  Raises `StoreError`.

        That an `asker` who is no person asked is recorded now and then, for the consoles.
        """
        room = await self._intake.room()
        logs, now = self._of_interest(), self._clock()
        async with self._turn:
            said = await asyncio.to_thread(self._answer, service, environment, logs, room, now)
            if asker.person_id is None:
                await self._note_question(asker, said, now)
            return said

    async def _note_question(self, asker: Principal, said: DeployAnswer, now: datetime) -> None:
        """Record that a pipeline asked, if that was not recorded lately; no answer waits for it
        in vain: what cannot be recorded now is with the next question.
        """
        last = self._logs.known.gate_asked_at
        if last is not None and now - last < ASKED_AGAIN_AFTER:
            return
        fact = GateAsked(service=said.service, environment=said.environment)
        try:
            await self._own_hand.record(ORGANISATION_LOG, asker.actor, [Draft(fact=fact)])
        except (Refused, StoreError) as error:
            _log.warning("that a pipeline asked is not recorded: %s", error)

    def _of_interest(self) -> list[str]:
        """The logs of incidents that run, or ended so lately that a freeze may outlast them."""
        oldest = to_microseconds(self._clock() - FREEZES_OUTLAST)
        running = [one.log for one in self._directory.running()]
        recent = [
            one.log
            for one in self._directory.heads()
            if one.received_at >= oldest and incident_id_of(one.log) is not None
        ]
        return list(dict.fromkeys((*running, *recent)))

    def _answer(
        self, asked: str, environment: str, logs: list[str], room: WaitingRoom, now: datetime
    ) -> DeployAnswer:
        organisation, names = self._logs.organisation(), self._logs.services()
        service = names.find((asked,)) or asked
        self._states = {log: self._state(log) for log in logs}
        readings = self._telemetry.state().readings
        facts = GateFacts(
            graph=self._graph_of(organisation),
            incidents={
                incident_id_of(log) or log: state
                for log, state in self._states.items()
                if state.situation.number and not state.situation.is_exercise
            },
            words=(*_alerts(room, names), *self._telemetry.words()),
            silent={one.source: _why_silent(one) for one in readings if one.is_stale},
            has_readings=bool(readings),
        )
        gate = may_deploy(service, facts, now=now, environment=environment)
        known = organisation.services.get(service)
        return _as_body(
            gate,
            service=service,
            name=asked if known is None else known.name,
            environment=environment,
            now=now,
            readings=readings,
        )

    def _state(self, log: str) -> IncidentState:
        state = self._states.get(log, BEFORE_ANYTHING)
        for records in self._logs.records(log, state.position):
            state = replay(records, state)
        return state

    def _graph_of(self, organisation: OrganisationState) -> ServiceGraph:
        if self._graph is None or self._graph[0] != organisation.position:
            self._graph = (organisation.position, graph_of(organisation))
        return self._graph[1]


def _alerts(room: WaitingRoom, names: ServiceNames) -> Iterator[HealthWord]:
    """What alerts say while no incident takes them."""
    for alert in room.alerts.values():
        service = names.find(alert.report.called)
        health = alert.report.health or HEALTH_OF_SEVERITY.get(alert.report.severity)
        if service is not None and health is not None:
            yield HealthWord(
                service=service,
                health=health,
                told_by=f"alert {alert.report.name}",
                indicator=alert.report.indicator,
                since=alert.report.started_at,
            )


def _why_silent(readings: Readings) -> str:
    if readings.observed_at is None:
        return readings.problem or "not heard of yet"
    at = from_microseconds(readings.observed_at)
    return readings.problem or f"health as of {at:%d %b %H:%M} UTC"


def _as_body(
    gate: GateAnswer,
    *,
    service: str,
    name: str,
    environment: str,
    now: datetime,
    readings: list[Readings],
) -> DeployAnswer:
    heard = [one.observed_at for one in readings if one.observed_at is not None]
    return DeployAnswer(
        service=service,
        name=name,
        environment=environment,
        verdict=gate.verdict.value,
        is_allowed=gate.verdict is GateVerdict.ALLOW,
        reasons=[
            DeployReason(
                ground=one.ground.value,
                text=one.text,
                service=one.service,
                incident=one.incident,
                is_unknown=one.is_unknown,
            )
            for one in gate.reasons
        ],
        caveats=list(gate.caveats),
        checked_at=to_microseconds(now),
        health_as_of=min(heard, default=None),
    )
