"""Reports that came while no incident was run: kept until one is declared, or they are over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from app.server.intake.incident_signals import AlertKey, ChangeKey, IncidentSignals
from app.server.intake.reports import AlertReport, ChangeReport

CHANGES_WAIT = timedelta(hours=6)
"""How long a change may have been seen before an incident and still be told there."""

MOST_CHANGES = 200
_ENDS_REMEMBERED = timedelta(hours=1)
_NO_LOG = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAlert:
    """An alert that fires while no incident takes it; `delivery` is where it was said."""

    report: AlertReport
    source: str
    delivery: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChange:
    """A change seen while no incident took it, when, and the delivery that said so."""

    report: ChangeReport
    source: str
    delivery: int
    seen_at: datetime


@dataclass(slots=True, kw_only=True)
class WaitingRoom:
    """What waits for an incident.

    `signals` tells news from repeats, as in an incident; it belongs to no log.
    """

    signals: IncidentSignals = field(default_factory=lambda: IncidentSignals(log=_NO_LOG))
    alerts: dict[AlertKey, WaitingAlert] = field(default_factory=dict)
    changes: dict[ChangeKey, WaitingChange] = field(default_factory=dict)

    def copy(self) -> Self:
        """The same, to try reports on."""
        return replace(
            self,
            signals=self.signals.copy(),
            alerts=dict(self.alerts),
            changes=dict(self.changes),
        )

    def deliveries(self) -> set[int]:
        """The deliveries that hold something that still waits."""
        return {
            *(one.delivery for one in self.alerts.values()),
            *(one.delivery for one in self.changes.values()),
        }

    def forget_the_old(self, now: datetime) -> None:
        """Let go of changes that are too old or too many to be told, and of ends long past."""
        changes = [
            (key, one) for key, one in self.changes.items() if now - one.seen_at <= CHANGES_WAIT
        ]
        self.changes = dict(changes[-MOST_CHANGES:])
        courses = self.signals.courses
        ended = [
            key
            for key, course in courses.items()
            if course.closed_at is not None and now - course.closed_at > _ENDS_REMEMBERED
        ]
        for key in ended:
            del courses[key]
