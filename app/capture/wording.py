"""Puts the words of a line back together, without the pieces that became something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Place(Enum):
    """What a piece of the line is to its sentence.

    `ASIDE` (a person) and `PAST` (a time) belong to it only with words on both sides: "ask @jae
    for logs" needs the name, "fix it @jae" does not.  `TAKEN` never does.
    """

    WORD = auto()
    REF = auto()
    ASIDE = auto()
    PAST = auto()
    BECAUSE = auto()
    TAKEN = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of the line: its place, the white space before it, and what it says."""

    place: Place
    gap: str
    text: str
    is_in_reason: bool


_SAID = (Place.WORD, Place.REF)
_ASIDES = (Place.ASIDE, Place.PAST)


def reason_of(marks: Iterable[Mark]) -> str:
    """The words that say why."""
    return _joined((mark, mark.is_in_reason) for mark in marks)


def text_of(marks: Sequence[Mark]) -> str:
    """The words that say what; a word that announces a reason and gives none is one of them."""
    gives_reason = any(mark.is_in_reason for mark in marks)
    said = _SAID if gives_reason else (*_SAID, Place.BECAUSE)
    between = _between_words(marks, said)
    return _joined(
        (mark, between[number] or (mark.place in said and not mark.is_in_reason))
        for number, mark in enumerate(marks)
    )


def whole_text_of(marks: Sequence[Mark]) -> str:
    """The words of a note or an update: what, why and who, since it is its sentence."""
    between = _between_words(marks, (*_SAID, Place.BECAUSE))
    kept = (*_SAID, Place.BECAUSE, Place.ASIDE)
    return _joined(
        (mark, between[number] or mark.place in kept) for number, mark in enumerate(marks)
    )


def _between_words(marks: Sequence[Mark], said: tuple[Place, ...]) -> list[bool]:
    """For each mark, whether it is an aside with words on both sides.

    A ref before it is no such word: in "D-7 @jae may not reverse" Jae is not in the sentence.
    """
    before = _next_to_word(marks, tuple(place for place in said if place is not Place.REF))
    after = _next_to_word(marks[::-1], said)[::-1]
    return [left and right for left, right in zip(before, after, strict=True)]


def _next_to_word(marks: Sequence[Mark], said: tuple[Place, ...]) -> list[bool]:
    """For each mark, whether it is an aside with only asides between it and a word before it."""
    follows_word = False
    result = []
    for mark in marks:
        is_aside = mark.place in _ASIDES
        result.append(is_aside and follows_word)
        if not is_aside:
            follows_word = mark.place in said and not mark.is_in_reason
    return result


def _joined(marks: Iterable[tuple[Mark, bool]]) -> str:
    """The kept marks with the white space between them; where one is left out, a single gap."""
    parts: list[str] = []
    gap = ""
    for mark, is_kept in marks:
        gap = gap if "\n" in gap else mark.gap
        if is_kept:
            parts.extend((gap if parts else "", mark.text))
            gap = ""
    return "".join(parts)
