"""What was found to be news, tried on copies of the states until it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.event import Draft, incident_log
from app.events.fact import Fact
from app.incident.kinds.signals import AlertFired, AlertResolved
from app.organisation.kinds import SourceRegistered
from app.server.directory import RunningIncident
from app.server.intake.courses import Course
from app.server.intake.event_names import EventNames, subject_of
from app.server.intake.incident_signals import AlertKey, ChangeKey, IncidentSignals
from app.server.intake.reports import AlertReport, ChangeReport
from app.server.intake.service_names import ServiceNames
from app.server.intake.waiting import WaitingRoom


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Facts to record in one log as one actor, in order."""

    log: str
    actor: str
    drafts: tuple[Draft, ...]


def actor_of(source: str) -> str:
    """The actor under which facts from this source are recorded."""
    return f"integration:{source}"


class Findings:
    """Collects facts, and shows each what the ones before it did."""

    def __init__(
        self,
        running: Sequence[RunningIncident],
        known: Mapping[str, IncidentSignals],
        services: ServiceNames,
        room: WaitingRoom,
        *,
        now: datetime,
        names: EventNames,
    ) -> None:
        self.running = running
        self.signals = {log: signals.copy() for log, signals in known.items()}
        self.room = room.copy()
        self.now = now
        self._services = services
        self._names = names
        self._epochs = {one.log: one.epoch for one in running}
        self._drafts: dict[tuple[str, str], list[Draft]] = {}

    @property
    def found(self) -> list[Finding]:
        """Everything to record."""
        return [
            Finding(log=log, actor=actor, drafts=tuple(drafts))
            for (log, actor), drafts in self._drafts.items()
        ]

    def live(self) -> list[IncidentSignals]:
        """The incidents that are no exercises, the one declared last first."""
        return [self.signals[one.log] for one in self.running if not one.is_exercise]

    def target(self, source: SourceRegistered) -> IncidentSignals | None:
        """Where news from `source` goes: its own incident, else the one declared last."""
        if source.incident:
            return self.signals.get(incident_log(source.incident))
        return next(iter(self.live()), None)

    def home(self, key: AlertKey) -> IncidentSignals | None:
        """The incident that knows an alert already, the one declared last if several do."""
        return next(
            (
                self.signals[one.log]
                for one in self.running
                if key in self.signals[one.log].courses
            ),
            None,
        )

    def knows_change(self, key: ChangeKey) -> bool:
        """Whether a change was told, or waits to be."""
        told = any(key in signals.changes for signals in self.signals.values())
        return told or key in self.room.changes

    def fire(self, to: IncidentSignals, report: AlertReport, source: str) -> None:
        """An alert began to fire."""
        service = self._services.find(report.called)
        fired = AlertFired(
            alert=report.alert,
            episode=report.episode,
            source=source,
            name=report.name,
            summary=report.summary,
            severity=report.severity,
            services=() if service is None else (service,),
            started_at=report.started_at,
            labels=dict(report.labels),
            link=report.link,
        )
        self.add(to, actor_of(source), Draft(fact=fired, occurred_at=self._at(report.started_at)))

    def resolve(self, to: IncidentSignals, report: AlertReport, source: str) -> None:
        """An alert that `to` knows stopped firing."""
        course: Course = to.courses[source, report.alert]
        ended_at = self._at(report.ended_at)
        resolved = AlertResolved(
            alert=report.alert, episode=course.episode, source=source, ended_at=ended_at
        )
        self.add(to, actor_of(source), Draft(fact=resolved, occurred_at=ended_at))

    def tell_change(self, to: IncidentSignals, report: ChangeReport, source: str) -> None:
        """A change was seen."""
        service = self._services.find((report.change.service,)) or report.change.service
        change = replace(report.change, service=service)
        at = None if report.at is None else self._at(report.at)
        self.add(to, actor_of(source), Draft(fact=change, occurred_at=at))

    def add(self, to: IncidentSignals, actor: str, draft: Draft) -> None:
        """Take a draft as done; it is to be recorded if `to` is an incident."""
        fact: Fact = draft.fact
        to.take(fact, draft.occurred_at or self.now, self.now)
        if to is not self.room.signals:
            named = replace(draft, event_id=self._name(to, fact))
            self._drafts.setdefault((to.log, actor), []).append(named)

    def _name(self, to: IncidentSignals, fact: Fact) -> str:
        """The id of a fact that `to` has taken in."""
        subject = subject_of(fact)
        if subject is None:
            return ""
        epoch = self._epochs.get(to.log, "")
        return self._names.name(to.log, epoch, subject, to.words[subject])

    def _at(self, moment: datetime | None) -> datetime:
        """When something happened: as the sender says, but never in the future."""
        return self.now if moment is None else min(moment, self.now)
