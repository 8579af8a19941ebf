"""Values read from a file that still know where they stood, for complaints that name it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.errors import InvalidInput
from app.graph.formats.json_lines import JsonLines, place_at, place_of_refused

Content: TypeAlias = "dict[str, Any] | list[Any] | str | int | float | bool | None"

MOST_DEPTH = 50
MOST_NODES = 1_000_000
MOST_JSON_BYTES = 32 * 1024 * 1024
_KEPT = "the last good catalogue stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One value of a YAML or JSON file.

    `path` is the way to it ("spec.dependsOn[2]"), `line` the line it starts in (0 = ask `lines`).
    The reading methods raise InvalidInput naming file, line and key when the value has another
    shape than asked for.
    """

    content: Content
    name: str
    path: str = ""
    line: int = 0
    lines: JsonLines | None = None

    @property
    def place(self) -> str:
        """File, line and key in words a person can follow, such as `map.yaml:12: spec.owner`."""
        number = self.line or (self.lines.line_of(self.path) if self.lines else 0)
        line = f":{number}" if number else ""
        return f"{self.name}{line}" + (f": {self.path}" if self.path else "")

    def refuse(self, reason: str) -> InvalidInput:
        """The error to raise when this value makes the file unreadable."""
        return InvalidInput(reason, field=self.place, kept=_KEPT)

    def get(self, key: str) -> Tree | None:
        """The value under `key`, or None when it is absent or null."""
        if not isinstance(self.content, dict):
            raise self.refuse("a mapping is expected here")
        if key not in self.content:
            return None
        found = self._child(self.content[key], f"{self.path}.{key}" if self.path else key)
        return None if found.content is None else found

    def mapping(self) -> dict[str, Tree]:
        """The entries of a mapping."""
        if not isinstance(self.content, dict):
            raise self.refuse("a mapping is expected here")
        stem = f"{self.path}." if self.path else ""
        return {key: self._child(one, stem + key) for key, one in self.content.items()}

    def _child(self, value: Any, path: str) -> Tree:
        """A value inside; those of JSON are wrapped only when somebody looks at them."""
        if isinstance(value, Tree):
            return value
        return Tree(content=value, name=self.name, path=path, lines=self.lines)

    def items(self, key: str) -> Iterator[Tree]:
        """The elements of the list under `key`; nothing when it is absent."""
        found = self.get(key)
        if found is not None:
            yield from found.elements()

    def elements(self) -> list[Tree]:
        """The elements of a list."""
        if not isinstance(self.content, list):
            raise self.refuse("a list is expected here")
        return [self._child(one, f"{self.path}[{row}]") for row, one in enumerate(self.content)]

    def text(self, key: str = "") -> str:
        """The words under `key` (of this value itself when empty), "" when absent."""
        found = self.get(key) if key else self
        if found is None or found.content is None:
            return ""
        if isinstance(found.content, dict | list):
            raise found.refuse("words are expected here")
        return str(found.content)

    def number(self, key: str) -> float | None:
        """The finite number under `key`, also when written as words; None when absent."""
        found = self.get(key)
        if found is None or found.text() == "":
            return None
        try:
            value = float(found.text())
        except ValueError:
            raise found.refuse(f"{found.text()!r} is not a number") from None
        if value - value != 0.0:
            raise found.refuse(f"{found.text()} is not a finite number")
        return value


def read_json(data: bytes, *, name: str) -> Tree:
    """Parse JSON strictly: no doubled keys, no NaN, at most `MOST_DEPTH` levels and 32 MiB.

    Raises InvalidInput naming the file, the line and the keys that lead there.
    """
    if len(data) > MOST_JSON_BYTES:
        raise InvalidInput("larger than 32 MiB", field=name, kept=_KEPT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"{name}:{data[: error.start].count(10) + 1}"
        raise InvalidInput("not UTF-8 text", field=place, kept=_KEPT) from error
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = place_at(name, text, error.pos)
        raise InvalidInput(error.msg, field=place, kept=_KEPT) from error
    except ValueError as error:
        place = place_of_refused(name, text)
        raise InvalidInput(str(error), field=place, kept=_KEPT) from error
    except RecursionError as error:
        reason = f"more than {MOST_DEPTH} levels deep"
        raise InvalidInput(reason, field=name, kept=_KEPT) from error
    _check_size(value, name)
    return Tree(content=value, name=name, lines=JsonLines(text))


def _check_size(value: object, name: str) -> None:
    """Refuse what is deeper or larger than any catalogue."""
    level, count = [value], 0
    for depth in range(MOST_DEPTH + 2):
        count += len(level)
        if not level:
            return
        if depth > MOST_DEPTH or count > MOST_NODES:
            break
        inner = [
            one.values() if isinstance(one, dict) else one
            for one in level
            if isinstance(one, dict | list)
        ]
        level = [one for part in inner for one in part]
    reason = f"more than {MOST_DEPTH} levels deep or {MOST_NODES} values"
    raise InvalidInput(reason, field=name, kept=_KEPT)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {doubled!r} is given twice in one object")
    return entries


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not a JSON number")
