"""On which line, under which keys a JSON text stands; only looked up when somebody complains."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


class JsonLines:
    """Lines of values by their path, such as `nodes[2].id`; read once, on the first question."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[str, int] | None = None

    def line_of(self, path: str) -> int:
        """The line a value starts in, counted from 1; 0 when the path is unknown."""
        if self._lines is None:
            self._lines = _line_by_path(self._text)
        return self._lines.get(path, 0)


def _line_by_path(text: str) -> dict[str, int]:
    """The line of every value of valid JSON."""
    lines: dict[str, int] = {}
    line, counted = 1, 0
    for path, _, position in _values(text):
        line += text.count("\n", counted, position)
        counted = position
        lines[path] = line
    return lines


def place_at(name: str, text: str, position: int) -> str:
    """File, line and path of the keys at `position`: where JSON that breaks off there broke."""
    line = text.count("\n", 0, position) + 1
    path = _path_at(text[:position])
    return f"{name}:{line}: {path}" if path else f"{name}:{line}"


def place_of_refused(name: str, text: str) -> str:
    """File, line and path of the first key that is doubled, or of a number that is none.

    For JSON that is well formed and was refused; the file alone when neither is found.
    """
    seen: set[str] = set()
    for path, piece, position in _values(text):
        if path in seen or piece in _NO_NUMBERS:
            line = text.count("\n", 0, position) + 1
            return f"{name}:{line}: {path}" if path else f"{name}:{line}"
        seen.add(path)
    return name


_NO_NUMBERS = {"NaN", "Infinity", "-Infinity"}


def _values(text: str) -> Iterator[tuple[str, str, int]]:
    """The path, first piece and position of every value of valid JSON."""
    open_paths: list[tuple[str, int]] = []  # path, and the next index of a list (-1 = object)
    path: str | None = ""  # None where a key is expected
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in "}]":
            open_paths.pop()
        elif piece == ",":
            path = _next_path(open_paths)
        elif path is None:
            path = _join(open_paths[-1][0], _key(piece))
        elif piece != ":":
            yield path, piece, match.start()
            if piece in "{[":
                open_paths.append((path, -1 if piece == "{" else 0))
                path = _next_path(open_paths)


def _path_at(text: str) -> str:
    """The path of what was being read when `text`, the sound beginning of JSON, ended."""
    open_paths: list[tuple[str, int]] = []
    path: str | None = ""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in "}]":
            path = open_paths.pop()[0] if open_paths else ""
        elif piece == ",":
            path = _next_path(open_paths) if open_paths else ""
        elif path is None:
            path = _join(open_paths[-1][0], _key(piece))
        elif piece in "{[":
            open_paths.append((path, -1 if piece == "{" else 0))
            path = _next_path(open_paths)
    if path is None:
        return open_paths[-1][0]
    return path


def _key(piece: str) -> str:
    if "\\" not in piece:
        return piece.strip('"')
    try:
        return str(json.loads(piece))
    except ValueError:
        return piece.strip('"')


def _next_path(open_paths: list[tuple[str, int]]) -> str | None:
    """The path of the next element of a list; None in an object, where a key comes first."""
    stem, index = open_paths[-1]
    if index < 0:
        return None
    open_paths[-1] = (stem, index + 1)
    return f"{stem}[{index}]"


def _join(stem: str, key: str) -> str:
    return f"{stem}.{key}" if stem else key
