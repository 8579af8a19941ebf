"""What an entry is about, where its text names one of a few things: a severity, a phase."""

from __future__ import annotations

import re

from app.capture.entry import Entry, EntryKind
from app.incident.kinds.decisions import Verdict
from app.incident.kinds.situation import Phase

_SEVERITY = re.compile(r"(?:sev)?[\s\-]*([1-5])", re.IGNORECASE)
_MITIGATION = re.compile(
    r"(?:roll(?:ing)?\s?back|revert|fail(?:ing)?\s?over|disable|turn off|switch off|restart|scale"
    r"|raise|increase|throttle|shed|drain|block|reroute|hotfix|purge|flush)\b",
    re.IGNORECASE,
)


def severity_of(entry: Entry) -> int | None:
    """The severity, 1 (worst) to 5, that `/sev 1` or `/sev SEV1` sets; None if it names none."""
    if entry.kind is not EntryKind.SEVERITY:
        return None
    match = _SEVERITY.fullmatch(entry.text)
    return int(match.group(1)) if match else None


def phase_of(entry: Entry) -> Phase | None:
    """The phase that `/s monitoring` sets; None if it names none."""
    word = entry.text.lower()
    if entry.kind is not EntryKind.STATE or word not in list(Phase):
        return None
    return Phase(word)


def update_words(entry: Entry) -> str:
    """What `/u` drafts for people to read; empty if it only says when the next update is due."""
    is_about_time = entry.text.lower() == "next"
    return "" if entry.kind is not EntryKind.UPDATE or is_about_time else entry.text


def suggested_due(entry: Entry) -> str:
    """What to offer as the time to look at a decision again, as typed: `+15m`; empty if nothing.

    A mitigation shows within a quarter of an hour whether it helped.
    """
    is_open = entry.kind is EntryKind.DECISION and entry.due is None
    is_going_ahead = entry.verdict in (None, Verdict.GO)
    return "+15m" if is_open and is_going_ahead and _MITIGATION.match(entry.text) else ""
