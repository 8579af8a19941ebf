"""Says back what a line will be saved as, in the few words of the parse line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.capture.entry import Entry, EntryKind, Problem, ProblemCode, SpanRole
from app.capture.moments import Amount, TypedTime, amount_in_words, read_amount
from app.capture.outlook import AS_SAID, Outlook
from app.capture.subjects import phase_of, severity_of, suggested_due, update_words
from app.incident.kinds.decisions import Verdict


class Tone(StrEnum):
    """How loud a part is: what it is, a fact, an offer, or something that is missing."""

    KIND = "kind"
    FACT = "fact"
    QUIET = "quiet"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the parse line.  `icon` is the name of a meaning, not of a picture.

    The meanings: every `EntryKind`, and verdict, service, owner, ref, time, label, reason,
    warning.
    """

    icon: str
    text: str
    tone: Tone = Tone.FACT


_HEADS = {
    EntryKind.NOTE: "Note",
    EntryKind.DECISION: "Decision",
    EntryKind.ACTION: "Action",
    EntryKind.OBJECTION: "Objection",
    EntryKind.CLEAR: "No objection",
    EntryKind.GO: "Go",
    EntryKind.NOGO: "No-go",
    EntryKind.REVERSE: "Reverse",
    EntryKind.UPDATE: "Update",
    EntryKind.STATE: "State",
    EntryKind.SEVERITY: "Severity",
    EntryKind.ROLE: "Role",
    EntryKind.HANDOFF: "Handoff",
    EntryKind.PAGE: "Page",
    EntryKind.FREEZE: "Freeze",
    EntryKind.EXCEPTION: "Freeze exception",
    EntryKind.HYPOTHESIS: "Hypothesis",
    EntryKind.IMPACT: "Impact",
    EntryKind.QUESTION: "Open question",
    EntryKind.FOLLOW_UP: "Follow-up",
    EntryKind.DONE: "Done",
    EntryKind.TIMER: "Timer",
    EntryKind.CLOCK: "Clock",
    EntryKind.PIN: "Pin",
    EntryKind.REPRODUCTION: "Reproduction",
    EntryKind.CONFIRM: "Confirm",
    EntryKind.WAIVE: "Waive the reproduction",
    EntryKind.LOCK: "Lock the root cause",
    EntryKind.WHY: "Why",
}
_VERDICTS = {None: "Proposed", Verdict.GO: "Go", Verdict.NOGO: "No-go", Verdict.HOLD: "Hold"}
_TEXT_IS_SUBJECT = (
    EntryKind.IMPACT,
    EntryKind.FREEZE,
    EntryKind.EXCEPTION,
    EntryKind.HYPOTHESIS,
    EntryKind.CLOCK,
    EntryKind.TIMER,
    EntryKind.REPRODUCTION,
    EntryKind.WAIVE,
    EntryKind.LOCK,
    EntryKind.WHY,
)
_SUBJECT_PROMPTS = {
    EntryKind.IMPACT: "What do users feel?",
    EntryKind.FREEZE: "Freeze what?",
    EntryKind.EXCEPTION: "Which change?",
    EntryKind.HYPOTHESIS: "What is suspected?",
    EntryKind.CLOCK: "Which clock?",
    EntryKind.REPRODUCTION: "Which steps, how often?",
    EntryKind.WHY: "Why did it happen?",
}
_REF_PROMPTS = {EntryKind.REVERSE: "Which decision?", EntryKind.DONE: "Which action?"}
_REF_DEFAULTS = {
    EntryKind.GO: "the open poll",
    EntryKind.NOGO: "the open poll",
    EntryKind.OBJECTION: "the open poll",
    EntryKind.CLEAR: "the open poll",
    EntryKind.PIN: "the last entry",
    EntryKind.CONFIRM: "the reproduction",
}
_ABOUT_A_DECISION = (EntryKind.GO, EntryKind.NOGO, EntryKind.OBJECTION, EntryKind.CLEAR)
_REASON_PROMPTS = (EntryKind.REVERSE, EntryKind.NOGO, EntryKind.WAIVE, EntryKind.LOCK)
_REASON_UNSAID = (EntryKind.NOTE, EntryKind.DECISION, EntryKind.UPDATE)
_OWNER_PROMPTS = {
    EntryKind.DECISION: "Pick an owner",
    EntryKind.ACTION: "No owner",
    EntryKind.ROLE: "Who?",
    EntryKind.PAGE: "Page whom?",
    EntryKind.HANDOFF: "To whom?",
}
_OWNER_WORDS = {EntryKind.DECISION: "Owner ", EntryKind.ACTION: "Owner ", EntryKind.HANDOFF: "To "}
_DUE_WORDS = {
    EntryKind.DECISION: "Revisit {when}",
    EntryKind.ACTION: "Due {when}",
    EntryKind.UPDATE: "Next update {when}",
    EntryKind.FREEZE: "Ends {when}",
    EntryKind.PAGE: "Retry {when}",
    EntryKind.TIMER: "Rings {when}",
}
_FIXABLE = (
    ProblemCode.UNKNOWN_PERSON,
    ProblemCode.SEVERAL_PEOPLE,
    ProblemCode.UNKNOWN_SERVICE,
)


