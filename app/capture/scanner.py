"""Cuts a line into words, and sets apart what was quoted or escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\S+")
_QUOTES = ('"', "`")


class PieceShape(Enum):
    """How a piece was written, which says whether it may mean something."""

    WORD = auto()
    PLAIN = auto()
    QUOTED = auto()
    ESCAPED = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the line without spaces, or a quotation.

    `gap` is the white space before it and `text` what it says: for an escaped word, without the
    backslash; for a quotation, with its quotation marks.
    """

    gap: str
    start: int
    end: int
    text: str
    shape: PieceShape


def scan(line: str, start: int = 0) -> Iterator[Piece]:
    """The pieces of `line` from `start` on; together with their gaps they cover all of it."""
    position = start
    while True:
        gap_end = _matched_end(_SPACE, line, position)
        if gap_end == len(line):
            return
        gap = line[position:gap_end]
        piece = _quotation(line, gap, gap_end) or _word(line, gap, gap_end)
        yield piece
        position = piece.end
        if piece.shape is PieceShape.QUOTED:
            tail = _WORD.match(line, position)
            if tail:
                yield Piece("", position, tail.end(), tail.group(), PieceShape.PLAIN)
                position = tail.end()


def _quotation(line: str, gap: str, start: int) -> Piece | None:
    """The quotation that begins here; none if the mark is never closed."""
    if line[start] not in _QUOTES:
        return None
    close = line.find(line[start], start + 1)
    if close < 0:
        return None
    return Piece(gap, start, close + 1, line[start : close + 1], PieceShape.QUOTED)


def _word(line: str, gap: str, start: int) -> Piece:
    end = _matched_end(_WORD, line, start)
    typed = line[start:end]
    if len(typed) > 1 and typed.startswith("\\"):
        return Piece(gap, start, end, typed[1:], PieceShape.ESCAPED)
    return Piece(gap, start, end, typed, PieceShape.WORD)


def _matched_end(pattern: re.Pattern[str], line: str, position: int) -> int:
    match = pattern.match(line, position)
    return match.end() if match else position
