"""What could be typed next: the rows under the capture bar, and the grey words after the caret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.capture.entry import EntryKind
from app.capture.grammar import command_of, parse
from app.capture.names import matched_range
from app.capture.people import Person, nearness
from app.capture.scanner import Piece, PieceShape, scan
from app.capture.subjects import suggested_due
from app.capture.verbs import VERBS
from app.capture.vocabulary import AUTHOR_WORDS, Role, Service, Vocabulary
from app.incident.kinds.decisions import Verdict
from app.incident.kinds.situation import Phase

ROWS = 8
"""How many rows are offered at most."""

LETTERS_FOR_A_BARE_WORD = 2
"""How many letters of a word without a sign it takes before names are offered."""

_ROLE_NEARNESS = 1
_WORD_PART = re.compile(r"[\w.\-]*")
_LABELS = ("public", "restricted", "pii", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that could be typed.

    `insert` replaces the range that the completions name.  `bold` are the ranges of `label` that
    match what was typed.  `detail` is a role, a team or a meaning; `presence` says where a person
    is.  `kind` is command, person, role, service, verdict, label, phase, severity or text.  `id`
    is the id of a person or service.  `is_exact` says that what was typed is this already.
    """

    kind: str
    insert: str
    label: str
    bold: tuple[tuple[int, int], ...] = ()
    detail: str = ""
    presence: str = ""
    id: str = ""
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Completions:
    """What could be typed next.

    Accepting a row replaces the characters `start` to `end` of the line by its `insert`.
    Accepting the `ghost` inserts it at the caret.
    """

    start: int
    end: int
    rows: tuple[Row, ...] = ()
    ghost: str = ""


def complete(line: str, caret: int, vocabulary: Vocabulary) -> Completions:
    """What could be typed at `caret`, an offset in characters from 0 to the length of `line`.

    Rows are offered after `/`, `@`, `#`, `!` and `%`, after two letters of a name, and for the
    one word that `/s`, `/sev` and `/r` need.
    """
    caret = max(0, min(caret, len(line)))
    piece = _piece_at(line, caret)
    if piece is None:
        return Completions(caret, caret, ghost=_offered_time(line, caret, vocabulary))
    if piece.shape is not PieceShape.WORD:
        return Completions(caret, caret)
    typed = line[piece.start : caret]
    match = _WORD_PART.match(line, caret)
    end = match.end() if match else caret
    rows = tuple(_rows(line, piece, typed, vocabulary))[:ROWS]
    ghost = _rest_of_first(rows, typed) if end == caret else ""
    is_whole = len(rows) == 1 and rows[0].is_exact
    if not rows or is_whole:
        ghost = ghost or _offered_time(line, caret, vocabulary)
    return Completions(piece.start, end, rows, ghost)


def _piece_at(line: str, caret: int) -> Piece | None:
    """The piece that is being typed; an empty word after a command that needs one."""
    for piece in scan(line):
        if piece.start < caret <= piece.end:
            return piece
    if caret == len(line) and line[:caret].endswith(" ") and _needed_words(line[:caret]):
        return Piece(" ", caret, caret, "", PieceShape.WORD)
    return None


def _rows(line: str, piece: Piece, typed: str, vocabulary: Vocabulary) -> Iterable[Row]:
    query = typed[1:]
    is_first = not line[: piece.start].strip()
    match typed[:1]:
        case "/":
            return _commands(query) if is_first else ()
        case "@":
            return _people_and_roles(query, "@", vocabulary)
        case "#":
            return _services(query, "#", vocabulary)
        case "!":
            return _words("verdict", "!", list(Verdict), query) if _is_decision(line) else ()
        case "%":
            return _words("label", "%", _LABELS, query)
        case _:
            return _for_bare_word(line[: piece.start], typed, vocabulary)


def _commands(query: str) -> Iterator[Row]:
    lowered = query.lower()
    first = [verb for verb in VERBS if verb.code.startswith(lowered)]
    later = [verb for verb in VERBS if verb not in first and verb.meaning.startswith(lowered)]
    for verb in (*first, *later):
        bold = ((1, 1 + len(query)),) if verb in first and query else ()
        yield Row(
            kind="command",
            insert=f"/{verb.code}",
            label=f"/{verb.code}",
            bold=bold,
            detail=verb.meaning,
            presence=verb.example,
            is_exact=verb.code == lowered,
        )


def _for_bare_word(before: str, typed: str, vocabulary: Vocabulary) -> Iterator[Row]:
    """Names that begin with a word without a sign; nothing while the word is a name already."""
    kind = _needed_words(before)
    if kind is EntryKind.STATE:
        yield from _words("phase", "", list(Phase), typed)
    elif kind is EntryKind.SEVERITY:
        yield from _words("severity", "", "12345", typed)
    elif kind is EntryKind.ROLE:
        for role in vocabulary.roles.starting_with(typed):
            yield _role(role, typed, "")
    elif len(typed) >= LETTERS_FOR_A_BARE_WORD and vocabulary.services.called(typed) is None:
        yield from _services(typed, "", vocabulary)
        yield from _people(typed, "@", vocabulary)


