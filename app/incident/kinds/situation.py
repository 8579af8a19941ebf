"""Facts about the incident itself: declared, its phase, severity, impact, title, people in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from app.events.fact import Fact


class Phase(StrEnum):
    """What the responders are doing, in the order of the stepper, then the ways to end."""

    TRIAGE = "triage"
    INVESTIGATING = "investigating"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    MERGED = "merged"


class ImpactLevel(StrEnum):
    """What users feel."""

    NONE = "none"
    SUSPECTED = "suspected"
    PARTIAL = "partial"
    FULL = "full"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDeclared(Fact):
    """An incident began to be run.  `severity` is 1 (worst) to 5; `number` reads `INC-2417`."""

    kind: ClassVar[str] = "incident.declared@1"

    number: str
    title: str
    severity: int
    environment: str = ""
    is_exercise: bool = False
    sensitivity: str = "internal"
    bridge_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged(Fact):
    """The incident moved to another phase."""

    kind: ClassVar[str] = "incident.phase_changed@1"

    phase: Phase
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChanged(Fact):
    """The severity was set, 1 (worst) to 5."""

    kind: ClassVar[str] = "incident.severity_changed@1"

    severity: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactStated(Fact):
    """What users feel, in one plain sentence and as a level."""

    kind: ClassVar[str] = "incident.impact_stated@1"

    text: str
    level: ImpactLevel = ImpactLevel.PARTIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleChanged(Fact):
    """The title was rewritten.  `replaces` is the id of the event it was rewritten from."""

    kind: ClassVar[str] = "incident.title_changed@1"

    title: str
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStated(Fact):
    """Where the voice bridge is; `url` is data, never opened without a person's click."""

    kind: ClassVar[str] = "incident.bridge_stated@1"

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(Fact):
    """Somebody joined the war room.  `on_bridge` says whether they are on the voice bridge."""

    kind: ClassVar[str] = "participant.joined@1"

    person: str
    name: str
    on_bridge: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(Fact):
    """Somebody left the war room."""

    kind: ClassVar[str] = "participant.left@1"

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRestored(Fact):
    """The server came back from an older backup, and this console sends again what it lacks.

    The log's first `kept` records are as they were; the `returned` records after them, of the
    epoch whose first characters are `epoch_before`, are what this console had.
    """

    kind: ClassVar[str] = "log.restored@1"

    epoch_before: str
    kept: int
    returned: int


class Dispute(StrEnum):
    """How two checkpoints that one key signed cannot both be true.

    `forked`: one is not the beginning of the other.  `shortened`: the record that was offered
    ends before what was seen.  `other_key`: the same record is signed by another key.
    `altered`: the records that were given to a console are not those that were signed.
    """

    FORKED = "forked"
    SHORTENED = "shortened"
    OTHER_KEY = "other_key"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDisputed(Fact):
    """Evidence that the server showed two histories: `offered` does not continue `seen`.

    Both are signed notes of the site log, which `site_key` (Base64) signed; anybody can compare
    them again.  With `altered`, `offered` is a signed note of the incident's own log, and `seen`
    the checkpoint, unsigned, that a console computed from the records it was given.  `told_by` is
    who brought `seen`, `seen_sha256` the hex digest of it.
    """

    kind: ClassVar[str] = "history.disputed@1"

    reason: Dispute
    seen: str
    offered: str
    site_key: str
    told_by: str = ""
    seen_sha256: str = ""


SITUATION_KINDS: tuple[type[Fact], ...] = (
    IncidentDeclared,
    PhaseChanged,
    SeverityChanged,
    ImpactStated,
    TitleChanged,
    BridgeStated,
    ParticipantJoined,
    ParticipantLeft,
    LogRestored,
    HistoryDisputed,
)
