"""The work on the root cause: locked until the failure was reproduced, then why after why.

Rules that hold when people act without knowing of each other: where one opens and another locks,
it stays locked until somebody who saw both says so; two ways to open agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.events.event import Recorded
from app.incident.claims import Claim, Claims, stake, unseen_by
from app.incident.kinds.causes import (
    CauseStated,
    ReproductionConfirmed,
    ReproductionDoubted,
    ReproductionRecorded,
    ReproductionWaived,
)
from app.incident.kinds.work import EntryTakenBack


class Gate(StrEnum):
    """Whether causes may be stated, and on what ground."""

    LOCKED = "locked"
    CONFIRMED = "confirmed"
    WAIVED = "waived"

    @property
    def is_open(self) -> bool:
        """Whether causes may be stated."""
        return self is not Gate.LOCKED


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWord:
    """Somebody's word on the gate; `reproduction` is the record it rests on, if any."""

    gate: Gate
    reason: str = ""
    reproduction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """One record of trying to make the failure happen: `reproduced` of `attempts` did it."""

    reproduction_id: str
    steps: str
    attempts: int
    reproduced: int
    result: str
    recorded_by: str
    at: datetime

    def can_be_confirmed_by(self, person: str) -> bool:
        """Whether this person's confirmation counts: not the recorder's, not of a failure to."""
        return self.reproduced > 0 and person != self.recorded_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One answer to "why?"; `because_of` is the cause it explains, empty for the failure itself.

    `is_early` says that its author could see the lock: it is kept and does not count.
    """

    cause_id: str
    text: str
    evidence: str
    because_of: str
    labels: tuple[str, ...]
    stated_by: str
    at: datetime
    is_early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """Records, words on the gate that still stand, and causes, each in log order."""

    reproductions: tuple[Reproduction, ...] = ()
    words: Claims[GateWord] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def gate(self) -> Gate:
        """Whether causes may be stated: locked from the start, and while people disagree."""
        if not self.words or any(not one.value.gate.is_open for one in self.words):
            return Gate.LOCKED
        gates = [one.value.gate for one in self.words]
        return Gate.CONFIRMED if Gate.CONFIRMED in gates else gates[0]

    @property
    def is_contested(self) -> bool:
        """Whether one opened it while another, apart, locked it."""
        return len({one.value.gate.is_open for one in self.words}) > 1

    @property
    def deciding(self) -> Claim[GateWord] | None:
        """The word the gate rests on; None while nobody spoke."""
        gate = self.gate
        return next((one for one in self.words if one.value.gate is gate), None)

    @property
    def chain(self) -> tuple[Cause, ...]:
        """The causes that count, in log order."""
        return tuple(one for one in self.causes if not one.is_early)

    def depth_of(self, cause: Cause) -> int:
        """How many causes that count stand between this one and the failure."""
        by_id = {one.cause_id: one for one in self.chain}
        depth, seen = 0, {cause.cause_id}
        parent = by_id.get(cause.because_of)
        while parent is not None and parent.cause_id not in seen:
            seen.add(parent.cause_id)
            depth, parent = depth + 1, by_id.get(parent.because_of)
        return depth

    def to_confirm_by(self, person: str) -> Reproduction | None:
        """The newest record that this person's confirmation would count for."""
        known = (one for one in reversed(self.reproductions) if one.can_be_confirmed_by(person))
        return next(known, None)


def project_root_cause(known: RootCause, news: Sequence[Recorded]) -> RootCause:
    """The work on the root cause after `news`."""
    for recorded in news:
        match recorded.event.fact:
            case ReproductionRecorded() as record:
                reproductions = (*known.reproductions, _reproduction(recorded, record))
                known = replace(known, reproductions=reproductions)
            case ReproductionConfirmed(reproduction=about):
                known = _confirm(known, recorded, about)
            case ReproductionWaived(reason=reason) if reason.strip():
                known = _say(known, recorded, GateWord(gate=Gate.WAIVED, reason=reason))
            case ReproductionDoubted(reason=reason):
                known = _say(known, recorded, GateWord(gate=Gate.LOCKED, reason=reason))
            case CauseStated() as stated:
                known = replace(known, causes=(*known.causes, _cause(known, recorded, stated)))
            case EntryTakenBack(entry=entry):
                known = _take_back(known, recorded, entry)
            case _:
                pass
    return known


def _author(recorded: Recorded) -> str:
    return recorded.event.person_id or recorded.event.actor


def _reproduction(recorded: Recorded, record: ReproductionRecorded) -> Reproduction:
    return Reproduction(
        reproduction_id=recorded.event.id,
        steps=record.steps,
        attempts=record.attempts,
        reproduced=record.reproduced,
        result=record.result,
        recorded_by=_author(recorded),
        at=recorded.happened_at,
    )


def _say(known: RootCause, recorded: Recorded, word: GateWord) -> RootCause:
    return replace(known, words=stake(known.words, recorded, word))


def _confirm(known: RootCause, recorded: Recorded, about: str) -> RootCause:
    records = {one.reproduction_id: one for one in known.reproductions}
    record = records.get(about)
    if record is None or not record.can_be_confirmed_by(_author(recorded)):
        return known
    return _say(known, recorded, GateWord(gate=Gate.CONFIRMED, reproduction=about))


def _cause(known: RootCause, recorded: Recorded, stated: CauseStated) -> Cause:
    # A word its author had not seen may hide that it was open for them: what they said counts.
    saw_the_lock = not known.gate.is_open and not unseen_by(known.words, recorded)
    return Cause(
        cause_id=recorded.event.id,
        text=stated.text,
        evidence=stated.evidence,
        because_of=stated.because_of,
        labels=stated.labels,
        stated_by=_author(recorded),
        at=recorded.happened_at,
        is_early=saw_the_lock,
    )


def _take_back(known: RootCause, recorded: Recorded, entry: str) -> RootCause:
    """Without it: what rests on a word or a record that was taken back is locked again."""
    rests_on_it = any(
        entry in (one.event_id, one.value.reproduction) and one.value.gate.is_open
        for one in known.words
    )
    if rests_on_it:
        known = _say(known, recorded, GateWord(gate=Gate.LOCKED, reason="taken back"))
    return replace(
        known,
        reproductions=tuple(one for one in known.reproductions if one.reproduction_id != entry),
        causes=tuple(one for one in known.causes if one.cause_id != entry),
    )
