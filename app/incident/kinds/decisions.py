"""Facts about decisions: proposed, polled, decided, reversed.  Nothing is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.events.fact import Fact


class Verdict(StrEnum):
    """What was decided."""

    GO = "go"
    NOGO = "nogo"
    HOLD = "hold"


class Stance(StrEnum):
    """What a voice says in a poll.  Silence is not a stance; it is recorded when decided."""

    CLEAR = "clear"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionProposed(Fact):
    """A choice was put forward.  `owner` is the person id who carries it out, if named.

    `supersedes` is the id of the proposal this one replaces.
    """

    kind: ClassVar[str] = "decision.proposed@1"

    title: str
    reason: str = ""
    owner: str = ""
    owner_name: str = ""
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    exception: str = ""
    supersedes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpened(Fact):
    """The voices in `required` (person ids) are asked for strong objections until `closes_at`.

    Opening a poll that is open already extends it.
    """

    kind: ClassVar[str] = "decision.poll_opened@1"

    decision: str
    required: tuple[str, ...]
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceGiven(Fact):
    """A voice answered an open poll; an objection carries its text (at most 140 characters)."""

    kind: ClassVar[str] = "decision.voice_given@1"

    decision: str
    person: str
    name: str
    stance: Stance
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDecided(Fact):
    """The accountable person decided.

    `seen_objections` are the ids of the objections the decider knew of; `silent` the required
    voices who had not answered.  `revisit_at` is when to look at it again.
    """

    kind: ClassVar[str] = "decision.decided@1"

    decision: str
    verdict: Verdict
    decided_by: str
    reason: str = ""
    seen_objections: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    revisit_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReversed(Fact):
    """An earlier decision no longer stands."""

    kind: ClassVar[str] = "decision.reversed@1"

    decision: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWithdrawn(Fact):
    """A proposal was taken back before it was decided."""

    kind: ClassVar[str] = "decision.withdrawn@1"

    decision: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeStated(Fact):
    """What came of a decision, in a few words ("Holding", "Closed")."""

    kind: ClassVar[str] = "decision.outcome_stated@1"

    decision: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSettled(Fact):
    """The commander settled verdicts that differed: the one in event `chosen` holds."""

    kind: ClassVar[str] = "decision.verdict_settled@1"

    decision: str
    chosen: str


DECISION_KINDS: tuple[type[Fact], ...] = (
    DecisionProposed,
    PollOpened,
    VoiceGiven,
    DecisionDecided,
    DecisionReversed,
    DecisionWithdrawn,
    OutcomeStated,
    VerdictSettled,
)
