"""Which decisions were proposed, polled and made, and which of them still stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.events.event import Recorded, is_concurrent
from app.events.value import quickly_made
from app.incident.claims import Claims, claim, stake, unseen_by
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    DecisionWithdrawn,
    OutcomeStated,
    PollOpened,
    Stance,
    Verdict,
    VerdictSettled,
    VoiceGiven,
)
from app.incident.kinds.work import EntryTakenBack


class DecisionStatus(StrEnum):
    """Where a decision is on its way."""

    PROPOSED = "proposed"
    POLLING = "polling"
    DECIDED = "decided"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one person answered in a poll."""

    person: str
    name: str
    stance: Stance
    text: str
    at: datetime
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll for strong objections: who must be heard, who answered, until when."""

    opened_at: datetime
    closes_at: datetime
    required: tuple[str, ...]
    voices: tuple[Voice, ...] = ()

    @property
    def objections(self) -> tuple[Voice, ...]:
        """The voices that object."""
        return tuple(voice for voice in self.voices if voice.stance is Stance.OBJECTS)

    @property
    def silent(self) -> tuple[str, ...]:
        """The required voices that have not answered."""
        heard = {voice.person for voice in self.voices}
        return tuple(person for person in self.required if person not in heard)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One verdict on a decision, by whom and when."""

    verdict: Verdict
    decided_by: str
    at: datetime
    event_id: str
    reason: str = ""
    seen_objections: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    revisit_at: datetime | None = None
    recorded_by: str = ""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision as a record.  Its text is never edited, only superseded.

    `number` counts proposals in log order; `is_provisional` says that the number may change
    because no server has recorded the proposal yet (it reads `D-7*`).
    """

    decision_id: str
    number: int
    title: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    position: int
    console: str
    is_provisional: bool = False
    owner: str = ""
    owner_name: str = ""
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    exception: str = ""
    supersedes: str = ""
    superseded_by: tuple[str, ...] = ()
    poll: Poll | None = None
    rulings: Claims[Ruling] = ()
    reversed_because: str | None = None
    reversed_by: str = ""
    reversed_at: datetime | None = None
    withdrawn_because: str | None = None
    outcome: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How the decision is called: `D-7`, or `D-7*` while the number may change."""
        return f"D-{self.number}{'*' if self.is_provisional else ''}"

    @property
    def ruling(self) -> Ruling | None:
        """The verdict that holds; None while there is none or while verdicts differ."""
        if not self.rulings or self.is_contested:
            return None
        return self.rulings[-1].value

    @property
    def is_contested(self) -> bool:
        """Whether verdicts differ, or two proposals supersede the same one: commander picks."""
        verdicts = {one.value.verdict for one in self.rulings}
        return len(verdicts) > 1 or bool(self.rivals)

    @property
    def status(self) -> DecisionStatus:
        """Where this decision is on its way."""
        if self.withdrawn_because is not None:
            return DecisionStatus.WITHDRAWN
        if self.reversed_because is not None:
            return DecisionStatus.REVERSED
        if self.superseded_by:
            return DecisionStatus.SUPERSEDED
        if self.rulings:
            return DecisionStatus.DECIDED
        return DecisionStatus.PROPOSED if self.poll is None else DecisionStatus.POLLING

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a verdict."""
        return self.status in (DecisionStatus.PROPOSED, DecisionStatus.POLLING)


_Known = dict[str, Decision]


def project_decisions(
    known: tuple[Decision, ...],
    news: Sequence[Recorded],
    is_commander: Callable[[Recorded], bool],
) -> tuple[Decision, ...]:
    """The decision log after `news`, in the order decisions were proposed."""
    decisions = {decision.decision_id: decision for decision in known}
    for recorded in news:
        match recorded.event.fact:
            case DecisionProposed() as proposed:
                _propose(decisions, recorded, proposed)
            case PollOpened(decision=decision_id) as opened if decision_id in decisions:
                decisions[decision_id] = _open_poll(decisions[decision_id], recorded, opened)
            case VoiceGiven(decision=decision_id) as given if decision_id in decisions:
                decisions[decision_id] = _hear(decisions[decision_id], recorded, given)
            case DecisionDecided(decision=decision_id) as decided if decision_id in decisions:
                decisions[decision_id] = _decide(
                    decisions[decision_id], recorded, decided, by_commander=is_commander(recorded)
                )
            case VerdictSettled() as settled if is_commander(recorded):
                _settle(decisions, recorded, settled)
            case _:
                _close(decisions, recorded)
    return tuple(decisions.values())


def _propose(decisions: _Known, recorded: Recorded, proposed: DecisionProposed) -> None:
    decision_id = recorded.event.id
    decisions[decision_id] = Decision(
        decision_id=decision_id,
        number=len(decisions) + 1,
        title=proposed.title,
        reason=proposed.reason,
        proposed_by=recorded.event.person_id or recorded.event.actor,
        proposed_at=recorded.happened_at,
        position=recorded.position,
        console=recorded.event.console,
        is_provisional=recorded.is_pending,
        owner=proposed.owner,
        owner_name=proposed.owner_name,
        services=proposed.services,
        labels=proposed.labels,
        exception=proposed.exception,
        supersedes=proposed.supersedes,
    )
    if proposed.supersedes in decisions:
        _supersede(decisions, recorded, proposed.supersedes)


def _supersede(decisions: _Known, recorded: Recorded, replaced_id: str) -> None:
    """Link both ways; two proposals that replace the same one unseen become rivals."""
    new_id = recorded.event.id
    replaced = decisions[replaced_id]
    for rival_id in replaced.superseded_by:
        rival = decisions[rival_id]
        is_out = rival.withdrawn_because is not None
        if not is_out and is_concurrent(recorded, rival.position, rival.console):
            decisions[rival_id] = replace(rival, rivals=(*rival.rivals, new_id))
            new = decisions[new_id]
            decisions[new_id] = replace(new, rivals=(*new.rivals, rival_id))
    decisions[replaced_id] = replace(replaced, superseded_by=(*replaced.superseded_by, new_id))


def _open_poll(decision: Decision, recorded: Recorded, opened: PollOpened) -> Decision:
    before = decision.poll
    poll = Poll(
        opened_at=recorded.happened_at if before is None else before.opened_at,
        closes_at=opened.closes_at,
        required=opened.required,
        voices=() if before is None else before.voices,
    )
    return replace(decision, poll=poll)


def _hear(decision: Decision, recorded: Recorded, given: VoiceGiven) -> Decision:
    poll = decision.poll or Poll(
        opened_at=recorded.happened_at, closes_at=recorded.happened_at, required=()
    )
    voice = Voice(
        person=given.person,
        name=given.name,
        stance=given.stance,
        text=given.text,
        at=recorded.happened_at,
        event_id=recorded.event.id,
    )
    others = tuple(one for one in poll.voices if one.person != given.person)
    return replace(decision, poll=replace(poll, voices=(*others, voice)))


def _decide(
    decision: Decision, recorded: Recorded, decided: DecisionDecided, *, by_commander: bool
) -> Decision:
    ruling = Ruling(
        verdict=decided.verdict,
        decided_by=decided.decided_by,
        at=recorded.happened_at,
        event_id=recorded.event.id,
        reason=decided.reason,
        seen_objections=decided.seen_objections,
        silent=decided.silent,
        revisit_at=decided.revisit_at,
        recorded_by=recorded.event.person_id or "",
    )
    if decision.is_contested and not by_commander:
        # Only the commander picks among verdicts that differ; another one is kept beside them.
        return replace(decision, rulings=(*decision.rulings, claim(recorded, ruling)))
    return replace(decision, rulings=stake(decision.rulings, recorded, ruling))


def _settle(decisions: _Known, recorded: Recorded, settled: VerdictSettled) -> None:
    decision = decisions.get(settled.decision)
    if decision is None:
        return
    if settled.chosen in (decision.decision_id, *decision.rivals):
        _pick(decisions, recorded, decision, decisions[settled.chosen])
        return
    chosen = tuple(one for one in decision.rulings if one.event_id == settled.chosen)
    if chosen:
        unseen = tuple(one for one in unseen_by(decision.rulings, recorded) if one not in chosen)
        decisions[settled.decision] = replace(decision, rulings=(*chosen, *unseen))


def _pick(decisions: _Known, recorded: Recorded, about: Decision, chosen: Decision) -> None:
    """One of several proposals goes on; those the picker had not seen stay its rivals."""
    for loser_id in (about.decision_id, *about.rivals):
        loser = decisions[loser_id]
        is_unseen = is_concurrent(recorded, loser.position, loser.console)
        if loser_id != chosen.decision_id and not is_unseen:
            because = f"{chosen.label} was picked"
            decisions[loser_id] = replace(loser, withdrawn_because=because)
            _stop_competing(decisions, loser_id)


def _stop_competing(decisions: _Known, decision_id: str) -> None:
    """A proposal that is out is nobody's rival any more."""
    out = decisions[decision_id]
    decisions[decision_id] = replace(out, rivals=())
    for rival_id in out.rivals:
        rival = decisions[rival_id]
        others = tuple(one for one in rival.rivals if one != decision_id)
        decisions[rival_id] = replace(rival, rivals=others)


