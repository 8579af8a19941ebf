"""On which line every value of a JSON text stands; only looked up when somebody complains."""

from __future__ import annotations

import json
import re

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
    """One pass over the pieces of valid JSON, with the path of every open object and list."""
    lines: dict[str, int] = {}
    open_paths: list[tuple[str, int]] = []  # path, and the next index of a list (-1 = object)
    path: str | None = ""  # None where a key is expected
    line, counted = 1, 0
    for match in _PIECE.finditer(text):
        piece = match.group()
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if piece in "}]":
            open_paths.pop()
        elif piece == ",":
            path = _next_path(open_paths)
        elif path is None:
            key = str(json.loads(piece)) if "\\" in piece else piece[1:-1]
            path = _join(open_paths[-1][0], key)
        elif piece != ":":
            lines[path] = line
            if piece in "{[":
                open_paths.append((path, -1 if piece == "{" else 0))
                path = _next_path(open_paths)
    return lines


def _next_path(open_paths: list[tuple[str, int]]) -> str | None:
    """The path of the next element of a list; None in an object, where a key comes first."""
    stem, index = open_paths[-1]
    if index < 0:
        return None
    open_paths[-1] = (stem, index + 1)
    return f"{stem}[{index}]"


def _join(stem: str, key: str) -> str:
    return f"{stem}.{key}" if stem else key
