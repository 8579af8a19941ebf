r"""Reads a typed line.  Never refuses one: what means nothing more than itself stays text.

The grammar, in EBNF:

    line      = [ "/" verb SP ] { item SP } ;          "//..." escapes a leading slash
    verb      = "d"|"n"|"a"|"o"|"ok"|"go"|"nogo"|"x"|"u"|"s"|"sev"|"r"|"p"|"f"|"ex"|"h"|"i"|"q"
              | "t"|"todo"|"done"|"c"|"pin"|"ho"|"repro"|"confirm"|"waive"|"lock"|"why" ;
    item      = who | service | verdict | relative | absolute | backdate | ref | label | reason
              | quoted | escaped | word ;
    who       = "@" ( person | role | "you" | "me" ) ; the first is the owner; you: who types
    service   = "#" name | name ;                      a bare name must be in the catalogue
    verdict   = "!go" | "!nogo" | "!hold" ;            only with /d; without one it is proposed
    relative  = "+" [n"h"] [n"m"] [n"s"] ;
    absolute  = "=" HH:MM ;
    backdate  = "~" ( HH:MM[:SS] | amount ) ;
    ref       = ("D"|"EX"|"A"|"I"|"C"|"RB") "-" digits ;
    label     = "%" word ;
    reason    = ("because"|"bc") text ;                ends at the next item with a sign
    quoted    = '"' text '"' | "`" text "`" ;          nothing inside is read
    escaped   = "\" token ;                           the token is plain text

Names and refs inside a sentence are part of it and stay in the text; so does a person or a past
time with words on both sides ("ask @jae for logs"), and in a note or an update everybody who is
mentioned.
"""

from __future__ import annotations

import re

from app.capture.entry import Entry, EntryKind, ProblemCode, SpanRole
from app.capture.items import Item, Unread, announces_reason, read_item
from app.capture.reading import Reading
from app.capture.scanner import Piece, PieceShape, scan
from app.capture.verbs import Verb, verb_named
from app.capture.vocabulary import Vocabulary

_COMMAND = re.compile(r"\s*/(\S*)")
_KEPT_IN_TEXT = (SpanRole.SERVICE, SpanRole.REF, SpanRole.VERSION)
_FREE_TO_GIVE_REASON = (
    EntryKind.GO,
    EntryKind.NOGO,
    EntryKind.REVERSE,
    EntryKind.WAIVE,
    EntryKind.LOCK,
)


def parse(line: str, vocabulary: Vocabulary) -> Entry:
    """What `line` means.  Any text at all is a valid line; it may have several rows."""
    command = _COMMAND.match(line)
    if command is None:
        return _read_pieces(Reading(line, None, vocabulary), 0)
    code, slash = command.group(1), command.start(1) - 1
    if code.startswith("/"):
        reading = Reading(line, None, vocabulary)
        reading.span(slash, slash + 1, SpanRole.ESCAPED)
        reading.word(Piece("", slash + 1, command.end(), code, PieceShape.PLAIN))
        return _read_pieces(reading, command.end())
    verb = verb_named(code)
    if verb is None:
        return _unknown_command(line, code, slash, command.end(), vocabulary)
    reading = Reading(line, verb, vocabulary)
    reading.span(slash, command.end(), SpanRole.VERB)
    return _read_pieces(reading, command.end())


def _unknown_command(line: str, code: str, start: int, end: int, vocabulary: Vocabulary) -> Entry:
    """The whole line as a note.  A slash alone is no mistake yet."""
    reading = Reading(line, None, vocabulary)
    reading.keep_whole(code)
    if code:
        reading.span(start, end, SpanRole.UNKNOWN_VERB)
        reading.problem(ProblemCode.UNKNOWN_COMMAND, start, end)
    return reading.entry()


def _read_pieces(reading: Reading, start: int) -> Entry:
    for piece in scan(reading.line, start):
        match piece.shape:
            case PieceShape.WORD:
                _read_word(reading, piece)
            case PieceShape.QUOTED:
                reading.span(piece.start, piece.end, SpanRole.QUOTED)
                reading.word(piece)
            case PieceShape.ESCAPED:
                reading.span(piece.start, piece.end, SpanRole.ESCAPED)
                reading.word(piece)
            case PieceShape.PLAIN:
                reading.word(piece)
    return reading.entry()


def _read_word(reading: Reading, piece: Piece) -> None:
    if _begins_reason(reading, piece):
        reading.begin_reason(piece)
        return
    found = read_item(piece.text, reading.vocabulary) or reading.timer_amount(piece)
    match found:
        case Item(role=role) if role in _KEPT_IN_TEXT:
            reading.named(piece, found)
        case Item():
            _read_signed(reading, piece, found)
        case Unread(code=code, start=start, end=end):
            reading.not_read(piece, code, start, end)
        case None:
            reading.word(piece)


def _read_signed(reading: Reading, piece: Piece, item: Item) -> None:
    """An item with a sign: taken out of the text, unless it cannot count here."""
    start, end = piece.start + item.start, piece.start + item.end
    refusal = reading.refusal(item)
    if refusal is not None:
        reading.problem(refusal, start, end)
        reading.word(piece)
    else:
        reading.take(piece, item)


def _begins_reason(reading: Reading, piece: Piece) -> bool:
    if reading.has_reason or not announces_reason(piece.text):
        return False
    return reading.has_words or reading.kind in _FREE_TO_GIVE_REASON


def command_of(line: str) -> Verb | None:
    """The command `line` begins with, if it is one of ours."""
    command = _COMMAND.match(line)
    return verb_named(command.group(1)) if command else None
