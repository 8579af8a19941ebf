"""What a typed line means: an entry.  A value; nothing is recorded by making one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.capture.moments import TypedTime
from app.incident.kinds.decisions import Verdict


class EntryKind(StrEnum):
    """What somebody is doing by writing a line."""

    NOTE = "note"
    DECISION = "decision"
    ACTION = "action"
    OBJECTION = "objection"
    CLEAR = "clear"
    GO = "go"
    NOGO = "nogo"
    REVERSE = "reverse"
    UPDATE = "update"
    STATE = "state"
    SEVERITY = "severity"
    ROLE = "role"
    HANDOFF = "handoff"
    PAGE = "page"
    FREEZE = "freeze"
    EXCEPTION = "exception"
    HYPOTHESIS = "hypothesis"
    IMPACT = "impact"
    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    DONE = "done"
    TIMER = "timer"
    CLOCK = "clock"
    PIN = "pin"
    REPRODUCTION = "reproduction"
    CONFIRM = "confirm"
    WAIVE = "waive"
    LOCK = "lock"
    WHY = "why"


class SpanRole(StrEnum):
    """What a stretch of the line is, for colouring it."""

    VERB = "verb"
    UNKNOWN_VERB = "unknown_verb"
    OWNER = "owner"
    MENTION = "mention"
    SERVICE = "service"
    VERSION = "version"
    VERDICT = "verdict"
    DUE = "due"
    BACKDATE = "backdate"
    REF = "ref"
    LABEL = "label"
    REASON = "reason"
    QUOTED = "quoted"
    ESCAPED = "escaped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `start` to `end` (not included) of the line, and what they are.

    Offsets count characters of the Python string; Qt counts UTF-16 units, which differ after an
    emoji.  The `REASON` span is the word that begins the reason, not the reason.  `says` is what
    others are to read in its place, empty where that is what was typed.
    """

    start: int
    end: int
    role: SpanRole
    says: str = ""


class ProblemCode(StrEnum):
    """Why a piece of the line was kept as text."""

    UNKNOWN_COMMAND = "unknown_command"
    UNKNOWN_PERSON = "unknown_person"
    SEVERAL_PEOPLE = "several_people"
    UNKNOWN_SERVICE = "unknown_service"
    SECOND_VERDICT = "second_verdict"
    SECOND_TIME = "second_time"
    VERDICT_WITHOUT_DECISION = "verdict_without_decision"
    NO_SUCH_TIME = "no_such_time"


_SENTENCES = {
    ProblemCode.UNKNOWN_COMMAND: "No command {subject}. Saved as a note.",
    ProblemCode.UNKNOWN_PERSON: "Who is {subject}?",
    ProblemCode.SEVERAL_PEOPLE: "Which {subject}? Several people are called that.",
    ProblemCode.UNKNOWN_SERVICE: "Which service is {subject}?",
    ProblemCode.SECOND_VERDICT: "One verdict counts, the first. {subject} is kept as text.",
    ProblemCode.SECOND_TIME: "One time counts, the first. {subject} is kept as text.",
    ProblemCode.VERDICT_WITHOUT_DECISION: "Add /d to make this a decision",
    ProblemCode.NO_SUCH_TIME: "There is no time {subject}. Kept as text.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A piece of the line that could not be read, and is kept as text.  Never a refusal.

    `subject` is the piece as typed, at `start` to `end` of the line.
    """

    code: ProblemCode
    subject: str
    start: int
    end: int

    @property
    def sentence(self) -> str:
        """What to tell the person who typed it."""
        return _SENTENCES[self.code].format(subject=self.subject)


@dataclass(frozen=True, slots=True)
class Named:
    """A person, role or service that was mentioned.

    `id` is the id of the person or service; for a role it is `role:` and the role's code.
    """

    id: str
    name: str

    @property
    def is_role(self) -> bool:
        """Whether this is a role, to be filled by whoever holds it."""
        return self.id.startswith("role:")

    @property
    def role(self) -> str:
        """The code of the role; empty for a person or a service."""
        return self.id.removeprefix("role:") if self.is_role else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a line means.

    `line` is the line as typed and `verb` its command without the slash, empty if it had none.
    `text` holds every word that means nothing more than itself.  `owner` is the first `@`, the
    rest are `mentions`.  `due` is a time box, revisit or deadline; `at` is when it happened, if
    not now.  `refs` read `D-7`, and are in the text too.  `role` is the role that `/r` names;
    `role_words` are the words of the text that name it.  `verdict` is None for a decision that is
    only proposed.
    """

    line: str
    kind: EntryKind = EntryKind.NOTE
    verb: str = ""
    text: str = ""
    reason: str = ""
    owner: Named | None = None
    mentions: tuple[Named, ...] = ()
    services: tuple[Named, ...] = ()
    verdict: Verdict | None = None
    due: TypedTime | None = None
    at: TypedTime | None = None
    refs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    role: Named | None = None
    role_words: str = ""
    problems: tuple[Problem, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def line_for_others(self) -> str:
        """The line as it may be recorded: where it says `@you`, it names the author."""
        line = self.line
        for span in reversed(self.spans):
            if span.says:
                line = line[: span.start] + span.says + line[span.end :]
        return line

    @property
    def errors(self) -> tuple[str, ...]:
        """What could not be read, as sentences for the person who typed it."""
        return tuple(problem.sentence for problem in self.problems)

    @property
    def people(self) -> tuple[Named, ...]:
        """Everybody mentioned, the owner first."""
        return (*((self.owner,) if self.owner else ()), *self.mentions)

    @property
    def service_ids(self) -> tuple[str, ...]:
        """The ids of the services mentioned, in the order they were."""
        return tuple(service.id for service in self.services)
