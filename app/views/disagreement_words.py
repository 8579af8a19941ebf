"""Where sources disagree, in words: for the inspector, the side sheet and the list of gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.models.finding_model import Finding
from app.organisation.disagreements import Disagreement, Word, disagreements
from app.organisation.kinds import FactValue
from app.organisation.state import OrganisationState
from app.views.inspector import ServiceBrief
from app.views.times import TimeDisplay

_FACT_WORDS = {
    "service_kind": "Kind",
    "team": "Owner",
    "on_call": "On call",
    "fault_domain": "Fault domain",
    "slo": "Service level",
    "users": "Users an hour",
    "money_per_minute": "Money a minute",
    "deprecated_on": "Deprecated on",
    "sunset_on": "Support ends on",
}
_BY_HAND = "entered by hand"
_TODAY = timedelta(hours=24)

MOST_LISTED = 200
"""So many disagreements are listed; the rest is counted."""


def fact_words(fact: str) -> str:
    """What a fact is called on screen."""
    return _FACT_WORDS.get(fact, fact.replace("_", " ").capitalize())


def source_words(source: str) -> str:
    """What a source is called on screen."""
    return source or _BY_HAND


def value_words(fact: str, value: FactValue, organisation: OrganisationState) -> str:
    """What a source says, with teams and people by name."""
    if fact == "team" and (team := organisation.teams.get(str(value))) is not None:
        return team.name
    if fact == "on_call":
        return organisation.name_of(str(value))
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int | float) and fact == "users" else str(value)


def other_words(
    found: Disagreement, organisation: OrganisationState, times: TimeDisplay, now: datetime
) -> str:
    """What the sources say whose word does not count: "cmdb says Checkout, 14:36"."""
    parts = [
        f"{source_words(one.source)} says {value_words(found.fact, one.value, organisation)}"
        f"{_since(one, times, now)}"
        for one in found.words
        if one.source != found.counts.source
    ]
    return "; ".join(parts)


def disagreement_words(
    found: Disagreement, organisation: OrganisationState, times: TimeDisplay, now: datetime
) -> str:
    """ "Owner: Payments, backstage; cmdb says Checkout, 14:36", and who settled it."""
    kept = value_words(found.fact, found.counts.value, organisation)
    words = f"{subject_words(found, organisation)}{fact_words(found.fact)}: {kept}"
    words += f", {source_words(found.counts.source)}"
    words += f"; {other_words(found, organisation, times, now)}"
    if found.settled is not None:
        by = organisation.name_of(found.settled.by)
        return f"{words}. Settled by {by}, {_moment(found.settled.at, times, now)}"
    if found.is_reopened:
        return f"{words}. Open again: a source changed its word"
    return words


def disagreement_lines(
    disagreements: tuple[Disagreement, ...],
    organisation: OrganisationState,
    times: TimeDisplay,
    now: datetime,
) -> Iterator[Finding]:
    """A line for each; open ones need somebody's word."""
    for found in disagreements:
        words = disagreement_words(found, organisation, times, now)
        yield Finding(text=words, is_warning=found.is_open)


def disputed_brief(
    brief: ServiceBrief,
    found: tuple[Disagreement, ...],
    organisation: OrganisationState,
    times: TimeDisplay,
    now: datetime,
) -> ServiceBrief:
    """The brief with what another source says beside each fact that is in dispute.

    Open disagreements about facts that the inspector does not show are named in its detail.
    """
    disputed = {fact_words(one.fact): one for one in found if one.is_open and not one.subject[1]}
    facts: list[tuple[str, str]] = []
    for label, value in brief.facts:
        one = disputed.get(label)
        if one is None:
            facts.append((label, value))
        else:
            said = other_words(one, organisation, times, now)
            facts.append((f"{label}, {source_words(one.counts.source)}", f"{value}; {said}"))
    shown = {label for label, _ in brief.facts}
    others = [fact.lower() for fact in disputed if fact not in shown]
    if any(other.is_open and other.subject[1] for other in found):
        others.append("a dependency")
    detail = brief.detail
    if others:
        detail = f"{detail}, sources disagree on {', '.join(others)}"
    return replace(brief, facts=tuple(facts), detail=detail)


def disputed_page(
    organisation: OrganisationState, times: TimeDisplay, now: datetime
) -> tuple[Finding, ...]:
    """Everything on which sources disagree and nobody settled it; Enter leads to the service."""
    still_open = [one for one in disagreements(organisation) if one.is_open]
    lines: list[Finding] = []
    for found in still_open[:MOST_LISTED]:
        service = organisation.services.get(found.subject[0])
        name = "" if service is None or found.subject[1] else f"{service.name}, "
        words = disagreement_words(found, organisation, times, now)
        lines.append(Finding(text=f"{name}{words}", service=found.subject[0], is_warning=True))
    if len(still_open) > MOST_LISTED:
        lines.append(Finding(text=f"and {len(still_open) - MOST_LISTED:,} more"))
    return (Finding(text="Sources disagree", is_heading=True), *lines) if lines else ()


def subject_words(found: Disagreement, organisation: OrganisationState) -> str:
    """Names both ends of a dependency; a service is named by the sheet it stands in."""
    caller, callee = found.subject
    if not callee:
        return ""
    known = (organisation.services.get(caller), organisation.services.get(callee))
    names = [one.name if one else end for one, end in zip(known, found.subject, strict=True)]
    return f"{names[0]} needs {names[1]}, "


def _since(word: Word, times: TimeDisplay, now: datetime) -> str:
    return "" if word.since is None else f", {_moment(word.since, times, now)}"


def _moment(at: datetime, times: TimeDisplay, now: datetime) -> str:
    """The time of day, with the date when that is not the last day."""
    minute = times.minute(at)
    is_recent = abs(now - at) < _TODAY
    return minute if is_recent else f"{at.astimezone(times.zone):%d %b} {minute}"
