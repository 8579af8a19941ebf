"""What one incident's log says of alerts, health and changes: all that intake must know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from app.errors import InvalidInput
from app.events.codec import Codec
from app.events.event import Recorded, Standing
from app.events.fact import Fact
from app.incident.kinds.freezes import ChangeSeen
from app.incident.kinds.signals import AlertFired, AlertResolved, Health, HealthChanged
from app.server.intake.courses import Course
from app.server.intake.event_names import Subject, subject_of

_MARKS = (b'"alert.', b'"service.', b'"change.')  # other lines are not decoded

AlertKey = tuple[str, str]
"""Source and alert."""

ChangeKey = tuple[str, str, str]
"""Source, ref and outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHealth:
    """The last thing a log says of a service's health, since when, and because of what."""

    health: Health
    indicator: str
    cause: tuple[str, ...]
    since: datetime


@dataclass(slots=True, kw_only=True)
class IncidentSignals:
    """One incident's log as intake sees it, up to `position`.

    `words` counts what was said about each subject.
    """

    log: str
    position: int = 0
    courses: dict[AlertKey, Course] = field(default_factory=dict)
    health: dict[str, KnownHealth] = field(default_factory=dict)
    changes: set[ChangeKey] = field(default_factory=set)
    words: Counter[Subject] = field(default_factory=Counter)

    def copy(self) -> Self:
        """The same, to try facts on before they are recorded."""
        return replace(
            self,
            courses=dict(self.courses),
            health=dict(self.health),
            changes=set(self.changes),
            words=Counter(self.words),
        )

    def learn(self, lines: Iterable[bytes], codec: Codec) -> None:
        """Take in the record lines that follow `position`."""
        for line in lines:
            self.position += 1
            if any(mark in line for mark in _MARKS):
                self._learn_record(line, codec)

    def _learn_record(self, line: bytes, codec: Codec) -> None:
        try:
            recorded = codec.read_record(line)
        except InvalidInput:
            return
        if recorded.standing is Standing.ACCEPTED:
            self._fold(recorded)

    def _fold(self, recorded: Recorded) -> None:
        self.take(recorded.event.fact, recorded.happened_at, recorded.received_at)

    def take(self, fact: Fact, happened_at: datetime, received_at: datetime) -> None:
        """Take in one fact, when it happened and when it was recorded."""
        subject = subject_of(fact)
        if subject is not None:
            self.words[subject] += 1
        match fact:
            case AlertFired() as fired:
                self.courses[fired.source, fired.alert] = _course(fired, happened_at)
            case AlertResolved(source=source, alert=alert, episode=episode):
                course = self.courses.get((source, alert))
                if course is not None and course.is_open and course.episode == episode:
                    self.courses[source, alert] = replace(course, closed_at=received_at)
            case HealthChanged() as changed:
                self._change_health(changed, happened_at)
            case ChangeSeen(source=source, ref=ref, outcome=outcome):
                self.changes.add((source, ref, outcome))

    def _change_health(self, changed: HealthChanged, happened_at: datetime) -> None:
        before = self.health.get(changed.service)
        is_same = before is not None and before.health is changed.health
        self.health[changed.service] = KnownHealth(
            health=changed.health,
            indicator=changed.indicator,
            cause=changed.cause,
            since=before.since if before is not None and is_same else happened_at,
        )


def _course(fired: AlertFired, happened_at: datetime) -> Course:
    said = (fired.labels or {}).get("health", "").casefold()
    return Course(
        source=fired.source,
        alert=fired.alert,
        episode=fired.episode,
        started_at=fired.started_at or happened_at,
        name=fired.name,
        summary=fired.summary,
        severity=fired.severity,
        services=fired.services,
        health=Health(said) if said in list(Health) else None,
    )
