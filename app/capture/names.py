"""Names as people type them: folded for comparison, and indexed by how they begin."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable

_WORD = re.compile(r"[^\s._\-/()]+")
_BEYOND_ANY_NAME = "\U0010ffff"


def fold(text: str) -> str:
    """`text` as names are compared: case, accents and width do not matter."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def slug(name: str) -> str:
    """`name` as one typeable word: `Maria Silva` becomes `maria.silva`."""
    return ".".join(re.findall(r"[\w\-]+", fold(name)))


def words_of(text: str) -> list[tuple[int, str]]:
    """The words of a name and where each starts; `orders-db` has two."""
    return [(match.start(), match.group()) for match in _WORD.finditer(text)]


def matched_range(name: str, typed: str) -> tuple[int, int] | None:
    """Where `name` shows the letters `typed`, at the start of it or of a word in it."""
    query = fold(typed)
    if not query:
        return None
    for start in [0, *(start for start, _ in words_of(name))]:
        end = _end_of_match(name, start, query)
        if end is not None:
            return start, end
    return None


class PrefixIndex:
    """Finds what is called by a name that begins with some letters.  Built once, then read.

    Entries are numbers, such as places in a list the caller keeps.
    """

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        """Index (name, number) pairs; a number may have several names."""
        pairs = sorted({(fold(name), number) for name, number in names if name})
        self._names = [name for name, _ in pairs]
        self._numbers = [number for _, number in pairs]

    def starting_with(self, prefix: str) -> set[int]:
        """The numbers with a name that begins with `prefix`; all of them if it is empty."""
        folded = fold(prefix)
        first = bisect_left(self._names, folded)
        end = bisect_left(self._names, folded + _BEYOND_ANY_NAME, lo=first)
        return set(self._numbers[first:end])

    def names(self) -> Iterable[tuple[str, int]]:
        """Every folded name with its number, sorted."""
        return zip(self._names, self._numbers, strict=True)


def _end_of_match(name: str, start: int, query: str) -> int | None:
    """Where the run of characters that folds to `query` ends, if it begins at `start`."""
    left = query
    for position in range(start, len(name)):
        if not left:
            return position
        folded = fold(name[position])
        if not left.startswith(folded) and not folded.startswith(left):
            return None
        left = left[len(folded) :]
    return len(name) if not left else None