def _close(decisions: _Known, recorded: Recorded) -> None:
    match recorded.event.fact:
        case DecisionReversed(decision=decision_id, reason=reason) if decision_id in decisions:
            decisions[decision_id] = replace(
                decisions[decision_id],
                reversed_because=reason,
                reversed_by=recorded.event.person_id or recorded.event.actor,
                reversed_at=recorded.happened_at,
            )
        case DecisionWithdrawn(decision=decision_id, reason=reason) if decision_id in decisions:
            decisions[decision_id] = replace(decisions[decision_id], withdrawn_because=reason)
            _stop_competing(decisions, decision_id)
        case OutcomeStated(decision=decision_id, outcome=outcome) if decision_id in decisions:
            decisions[decision_id] = replace(decisions[decision_id], outcome=outcome)
        case EntryTakenBack(entry=entry):
            _take_back(decisions, entry)
        case _:
            pass


def _take_back(decisions: _Known, entry: str) -> None:
    if entry in decisions:
        decisions[entry] = replace(decisions[entry], withdrawn_because="taken back")
        _stop_competing(decisions, entry)
        return
    for decision in decisions.values():
        rulings = tuple(one for one in decision.rulings if one.event_id != entry)
        if len(rulings) != len(decision.rulings):
            decisions[decision.decision_id] = replace(decision, rulings=rulings)
            return
