"""The list of incidents with their heads, kept up as logs grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.errors import InvalidInput
from app.events.codec import Codec, to_microseconds
from app.events.event import ORGANISATION_LOG, Recorded, Standing, incident_id_of
from app.incident.kinds.situation import (
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.log.appending import Growth
from app.log.event_log import Head
from app.protocol.bodies import IncidentList, IncidentSummary, LogHead

_MARK = b'"incident.'  # every kind of interest begins so; other lines are not decoded

_OVER = (Phase.REVIEWING, Phase.CLOSED, Phase.DECLINED, Phase.CANCELLED, Phase.MERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningIncident:
    """An incident that was declared and is not over: its log and how far that has grown."""

    log: str
    position: int
    is_exercise: bool
    epoch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    number: str = ""
    title: str = ""
    severity: int | None = None
    phase: str = ""
    is_exercise: bool = False
    declared_at: int | None = None


def is_listed(line: bytes) -> bool:
    """Whether a record line may change the list of incidents."""
    return _MARK in line


class Directory:
    """One line per incident: the latest of each fact in the order of its log."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._heads: dict[str, LogHead] = {}
        self._entries: dict[str, _Entry] = {}
        self.version = 0
        """Changes whenever an incident is declared or changes in any way that is listed."""

    def begin(self, heads: Iterable[Head], lines: Iterable[tuple[str, bytes]]) -> None:
        """Start from what is stored: all heads, and (log, line) of the kinds of interest."""
        for head in heads:
            self._heads[head.log] = LogHead(
                log=head.log,
                epoch=head.epoch,
                position=head.position,
                received_at=head.received_at,
            )
        for log, line in lines:
            self._learn_line(log, line)

    def learn(self, growth: Growth) -> None:
        """Take in what was added to one log."""
        self._heads[growth.log] = LogHead(
            log=growth.log,
            epoch=growth.epoch,
            position=growth.last,
            received_at=growth.received_at,
        )
        for line in growth.lines:
            if is_listed(line):
                self._learn_line(growth.log, line)

    def move(self, head: LogHead) -> LogHead:
        """Note how far a log has grown by records that change nothing in the list."""
        self._heads[head.log] = head
        return head

    def head(self, log: str) -> LogHead | None:
        """How far `log` has grown, or None if there is no such log."""
        return self._heads.get(log)

    def heads(self) -> list[LogHead]:
        """The heads of all logs, latest change first."""
        return sorted(self._heads.values(), key=lambda head: -head.received_at)

    def is_running(self, log: str) -> bool:
        """Whether `log` is that of an incident that is still run."""
        entry = self._entries.get(log)
        return entry is not None and entry.declared_at is not None and entry.phase not in _OVER

    def running(self) -> list[RunningIncident]:
        """The incidents that are still run, the one declared last first."""
        still_run = sorted(
            (
                (entry.declared_at, log, entry.is_exercise)
                for log, entry in self._entries.items()
                if entry.declared_at is not None and self.is_running(log)
            ),
            reverse=True,
        )
        return [
            RunningIncident(
                log=log,
                position=self._heads[log].position,
                is_exercise=is_exercise,
                epoch=self._heads[log].epoch,
            )
            for _, log, is_exercise in still_run
        ]

    def incidents(self) -> IncidentList:
        """All incidents, latest change first."""
        summaries = []
        for head in self.heads():
            incident_id = incident_id_of(head.log)
            if incident_id is not None:
                summaries.append(self._summary(incident_id, head))
        return IncidentList(incidents=summaries, organisation=self._heads.get(ORGANISATION_LOG))

    def _summary(self, incident_id: str, head: LogHead) -> IncidentSummary:
        entry = self._entries.get(head.log, _Entry())
        return IncidentSummary(
            id=incident_id,
            number=entry.number,
            title=entry.title,
            severity=entry.severity,
            phase=entry.phase,
            is_exercise=entry.is_exercise,
            declared_at=entry.declared_at,
            head=head,
        )

    def _learn_line(self, log: str, line: bytes) -> None:
        try:
            recorded = self._codec.read_record(line)
        except InvalidInput:
            return
        if recorded.standing is Standing.ACCEPTED:
            self._entries[log] = _after(self._entries.get(log, _Entry()), recorded)
            self.version += 1


def _after(entry: _Entry, recorded: Recorded) -> _Entry:
    match recorded.event.fact:
        case IncidentDeclared() as declared:
            return replace(
                entry,
                number=declared.number,
                title=declared.title,
                severity=declared.severity,
                is_exercise=declared.is_exercise,
                phase=entry.phase or Phase.TRIAGE,
                declared_at=to_microseconds(recorded.happened_at),
            )
        case PhaseChanged(phase=phase):
            return replace(entry, phase=phase)
        case SeverityChanged(severity=severity):
            return replace(entry, severity=severity)
        case TitleChanged(title=title):
            return replace(entry, title=title)
    return entry
