"""A decision, or an entry of the timeline, in full: what its row has no room for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from app.events.sensitivity import Sensitivity
from app.incident.kinds.decisions import Stance
from app.incident.projections.decisions import Decision, DecisionStatus, Ruling, Voice
from app.incident.projections.timeline import Lane, TimelineEntry
from app.incident.state import IncidentState
from app.models.decision_model import VERDICT_WORDS
from app.models.finding_model import Finding
from app.protocol.doubt import Doubt
from app.views.times import TimeDisplay

_LABEL = re.compile(r"\bD-\d+\*?")


def decision_of(entry: TimelineEntry, state: IncidentState) -> Decision | None:
    """The decision an entry of the decisions lane is about, or None."""
    found = _LABEL.search(entry.line.text) if entry.line.lane is Lane.DECISIONS else None
    return None if found is None else state.decision(found.group())


def decision_findings(
    decision: Decision, state: IncidentState, times: TimeDisplay
) -> tuple[Finding, ...]:
    """All that is recorded of a decision, in the order it came about."""
    return (
        *_proposal(decision, state, times),
        *_poll(decision, state),
        *_verdict(decision, state, times),
    )


class Proof(Enum):
    """What this console found out about one record, and the word for it."""

    VERIFIED = "Verified"
    DOUBTFUL = "Not verified"
    OPEN = "Not signed yet"


_PROOF_WORDS = {
    Proof.VERIFIED: "Record {} of the log, as the server signed it",
    Proof.DOUBTFUL: "Record {} of the log did not verify: it may not be what was logged",
    Proof.OPEN: "Record {} of the log, not signed by the server yet",
}


def proof_of(entry: TimelineEntry, signed: int, doubt: Doubt | None) -> Proof | None:
    """Whether the record of an entry verified; None while it is only on this device.

    Up to `signed` records are what the server signed; a `doubt` about the log outweighs that.
    """
    if entry.is_pending:
        return None
    if doubt is not None and entry.position >= doubt.first:
        return Proof.DOUBTFUL
    return Proof.VERIFIED if entry.position <= signed else Proof.OPEN


def entry_findings(
    entry: TimelineEntry, state: IncidentState, times: TimeDisplay, proof: Proof | None
) -> tuple[Finding, ...]:
    """An entry in full with what is known of its record, then the decision it is about."""
    decision = decision_of(entry, state)
    about = () if decision is None else decision_findings(decision, state, times)
    return (*_entry(entry, times), *_record(entry, proof), *about)


def _heading(text: str) -> Finding:
    return Finding(text=text, is_heading=True)


def _proposal(decision: Decision, state: IncidentState, times: TimeDisplay) -> Iterator[Finding]:
    yield _heading(f"{decision.label} proposed")
    yield Finding(text=decision.title)
    if decision.reason:
        yield Finding(text=f"Reason: {decision.reason}", is_detail=True)
    who, when = state.name_of(decision.proposed_by), times.second(decision.proposed_at)
    yield Finding(text=f"By {who}, {when}")
    if decision.owner_name:
        yield Finding(text=f"Owner: {decision.owner_name}")
    if decision.services:
        yield Finding(text=f"Services: {', '.join(decision.services)}")
    if decision.exception:
        yield Finding(text=f"Freeze exception: {_exception(decision.exception, state)}")
    if decision.labels:
        yield Finding(text=f"Labels: {', '.join(decision.labels)}")
    if decision.supersedes:
        yield Finding(text=f"Replaces {_called([decision.supersedes], state)}")
    if decision.superseded_by:
        yield Finding(text=f"Replaced by {_called(decision.superseded_by, state)}")


def _poll(decision: Decision, state: IncidentState) -> Iterator[Finding]:
    if decision.poll is None:
        return
    yield _heading("Objections poll")
    for voice in decision.poll.voices:
        yield _voice(voice)
    if decision.poll.silent:
        names = ", ".join(state.name_of(one) for one in decision.poll.silent)
        yield Finding(text=f"No answer: {names}", is_detail=True)


def _voice(voice: Voice) -> Finding:
    if voice.stance is Stance.CLEAR:
        return Finding(text=f"{voice.name} has no objection", is_detail=True)
    return Finding(text=f"{voice.name} objects: {voice.text}", is_warning=True)


def _verdict(decision: Decision, state: IncidentState, times: TimeDisplay) -> Iterator[Finding]:
    yield _heading("Verdict")
    if not decision.rulings:
        yield Finding(text="None yet")
    for claim in decision.rulings:
        yield from _ruling(claim.value, decision.reason, state, times)
    if decision.is_contested:
        yield Finding(text="Verdicts differ: the commander picks", is_warning=True)
    if decision.reversed_because is not None and decision.reversed_at is not None:
        who, when = state.name_of(decision.reversed_by), times.second(decision.reversed_at)
        yield Finding(text=f"Reversed by {who}, {when}", is_warning=True)
        yield Finding(text=f"Reason: {decision.reversed_because}", is_detail=True)
    if decision.status is DecisionStatus.WITHDRAWN:
        yield Finding(text="Withdrawn")
        if decision.withdrawn_because:
            yield Finding(text=f"Reason: {decision.withdrawn_because}", is_detail=True)
    if decision.outcome:
        yield Finding(text=f"Outcome: {decision.outcome}")


def _ruling(
    ruling: Ruling, known: str, state: IncidentState, times: TimeDisplay
) -> Iterator[Finding]:
    """A verdict with its reason, unless that is the `known` one of the proposal."""
    who, when = state.name_of(ruling.decided_by), times.second(ruling.at)
    yield Finding(text=f"{VERDICT_WORDS[ruling.verdict]} by {who}, {when}")
    if ruling.reason not in ("", known):
        yield Finding(text=f"Reason: {ruling.reason}", is_detail=True)
    if ruling.recorded_by and ruling.recorded_by != ruling.decided_by:
        yield Finding(text=f"Recorded by {state.name_of(ruling.recorded_by)}", is_detail=True)
    if ruling.revisit_at is not None:
        yield Finding(text=f"Revisit at {times.minute(ruling.revisit_at)}", is_detail=True)


def _exception(known_as: str, state: IncidentState) -> str:
    """How an exception is called and what it allows; what was typed where none is known."""
    for one in state.freeze.exceptions:
        if known_as in (one.exception_id, one.label):
            return f"{one.label}, {one.change}"
    return known_as


def _called(decision_ids: Iterable[str], state: IncidentState) -> str:
    labels = {one.decision_id: one.label for one in state.decisions}
    return ", ".join(labels.get(one, one) for one in decision_ids)


def _entry(entry: TimelineEntry, times: TimeDisplay) -> Iterator[Finding]:
    yield _heading("Entry")
    versions = [claim.value for claim in entry.texts] or [entry.line.text]
    for version in versions:
        for line in version.splitlines():
            yield Finding(text=line, is_warning=len(versions) > 1)
    yield Finding(text=f"{entry.author}, {times.second(entry.at)}")
    yield Finding(text=times.exact(entry.at), is_detail=True)
    if entry.is_late:
        yield Finding(text=f"Logged {times.second(entry.recorded_at)}", is_detail=True)
    if entry.is_skewed:
        seconds = round(entry.skew.total_seconds())
        pace = "fast" if seconds > 0 else "slow"
        words = f"The clock there is {abs(seconds)} s {pace}; this is server time"
        yield Finding(text=words, is_detail=True)
    if entry.line.services:
        yield Finding(text=f"Services: {', '.join(entry.line.services)}")
    if entry.sensitivity is not Sensitivity.INTERNAL:
        yield Finding(text=f"For readers of {entry.sensitivity} entries")
    if entry.is_taken_back:
        yield Finding(text="Taken back")
    if entry.is_quarantined:
        yield Finding(text=f"Not counted: {entry.why}", is_warning=True)


def _record(entry: TimelineEntry, proof: Proof | None) -> Iterator[Finding]:
    if proof is None:
        yield Finding(text="Saved on this device, not sent yet", is_warning=True)
        return
    is_bad = proof is Proof.DOUBTFUL
    words = _PROOF_WORDS[proof].format(entry.position)
    yield Finding(text=words, is_warning=is_bad, is_detail=not is_bad)