def restate(
    entry: Entry,
    *,
    acting: Collection[EntryKind],
    clock: str = "UTC",
    caret: int | None = None,
    outlook: Outlook = AS_SAID,
) -> tuple[Part, ...]:
    """What the parse line shows for `entry`, from left to right; nothing for an empty line.

    `acting` are the kinds that do something; the others say that they are saved as a note.
    `clock` names the zone that times of day are typed in.  What could not be read is not
    mentioned while the caret (an offset in the line) is still at the end of it.  `outlook` is
    what logging it would come to now.
    """
    if not entry.line.strip():
        return ()
    problems = [problem for problem in entry.problems if problem.end != caret]
    parts = (
        Part(entry.kind, _HEADS[entry.kind], Tone.KIND),
        *_subject(entry),
        *_services(entry),
        *_refs(entry, outlook),
        *_reason(entry),
        *_people(entry),
        *_times(entry, clock, outlook),
        *(Part("label", label) for label in entry.labels),
        *(_problem(problem) for problem in problems),
    )
    is_asking = any(part.tone is Tone.PROMPT for part in parts)
    return (*parts, *_as_note(entry, acting), *_foreseen(entry, acting, outlook, is_asking))


def as_sentence(parts: tuple[Part, ...]) -> str:
    """The parts as one line of text, for whoever listens instead of looking."""
    return " · ".join(part.text for part in parts)


def _subject(entry: Entry) -> Iterator[Part]:
    match entry.kind:
        case EntryKind.DECISION:
            yield Part("verdict", _VERDICTS[entry.verdict])
        case EntryKind.SEVERITY:
            severity = severity_of(entry)
            yield _fact_or_prompt("severity", f"SEV {severity}" if severity else "", "1 to 5?")
        case EntryKind.STATE:
            phase = phase_of(entry)
            yield _fact_or_prompt("state", phase.capitalize() if phase else "", "Which state?")
        case EntryKind.UPDATE if words := update_words(entry):
            yield Part("update", f"Draft: {words}")
        case EntryKind.UPDATE if entry.due is None:
            yield Part("update", "What should people read?", Tone.PROMPT)
        case EntryKind.ROLE:
            yield _fact_or_prompt("role", entry.role.name if entry.role else "", "Which role?")
        case kind if kind in _TEXT_IS_SUBJECT and entry.text:
            yield Part(kind, entry.text)
        case kind if kind in _SUBJECT_PROMPTS:
            yield Part(kind, _SUBJECT_PROMPTS[kind], Tone.PROMPT)


def _fact_or_prompt(icon: str, fact: str, prompt: str) -> Part:
    return Part(icon, fact) if fact else Part(icon, prompt, Tone.PROMPT)


def _services(entry: Entry) -> Iterator[Part]:
    """The services, each with the version it is said to go to: `checkout to v41`."""
    if entry.kind in _TEXT_IS_SUBJECT:
        return
    shown: set[str] = set()
    for number, span in enumerate(entry.spans):
        if span.role is not SpanRole.SERVICE:
            continue
        name = entry.line[span.start : _end_of_versions(entry, number)].removeprefix("#")
        if name.lower() not in shown:
            shown.add(name.lower())
            yield Part("service", " ".join(name.split()))


