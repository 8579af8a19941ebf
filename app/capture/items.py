"""The words that mean more than themselves: `@maria`, `!go`, `+5m`, `D-7`, `checkout`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.capture.entry import Named, ProblemCode, SpanRole
from app.capture.moments import TypedTime, read_amount, read_time_of_day
from app.capture.vocabulary import Vocabulary
from app.incident.kinds.decisions import Verdict

_CLOSING = ".,;:!?)]}'\"…"
_OPENING = "([{"
_REASON_WORDS = ("because", "bc")
_REF = re.compile(r"(?:D|EX|A|I|C|RB)-[0-9]{1,9}\*?", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][\w-]*")
_VERSION = re.compile(r"v[0-9][\w.\-]*", re.IGNORECASE)
_TIME_LIKE = re.compile(r"[0-9]+:[0-9:]+")
_VERDICTS = {f"!{verdict}": verdict for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Item:
    """What a word means.  `start` and `end` are offsets in the word, without punctuation.

    `value` is what `role` promises: a Named for somebody or a service, a Verdict, a time, or the
    words of a ref, label or version.  `says` is the word that others are to read where it is not
    the one typed: the author's handle for `@you`.
    """

    role: SpanRole
    value: Named | Verdict | TypedTime | str
    start: int
    end: int
    says: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A word that looks as if it meant something, but nothing is called that."""

    code: ProblemCode
    start: int
    end: int


def read_item(word: str, vocabulary: Vocabulary) -> Item | Unread | None:
    """What `word` means, if it means more than itself.

    The punctuation of the sentence round it is looked past when the word as typed means nothing.
    """
    found = _read(word, 0, vocabulary)
    if isinstance(found, Item):
        return found
    core = word.rstrip(_CLOSING).lstrip(_OPENING)
    if core and core != word:
        found = _read(core, word.index(core), vocabulary) or found
    return found


def announces_reason(word: str) -> bool:
    """Whether `word` is the one that says why: `because`, `bc`, with or without a colon."""
    return word.lower().rstrip(":,") in _REASON_WORDS


def _read(word: str, start: int, vocabulary: Vocabulary) -> Item | Unread | None:
    end = start + len(word)
    body = word[1:]
    match word[0]:
        case "@":
            return _who(body, start, end, vocabulary)
        case "#":
            return _service(body, start, end, vocabulary)
        case "!":
            verdict = _VERDICTS.get(word.lower())
            return Item(SpanRole.VERDICT, verdict, start, end) if verdict else None
        case "+":
            amount = read_amount(word)
            return Item(SpanRole.DUE, amount, start, end) if amount else None
        case "=" | "~":
            return _when(word[0], body, start, end)
        case "%" if _LABEL.fullmatch(body):
            return Item(SpanRole.LABEL, body.lower(), start, end)
        case _:
            return _bare(word, start, end, vocabulary)


def _who(handle: str, start: int, end: int, vocabulary: Vocabulary) -> Item | Unread | None:
    person = vocabulary.people.addressed(handle)
    if person:
        return Item(SpanRole.OWNER, Named(person.id, person.name), start, end)
    role = vocabulary.roles.addressed(handle)
    if role:
        return Item(SpanRole.OWNER, Named(f"role:{role.code}", role.title), start, end)
    author = vocabulary.author_called(handle)
    if author:
        person, own_handle = author
        named = Named(person.id, person.name)
        return Item(SpanRole.OWNER, named, start, end, says=f"@{own_handle}")
    if not handle[:1].isalpha():
        return None
    several = vocabulary.people.namesakes(handle)
    code = ProblemCode.SEVERAL_PEOPLE if several else ProblemCode.UNKNOWN_PERSON
    return Unread(code, start, end)


def _service(name: str, start: int, end: int, vocabulary: Vocabulary) -> Item | Unread | None:
    service = vocabulary.services.called(name)
    if service:
        return Item(SpanRole.SERVICE, Named(service.id, service.name), start, end)
    return Unread(ProblemCode.UNKNOWN_SERVICE, start, end) if name[:1].isalpha() else None


def _when(sign: str, body: str, start: int, end: int) -> Item | Unread | None:
    """`=15:13` falls due; `~14:36` and `~3m` have happened."""
    time: TypedTime | None = read_time_of_day(body)
    if sign == "~" and time is None and not body.startswith("+"):
        time = read_amount(body)
    if time is None:
        looks_like_one = _TIME_LIKE.fullmatch(body)
        return Unread(ProblemCode.NO_SUCH_TIME, start, end) if looks_like_one else None
    return Item(SpanRole.DUE if sign == "=" else SpanRole.BACKDATE, time, start, end)


def _bare(word: str, start: int, end: int, vocabulary: Vocabulary) -> Item | None:
    """A word without a sign: the catalogue knows it, or it is a ref or a version."""
    service = vocabulary.services.called(word)
    if service:
        return Item(SpanRole.SERVICE, Named(service.id, service.name), start, end)
    if _REF.fullmatch(word):
        return Item(SpanRole.REF, word.upper(), start, end)
    if _VERSION.fullmatch(word):
        return Item(SpanRole.VERSION, word, start, end)
    return None
