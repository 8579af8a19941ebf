"""A line being read: gathers what its pieces mean until they make an entry."""

from __future__ import annotations

from typing import TypeVar

from app.capture.entry import Entry, EntryKind, Named, Problem, ProblemCode, Span, SpanRole
from app.capture.items import Item
from app.capture.moments import Amount, TimeOfDay, TypedTime, read_amount
from app.capture.scanner import Piece
from app.capture.verbs import Verb
from app.capture.vocabulary import Vocabulary
from app.capture.wording import Mark, Place, reason_of, text_of, whole_text_of
from app.incident.kinds.decisions import Verdict

_Mentioned = TypeVar("_Mentioned")
_READ_WHOLE = (EntryKind.NOTE, EntryKind.UPDATE)
"""What is read as it was written, with why and who."""

_PLACES = {SpanRole.OWNER: Place.ASIDE, SpanRole.BACKDATE: Place.PAST}


class Reading:
    """What is known about a line so far.  Used once, by the grammar."""

    def __init__(self, line: str, verb: Verb | None, vocabulary: Vocabulary) -> None:
        self.line = line
        self.vocabulary = vocabulary
        self.kind = verb.kind if verb else EntryKind.NOTE
        self._verb = verb.code if verb else ""
        self._marks: list[Mark] = []
        self._in_reason = False
        self.has_reason = False
        self._people: list[Named] = []
        self._services: list[Named] = []
        self._refs: list[str] = []
        self._labels: list[str] = []
        self._verdict: Verdict | None = None
        self._due: TypedTime | None = None
        self._at: TypedTime | None = None
        self._problems: list[Problem] = []
        self._spans: list[Span] = []

    @property
    def has_words(self) -> bool:
        """Whether something was said already."""
        return any(mark.place in (Place.WORD, Place.REF) for mark in self._marks)

    def word(self, piece: Piece) -> None:
        """Keep a piece as part of the sentence."""
        self._mark(Place.WORD, piece)

    def keep_whole(self, unknown_command: str) -> None:
        """Keep the line as it is, with a command nobody knows."""
        self._verb = unknown_command
        self._marks.append(Mark(Place.WORD, "", self.line.strip(), is_in_reason=False))

    def named(self, piece: Piece, item: Item) -> None:
        """Keep a piece that names a service, a ref or a version."""
        self.span(piece.start + item.start, piece.start + item.end, item.role)
        match item.value:
            case Named() as service:
                _add(self._services, service)
                text = piece.text[: item.start] + piece.text[item.start :].removeprefix("#")
                self._marks.append(Mark(Place.WORD, piece.gap, text, self._in_reason))
            case str() as ref if item.role is SpanRole.REF:
                _add(self._refs, ref)
                self._mark(Place.REF, piece)
            case _:
                self.word(piece)

    def not_read(self, piece: Piece, code: ProblemCode, start: int, end: int) -> None:
        """Keep a piece that looks as if it meant something; `start` and `end` are within it."""
        self.problem(code, piece.start + start, piece.start + end)
        self.span(piece.start + start, piece.start + end, SpanRole.UNKNOWN)
        self.word(piece)

    def refusal(self, item: Item) -> ProblemCode | None:
        """Why this item cannot count in this line; None if it can."""
        match item.role:
            case SpanRole.VERDICT if self.kind is not EntryKind.DECISION:
                return ProblemCode.VERDICT_WITHOUT_DECISION
            case SpanRole.VERDICT if self._verdict:
                return ProblemCode.SECOND_VERDICT
            case SpanRole.DUE if self._due:
                return ProblemCode.SECOND_TIME
            case SpanRole.BACKDATE if self._at:
                return ProblemCode.SECOND_TIME
            case _:
                return None

    def take(self, piece: Piece, item: Item) -> None:
        """Take a piece for what it means.  It ends the reason, if one was being given."""
        self._in_reason = False
        said = item.says or piece.text[item.start : item.end]
        text = piece.text[: item.start] + said + piece.text[item.end :]
        place = _PLACES.get(item.role, Place.TAKEN)
        self._marks.append(Mark(place, piece.gap, text, self._in_reason))
        role = item.role
        match item.value:
            case Named() as who:
                role = SpanRole.MENTION if self._people else SpanRole.OWNER
                _add(self._people, who)
            case Verdict() as verdict:
                self._verdict = verdict
            case Amount() | TimeOfDay() as time if role is SpanRole.BACKDATE:
                self._at = time
            case Amount() | TimeOfDay() as time:
                self._due = time
            case str() as label:
                _add(self._labels, label)
        self.span(piece.start + item.start, piece.start + item.end, role, item.says)

    def timer_amount(self, piece: Piece) -> Item | None:
        """The length of a timer, which needs no sign: `/t 3m ask jae`."""
        if self.kind is not EntryKind.TIMER or self._due:
            return None
        amount = read_amount(piece.text)
        return Item(SpanRole.DUE, amount, 0, len(piece.text)) if amount else None

    def begin_reason(self, piece: Piece) -> None:
        """What follows says why."""
        self._mark(Place.BECAUSE, piece)
        self._in_reason = self.has_reason = True
        self.span(piece.start, piece.end, SpanRole.REASON)

    def problem(self, code: ProblemCode, start: int, end: int) -> None:
        """Remember that a piece of the line could not be read."""
        self._problems.append(Problem(code, self.line[start:end], start, end))

    def span(self, start: int, end: int, role: SpanRole, says: str = "") -> None:
        """Remember what a stretch of the line is.  Called from left to right."""
        self._spans.append(Span(start, end, role, says))

    def entry(self) -> Entry:
        """What the line means, now that all of it was read."""
        text, reason = self._wording()
        role, role_words, people = self._role(text)
        return Entry(
            line=self.line,
            kind=self.kind,
            verb=self._verb,
            text=text,
            reason=reason,
            owner=people[0] if people else None,
            mentions=tuple(people[1:]),
            services=tuple(self._services),
            verdict=self._verdict,
            due=self._due,
            at=self._at,
            refs=tuple(self._refs),
            labels=tuple(self._labels),
            role=role,
            role_words=role_words,
            problems=tuple(self._problems),
            spans=tuple(self._spans),
        )

    def _mark(self, place: Place, piece: Piece) -> None:
        self._marks.append(Mark(place, piece.gap, piece.text, self._in_reason))

    def _wording(self) -> tuple[str, str]:
        """The text and the reason, word for word."""
        what = whole_text_of if self.kind in _READ_WHOLE else text_of
        return what(self._marks), reason_of(self._marks)

    def _role(self, text: str) -> tuple[Named | None, str, list[Named]]:
        """The role `/r` is about, the words of `text` that say so, the people who are not it."""
        if self.kind is not EntryKind.ROLE:
            return None, "", self._people
        for named in self._people:
            if named.is_role:
                return named, "", [other for other in self._people if other is not named]
        for words in (text, *text.split()[:1]):
            role = self.vocabulary.roles.addressed(words)
            if role:
                return Named(f"role:{role.code}", role.title), words, self._people
        return None, "", self._people


def _add(known: list[_Mentioned], news: _Mentioned) -> None:
    """Mentioned twice is mentioned once."""
    if news not in known:
        known.append(news)
