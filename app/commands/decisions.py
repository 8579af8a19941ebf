"""Propose, poll, decide, reverse."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.commands.desk import Act, Desk
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    PollOpened,
    Stance,
    Verdict,
    VerdictSettled,
    VoiceGiven,
)
from app.incident.projections.decisions import Decision

POLL_SECONDS = 60
"""How long a poll for strong objections stays open unless extended."""

OBJECTION_CHARACTERS = 140


def propose(
    desk: Desk,
    fact: DecisionProposed,
    *,
    verdict: Verdict | None = None,
    revisit_at: datetime | None = None,
    poll: bool = False,
    occurred_at: datetime | None = None,
) -> Act:
    """Put a decision forward; with `verdict` decide it at once, with `poll` ask for objections."""
    decision_id = desk.new_id()
    drafts = [desk.draft(fact, occurred_at=occurred_at, event_id=decision_id)]
    if verdict is not None:
        decided = DecisionDecided(
            decision=decision_id,
            verdict=verdict,
            decided_by=desk.accountable,
            reason=fact.reason,
            revisit_at=revisit_at,
        )
        drafts.append(desk.draft(decided, occurred_at=occurred_at))
    elif poll:
        drafts.append(desk.draft(_poll_for(desk, decision_id)))
    return Act(drafts=tuple(drafts))


def open_poll(desk: Desk, decision: Decision) -> Act:
    """Ask everybody who holds a role whether they have a strong objection."""
    return Act(drafts=(desk.draft(_poll_for(desk, decision.decision_id)),))


def extend_poll(desk: Desk, decision: Decision, seconds: int = POLL_SECONDS) -> Act:
    """Leave an open poll open for longer, counted from its end or from now if that has passed."""
    if decision.poll is None:
        return open_poll(desk, decision)
    closes_at = max(decision.poll.closes_at, desk.now) + timedelta(seconds=seconds)
    longer = PollOpened(
        decision=decision.decision_id, required=decision.poll.required, closes_at=closes_at
    )
    return Act(drafts=(desk.draft(longer),))


def _poll_for(desk: Desk, decision_id: str) -> PollOpened:
    voices = dict.fromkeys(holder.person for seat in desk.state.roster for holder in seat.holders)
    closes_at = desk.now + timedelta(seconds=POLL_SECONDS)
    return PollOpened(decision=decision_id, required=tuple(voices), closes_at=closes_at)


def give_voice(desk: Desk, decision: Decision, person: str, objection: str = "") -> Act:
    """Record that `person` has no objection, or which one they have (140 characters at most)."""
    text = objection.strip()
    voice = VoiceGiven(
        decision=decision.decision_id,
        person=person,
        name=desk.name_of(person),
        stance=Stance.OBJECTS if text else Stance.CLEAR,
        text=text[:OBJECTION_CHARACTERS],
    )
    return Act(drafts=(desk.draft(voice),))


def decide(
    desk: Desk,
    decision: Decision,
    verdict: Verdict,
    *,
    reason: str = "",
    revisit_at: datetime | None = None,
) -> Act:
    """Decide an open decision; open objections are noted in it and silence is recorded."""
    poll = decision.poll
    decided = DecisionDecided(
        decision=decision.decision_id,
        verdict=verdict,
        decided_by=desk.accountable,
        reason=reason,
        seen_objections=() if poll is None else tuple(one.event_id for one in poll.objections),
        silent=() if poll is None else poll.silent,
        revisit_at=revisit_at,
    )
    return Act(drafts=(desk.draft(decided),))


def reverse(desk: Desk, decision: Decision, reason: str) -> Act:
    """Say that a decision no longer stands; the original is kept and links back."""
    reversal = DecisionReversed(decision=decision.decision_id, reason=reason)
    return Act(drafts=(desk.draft(reversal),))


def settle_verdict(desk: Desk, decision: Decision, chosen: str) -> Act:
    """As commander, pick one of the verdicts that differ, or one of two rival proposals."""
    settled = VerdictSettled(decision=decision.decision_id, chosen=chosen)
    return Act(drafts=(desk.draft(settled),))
