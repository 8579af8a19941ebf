"""How one alert goes: which reports of it are news, whatever order they come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from app.incident.kinds.signals import AlertSeverity, Health
from app.server.intake.reports import AlertReport

FIRES_AGAIN_AFTER = timedelta(minutes=2)
"""How long after the end of an episode a word that it fires is a straggler, not news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The latest episode of one alert in one log.

    `closed_at` is when its end was recorded, None while it fires.  `health` is what its sender
    said outright of its services, if anything.
    """

    source: str
    alert: str
    episode: str
    started_at: datetime
    name: str
    summary: str
    severity: AlertSeverity
    services: tuple[str, ...] = ()
    health: Health | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it fires."""
        return self.closed_at is None


class Step(Enum):
    """What a report adds to the course of its alert."""

    NOTHING = auto()
    FIRES = auto()
    RESOLVES = auto()
    FIRES_AND_RESOLVES = auto()


def step_of(
    course: Course | None, report: AlertReport, received_at: datetime, *, others_fire: bool = False
) -> Step:
    """What `report` adds to `course` (None: never heard of).

    The last episode by its start counts, and its end is final: repeats and reports that come in
    the wrong order add nothing.  Only when an ended episode is said to fire a good while later
    does it fire again, as after a time in which its sender was cut off.  `others_fire` says that
    another sender of a pair still reports the same alert.
    """
    if course is None:
        return Step.FIRES if report.is_firing else Step.FIRES_AND_RESOLVES
    if course.closed_at is None:
        return _step_while_open(course, report, others_fire=others_fire)
    if report.started_at > course.started_at:
        return Step.FIRES if report.is_firing else Step.FIRES_AND_RESOLVES
    if report.is_firing and received_at - course.closed_at > FIRES_AGAIN_AFTER:
        return Step.FIRES
    return Step.NOTHING


def _step_while_open(course: Course, report: AlertReport, *, others_fire: bool) -> Step:
    is_one_of_a_pair = report.member != report.alert
    if is_one_of_a_pair:
        return Step.NOTHING if report.is_firing or others_fire else Step.RESOLVES
    if report.started_at > course.started_at:
        return Step.FIRES if report.is_firing else Step.FIRES_AND_RESOLVES
    if report.started_at == course.started_at and not report.is_firing:
        return Step.RESOLVES
    return Step.NOTHING