def _end_of_versions(entry: Entry, number: int) -> int:
    end = entry.spans[number].end
    for span in entry.spans[number + 1 :]:
        between = entry.line[end : span.start].strip().lower()
        if span.role is not SpanRole.VERSION or between not in ("", "to", "from", "at"):
            break
        end = span.end
    return end


def _refs(entry: Entry, outlook: Outlook) -> Iterator[Part]:
    for ref in entry.refs:
        if ref.startswith("EX-") and entry.kind is EntryKind.DECISION:
            yield Part("freeze", f"Freeze exception {ref} attached")
        else:
            yield Part("ref", ref)
    if entry.refs:
        return
    if entry.kind in _ABOUT_A_DECISION and outlook.decision:
        yield Part("ref", outlook.decision)
    elif entry.kind in _REF_DEFAULTS:
        yield Part("ref", _REF_DEFAULTS[entry.kind])
    elif entry.kind in _REF_PROMPTS:
        yield Part("ref", _REF_PROMPTS[entry.kind], Tone.PROMPT)


def _reason(entry: Entry) -> Iterator[Part]:
    """Why, where the entry is short enough for it: not a note's, not a decision's."""
    if entry.reason and entry.kind not in _REASON_UNSAID:
        yield Part("reason", f"Because {entry.reason}")
    elif not entry.reason and entry.kind in _REASON_PROMPTS:
        yield Part("reason", "Say why: because ...", Tone.PROMPT)


def _people(entry: Entry) -> Iterator[Part]:
    if entry.owner is None:
        if entry.kind in _OWNER_PROMPTS:
            yield Part("owner", _OWNER_PROMPTS[entry.kind], Tone.PROMPT)
        return
    yield Part("owner", _OWNER_WORDS.get(entry.kind, "") + entry.owner.name)
    for named in entry.mentions:
        yield Part("owner", named.name)


def _times(entry: Entry, clock: str, outlook: Outlook) -> Iterator[Part]:
    words = _DUE_WORDS.get(entry.kind, "Due {when}")
    suggested = read_amount(suggested_due(entry))
    if entry.due:
        yield Part("time", words.format(when=_ahead(entry.due, clock, outlook.due_on)))
    elif suggested:
        offer = words.format(when=_ahead(suggested, clock))
        yield Part("time", f"{offer} (suggested)", Tone.QUIET)
    elif entry.kind is EntryKind.TIMER:
        yield Part("time", "How long?", Tone.PROMPT)
    if entry.at:
        yield Part("time", _past(entry.at, clock, outlook.happened_on))


def _ahead(time: TypedTime, clock: str, day: str = "") -> str:
    if isinstance(time, Amount):
        return f"in {amount_in_words(time.seconds)}"
    return f"at {time.typed} {clock}{day and f', {day}'}"


def _past(time: TypedTime, clock: str, day: str) -> str:
    if isinstance(time, Amount):
        return f"Happened {amount_in_words(time.seconds)} ago"
    return f"Happened at {time.typed} {clock}{day and f', {day}'}"


def _problem(problem: Problem) -> Part:
    offer = " F4 to fix" if problem.code in _FIXABLE else ""
    return Part("warning", problem.sentence + offer, Tone.PROMPT)


def _as_note(entry: Entry, acting: Collection[EntryKind]) -> Iterator[Part]:
    if entry.kind is not EntryKind.NOTE and entry.kind not in acting:
        yield Part("note", f"/{entry.verb} is saved as a note", Tone.QUIET)


def _foreseen(
    entry: Entry, acting: Collection[EntryKind], outlook: Outlook, is_asking: bool
) -> Iterator[Part]:
    """Why it will not do all that it says; a part that asks for what is missing says enough."""
    if outlook.hint and entry.kind in acting and not (is_asking and outlook.is_only_a_note):
        tone = Tone.PROMPT if outlook.is_only_a_note else Tone.QUIET
        yield Part("warning", outlook.hint, tone)
