"""What is said over the map of a catalogue that cannot be read, or only in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import InvalidInput
from app.views.times import TimeDisplay

MOST_NOTES = 4
"""So many notes of a catalogue are said; the others are counted."""

_PLACE = re.compile(r"(?::(?P<line>\d+))?(?:: (?P<keys>.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueWord:
    """Something to say of a catalogue.

    `is_trouble` says that it was not taken; `last_good` is then when the one that shows was
    recorded (aware UTC), None where there is none.
    """

    text: str
    is_trouble: bool = False
    last_good: datetime | None = None

    def sentence(self, times: TimeDisplay) -> str:
        """All of it, as it reads."""
        if self.last_good is None:
            return self.text
        return f"{self.text} Showing the last good one from {times.minute(self.last_good)}."


def unreadable_words(error: InvalidInput, files: Sequence[str]) -> str:
    """Why one of `files` (their names) cannot be read: which, the line, the keys, the reason."""
    place = error.field
    for name in files:
        found = _PLACE.fullmatch(error.field.removeprefix(name))
        if error.field.startswith(name) and found is not None:
            line = found["line"] and f"line {found['line']}"
            place = ", ".join(one for one in (name, line, found["keys"]) if one)
            break
    return f"Catalogue cannot be read: {f'{place}: ' if place else ''}{error.reason.rstrip('.')}."


def left_out_words(notes: Iterable[str]) -> str:
    """What a catalogue that was taken leaves to say; empty when that is nothing."""
    said = [one.rstrip(".") for one in notes]
    more = len(said) - MOST_NOTES
    rest = [f"{more} more: python main.py import-catalog lists them all"] if more > 0 else []
    return " ".join(f"{one}." for one in (*said[:MOST_NOTES], *rest))