def _needed_words(before: str) -> EntryKind | None:
    """The kind of entry whose one word comes next, if one of a few must."""
    verb = command_of(before)
    if verb is None or len(before.split()) > 1 or not before[-1:].isspace():
        return None
    kinds = (EntryKind.STATE, EntryKind.SEVERITY, EntryKind.ROLE)
    return verb.kind if verb.kind in kinds else None


def _people_and_roles(query: str, sign: str, vocabulary: Vocabulary) -> Iterable[Row]:
    """People and roles together: those on the bridge, those in a role, the roles, the rest.

    The author's own row is the first once it is typed in full, else the last.
    """
    people = vocabulary.people.nearest(query, ROWS)
    near = [_person(*found, query, sign) for found in people if _is_near(found[0])]
    far = [_person(*found, query, sign) for found in people if not _is_near(found[0])]
    roles = [_role(role, query, sign) for role in vocabulary.roles.starting_with(query)]
    called = [row for row in roles if row.is_exact]
    others = [row for row in roles if not row.is_exact]
    rows = (*called, *near, *others, *far)
    author = tuple(_author(query, sign, vocabulary))
    if any(row.is_exact for row in author):
        return (*author, *rows)
    return (*rows[: ROWS - len(author)], *author)


def _author(query: str, sign: str, vocabulary: Vocabulary) -> Iterator[Row]:
    """Whoever types, once they begin to type `you` or `me`."""
    for word in AUTHOR_WORDS if query else ():
        author = vocabulary.author_called(word)
        if author is not None and word.startswith(query.lower()):
            yield replace(_person(author[0], word, query, sign), detail="you")


def _is_near(person: Person) -> bool:
    return nearness(person) <= _ROLE_NEARNESS


def _people(query: str, sign: str, vocabulary: Vocabulary) -> Iterator[Row]:
    for person, handle in vocabulary.people.nearest(query, ROWS):
        yield _person(person, handle, query, sign)


def _person(person: Person, handle: str, query: str, sign: str) -> Row:
    return Row(
        kind="person",
        insert=f"{sign}{handle}",
        label=person.name,
        bold=_bold(person.name, query),
        detail=", ".join(person.roles) or person.detail,
        presence=person.presence,
        id=person.id,
        is_exact=handle.lower() == query.lower(),
    )


def _role(role: Role, query: str, sign: str) -> Row:
    return Row(
        kind="role",
        insert=f"{sign}{role.handle}",
        label=role.title,
        bold=_bold(role.title, query),
        detail="role",
        id=role.code,
        is_exact=role.handle.lower() == query.lower(),
    )


def _services(query: str, sign: str, vocabulary: Vocabulary) -> Iterator[Row]:
    for service in vocabulary.services.nearest(query, ROWS):
        yield _service(service, query, sign)


def _service(service: Service, query: str, sign: str) -> Row:
    return Row(
        kind="service",
        insert=f"{sign}{_typeable(service)}",
        label=service.name,
        bold=_bold(service.name, query),
        detail=service.detail,
        presence="failing" if service.is_failing else "",
        id=service.id,
        is_exact=service.name.lower() == query.lower(),
    )


def _typeable(service: Service) -> str:
    """The name of the service, or its id where the name has a space in it."""
    return service.id if re.search(r"\s", service.name) else service.name


def _words(kind: str, sign: str, words: Iterable[str], query: str) -> Iterator[Row]:
    for word in words:
        if word.startswith(query.lower()):
            label = f"{sign}{word}"
            start = len(sign)
            bold = ((start, start + len(query)),) if query else ()
            yield Row(kind=kind, insert=label, label=label, bold=bold, is_exact=word == query)


def _bold(label: str, query: str) -> tuple[tuple[int, int], ...]:
    found = matched_range(label, query)
    return (found,) if found else ()


def _rest_of_first(rows: tuple[Row, ...], typed: str) -> str:
    """What the first row would add to what was typed, if it begins with it.

    A sign alone is no beginning: nothing is offered before a letter was typed.
    """
    if not typed.lstrip("/@#!%") or not rows:
        return ""
    if not rows[0].insert.lower().startswith(typed.lower()):
        return ""
    return rows[0].insert[len(typed) :]


def _offered_time(line: str, caret: int, vocabulary: Vocabulary) -> str:
    """A time to look at a mitigation again, offered at the end of the line."""
    if caret != len(line):
        return ""
    offer = suggested_due(parse(line, vocabulary))
    return offer if not offer or line.endswith((" ", "\n")) else f" {offer}"


def _is_decision(line: str) -> bool:
    verb = command_of(line)
    return verb is not None and verb.kind is EntryKind.DECISION
