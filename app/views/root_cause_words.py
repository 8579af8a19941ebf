"""The root cause in words: what locks it, what was tried, and why after why."""

from __future__ import annotations

from collections.abc import Iterator

from app.incident.projections.causes import Gate, Reproduction, RootCause
from app.incident.state import IncidentState
from app.models.finding_model import Finding
from app.views.service_words import under_headings
from app.views.times import TimeDisplay

_DEEPEST = 6


def root_cause_lines(state: IncidentState, times: TimeDisplay) -> tuple[Finding, ...]:
    """The lock and its reason, every reproduction, and the causes that count, indented by depth.

    While it is locked the first line says what opens it.
    """
    known = state.root_cause
    return under_headings(
        [
            ("Root cause", _gate(state, times)),
            ("Reproduction", (_tried(state, one, times) for one in known.reproductions)),
            ("Why, and why that", _causes(state, known)),
        ]
    )


def _gate(state: IncidentState, times: TimeDisplay) -> Iterator[Finding]:
    known = state.root_cause
    word = known.deciding
    if known.is_contested:
        yield Finding(
            text="Locked: one opened it and another locked it while apart. Commander settles it.",
            is_warning=True,
        )
    elif known.gate is Gate.LOCKED:
        yield Finding(text=_locked(state), is_warning=True)
    elif word is not None:
        by = f"by {state.name_of(word.person)} at {times.minute(word.at)}"
        if known.gate is Gate.CONFIRMED:
            yield Finding(text=f"Open: reproduced and confirmed {by}.")
        else:
            yield Finding(text=f"Open: reproduction waived {by}, {word.value.reason}")
        yield Finding(text="/why says why. /lock because … locks it again.", is_detail=True)


def _locked(state: IncidentState) -> str:
    known = state.root_cause
    word = known.deciding
    if word is not None:
        who = state.name_of(word.person)
        return f"Locked by {who}: {word.value.reason}. Reproduce it again, or /waive because …"
    if any(one.reproduced for one in known.reproductions):
        return "Locked: somebody other than the recorder confirms the reproduction, /confirm"
    return "Locked until it was reproduced: /repro steps 4/5 result, or /waive because …"


def _tried(state: IncidentState, one: Reproduction, times: TimeDisplay) -> Finding:
    result = f", {one.result}" if one.result else ""
    by = f"{state.name_of(one.recorded_by)} {times.minute(one.at)}"
    return Finding(text=f"{one.reproduced} of {one.attempts}: {one.steps}{result} ({by})")


def _causes(state: IncidentState, known: RootCause) -> Iterator[Finding]:
    for cause in known.chain:
        step = "· " * min(known.depth_of(cause), _DEEPEST)
        evidence = f": {cause.evidence}" if cause.evidence else ""
        branch = f" [{', '.join(cause.labels)}]" if cause.labels else ""
        held = "" if known.gate.is_open else " (stands still: locked)"
        words = f"{step}{cause.text}{evidence}{branch}, {state.name_of(cause.stated_by)}{held}"
        yield Finding(text=words, is_detail=not known.gate.is_open)
    early = sum(one.is_early for one in known.causes)
    if early:
        yield Finding(
            text=f"{early} said while it was locked: on the timeline, not counted.",
            is_detail=True,
        )
