"""The commands a line can begin with."""

from __future__ import annotations

from dataclasses import dataclass

from app.capture.entry import EntryKind


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: what is typed after the slash, what it makes, and how it is explained."""

    code: str
    kind: EntryKind
    meaning: str
    example: str


VERBS: tuple[Verb, ...] = (
    Verb("d", EntryKind.DECISION, "decision", "/d rollback checkout to v41 because errors @maria"),
    Verb("a", EntryKind.ACTION, "action", "/a dump pg_stat_activity on orders-db @jae +5m"),
    Verb("n", EntryKind.NOTE, "note", "/n pool refilled in 40 s"),
    Verb("o", EntryKind.OBJECTION, "objection", "/o D-7 migration 0093 may not reverse @jae"),
    Verb("ok", EntryKind.CLEAR, "no objection; approve an exception", "/ok @tom @ben"),
    Verb("go", EntryKind.GO, "decide the open poll: go", "/go"),
    Verb("nogo", EntryKind.NOGO, "decide the open poll: no-go", "/nogo"),
    Verb("u", EntryKind.UPDATE, "update", "/u we are rolling back =15:13 %public"),
    Verb("s", EntryKind.STATE, "state", "/s monitoring"),
    Verb("sev", EntryKind.SEVERITY, "severity", "/sev 1 because EU checkout down"),
    Verb("r", EntryKind.ROLE, "role", "/r scribe @ben"),
    Verb("p", EntryKind.PAGE, "page somebody", "/p @dba +5m"),
    Verb("x", EntryKind.REVERSE, "reverse a decision", "/x D-5 because errors did not fall"),
    Verb("f", EntryKind.FREEZE, "freeze changes, or lift a freeze", "/f full prod-eu +2h"),
    Verb("ex", EntryKind.EXCEPTION, "freeze exception", "/ex checkout to v41 @maria"),
    Verb("h", EntryKind.HYPOTHESIS, "hypothesis, suspect", "/h orders-db pool leak since v42"),
    Verb("repro", EntryKind.REPRODUCTION, "reproduction", "/repro pay by EU card 4/5 answers 500"),
    Verb("confirm", EntryKind.CONFIRM, "confirm the reproduction", "/confirm"),
    Verb("waive", EntryKind.WAIVE, "waive the reproduction", "/waive because logs show it"),
    Verb("lock", EntryKind.LOCK, "lock the root cause again", "/lock because it was a retry"),
    Verb("why", EntryKind.WHY, "why, for the root cause", "/why pool leaks because 498 of 500"),
    Verb("i", EntryKind.IMPACT, "impact", "/i 41% of EU orders fail"),
    Verb("q", EntryKind.QUESTION, "open question", "/q why no page for traffic drop @tom"),
    Verb("todo", EntryKind.FOLLOW_UP, "follow-up for the review", "/todo alert on saturation"),
    Verb("done", EntryKind.DONE, "close an action", "/done A-12"),
    Verb("t", EntryKind.TIMER, "timer", "/t 3m ask jae"),
    Verb("c", EntryKind.CLOCK, "compliance clock", "/c gdpr ~14:20 because dump leaked"),
    Verb("pin", EntryKind.PIN, "pin the last entry", "/pin"),
    Verb("ho", EntryKind.HANDOFF, "hand off command", "/ho @tom"),
)
"""Every command, the most used first."""

_BY_CODE = {verb.code: verb for verb in VERBS}


def verb_named(code: str) -> Verb | None:
    """The command typed as `code`, whatever the case of its letters; None if there is none."""
    return _BY_CODE.get(code.lower())
