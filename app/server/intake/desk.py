"""Where reports become facts: which incident they belong to, and what in them is news.

Everything is decided from the logs and from what was reported since the server started; what
must outlast the server is in the logs, or in deliveries that are not settled yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.events.codec import Codec
from app.log.event_log import EventLog
from app.organisation.kinds import SourceRegistered
from app.server.directory import RunningIncident
from app.server.intake.courses import Step, step_of
from app.server.intake.event_names import EventNames
from app.server.intake.findings import Findings, actor_of
from app.server.intake.health_rules import (
    READINGS_CAUSE,
    Claim,
    Spoken,
    claim_of,
    health_drafts,
    next_recovery,
    remembered_claims,
)
from app.server.intake.incident_signals import AlertKey, IncidentSignals
from app.server.intake.known_logs import KnownLogs
from app.server.intake.reports import AlertReport, ChangeReport, Notification
from app.server.intake.waiting import WaitingAlert, WaitingChange, WaitingRoom
from app.server.standing import SERVER_ACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification with where it came from and when (aware UTC); `delivery` is its number."""

    notification: Notification
    source: SourceRegistered
    received_at: datetime
    delivery: int


class SignalDesk:
    """Turns notifications and readings into facts; for one thread at a time.

    `running` are always the incidents that are run now, the one declared last first.  `read`
    and `advance` raise `StoreError`; what they find counts once `settle` is told it is recorded.
    """

    def __init__(self, log: EventLog, codec: Codec, names: EventNames) -> None:
        self._logs = KnownLogs(log, codec)
        self._names = names
        self._members: dict[AlertKey, set[str]] = {}
        self._spoken: dict[AlertKey, Spoken] = {}
        self._readings: dict[tuple[str, str], Claim | None] = {}
        self._registered: dict[str, SourceRegistered] = {}
        self.room = WaitingRoom()

    def read(self, told: Told, running: Sequence[RunningIncident]) -> Findings:
        """What is news in a notification, and what follows from it."""
        self._registered[told.source.source] = told.source
        findings = self._begin(running, told.received_at)
        for report in told.notification.alerts:
            self._read_alert(report, told, findings)
        for change in told.notification.changes:
            _read_change(change, told, findings)
        self._judge_health(findings, actor_of(told.source.source))
        return findings

    def advance(self, now: datetime, running: Sequence[RunningIncident]) -> Findings:
        """What is due now: what waited for an incident, readings, and ended recoveries."""
        findings = self._begin(running, now)
        self._judge_health(findings, SERVER_ACTOR)
        return findings

    def settle(self, findings: Findings) -> set[int]:
        """The findings are recorded; returns the deliveries of which nothing waits any more."""
        before = self.room.deliveries()
        self.room = findings.room
        return before - self.room.deliveries()

    def hear_readings(self, source: str, claims: Mapping[str, Claim | None]) -> None:
        """This is what the readings of `source` say of these services; None is nothing bad."""
        cause = f"{READINGS_CAUSE}{source}"
        self._readings.update({(service, cause): claim for service, claim in claims.items()})

    def _begin(self, running: Sequence[RunningIncident], now: datetime) -> Findings:
        """Where things stand, with everything that waited in the incident that takes it."""
        known = self._logs.signals(running)
        findings = Findings(
            running, known, self._logs.services(), self.room, now=now, names=self._names
        )
        room = findings.room
        room.forget_the_old(now)
        for key, alert in self.room.alerts.items():
            target = findings.target(self._registered[alert.source])
            if target is not None:
                del room.alerts[key], room.signals.courses[key]
                if key not in target.courses:
                    findings.fire(target, alert.report, alert.source)
        for change_key, change in tuple(room.changes.items()):
            target = findings.target(self._registered[change.source])
            if target is not None:
                del room.changes[change_key]
                findings.tell_change(target, change.report, change.source)
        return findings

    def _read_alert(self, report: AlertReport, told: Told, findings: Findings) -> None:
        source, key = told.source.source, (told.source.source, report.alert)
        room = findings.room
        home = findings.home(key) or findings.target(told.source) or room.signals
        course = home.courses.get(key) or room.signals.courses.get(key)
        others_fire = self._note_member(key, report)
        step = step_of(course, report, told.received_at, others_fire=others_fire)
        if report.is_firing and (course is None or report.started_at >= course.started_at):
            self._spoken[key] = Spoken(health=report.health, indicator=report.indicator)
        if step in (Step.FIRES, Step.FIRES_AND_RESOLVES):
            findings.fire(home, report, source)
        if step in (Step.RESOLVES, Step.FIRES_AND_RESOLVES):
            findings.resolve(home, report, source)
        if home is room.signals:
            _keep_waiting(room, key, report, told)

    def _note_member(self, key: AlertKey, report: AlertReport) -> bool:
        """Remember who of a pair reports this alert as firing; whether another one does."""
        members = self._members.setdefault(key, set())
        members.discard(report.member)
        others_fire = bool(members)
        if report.is_firing:
            members.add(report.member)
        elif not members:
            del self._members[key]
        return others_fire

    def _judge_health(self, findings: Findings, actor: str) -> None:
        live = {signals.log for signals in findings.live()}
        for log, signals in findings.signals.items():
            claims = self._claims(signals, with_readings=log in live)
            for draft in health_drafts(signals, claims, findings.now):
                findings.add(signals, actor, draft)

    def _claims(self, signals: IncidentSignals, *, with_readings: bool) -> dict[str, list[Claim]]:
        claims: dict[str, list[Claim]] = {}
        for key, course in signals.courses.items():
            for service in course.services if course.is_open else ():
                known = signals.health.get(service)
                if (claim := claim_of(course, known, self._spoken.get(key))) is not None:
                    claims.setdefault(service, []).append(claim)
        readings = dict(self._readings) if with_readings else {}
        for (service, _), said in {**remembered_claims(signals), **readings}.items():
            if said is not None:
                claims.setdefault(service, []).append(said)
        return claims


def due_after(findings: Findings) -> datetime | None:
    """When something is due by itself once these findings are recorded, if anything is."""
    due = (next_recovery(signals) for signals in findings.signals.values())
    return min((moment for moment in due if moment is not None), default=None)


def _keep_waiting(room: WaitingRoom, key: AlertKey, report: AlertReport, told: Told) -> None:
    """Keep the alert, or the newest word about it, while it fires and nobody takes it."""
    known = room.alerts.get(key)
    if not room.signals.courses[key].is_open:
        room.alerts.pop(key, None)
    elif report.is_firing and (known is None or _says_more(report, known.report)):
        room.alerts[key] = WaitingAlert(
            report=report, source=told.source.source, delivery=told.delivery
        )


def _says_more(report: AlertReport, known: AlertReport) -> bool:
    is_newer = report.started_at > known.started_at
    return is_newer or (report.episode == known.episode and report.indicator != known.indicator)


def _read_change(report: ChangeReport, told: Told, findings: Findings) -> None:
    change, source = report.change, told.source.source
    key = (source, change.ref, change.outcome)
    if findings.knows_change(key):
        return
    target = findings.target(told.source)
    if target is not None:
        findings.tell_change(target, report, source)
    else:
        findings.room.changes[key] = WaitingChange(
            report=report, source=source, delivery=told.delivery, seen_at=told.received_at
        )


__all__ = ["SignalDesk", "Told", "due_after"]
