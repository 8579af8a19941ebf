"""YAML from strangers: no tags, no doubled keys, no aliases unless asked for, bounded in size.

Built on the parser's events instead of its constructors, so nothing in a file can make an
object, and every value keeps its line.  Words follow the YAML 1.2 core schema: `no` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from app.errors import InvalidInput
from app.graph.formats.tree import Content, Tree

MOST_BYTES = 5 * 1024 * 1024
MOST_DEPTH = 50
MOST_NODES = 100_000

_KEPT = "the last good catalogue stays"
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = {"!", "tag:yaml.org,2002:str"}


def read_yaml(data: bytes, *, name: str, aliases: bool = False) -> list[Tree]:
    """The documents of a YAML file, empty ones left out.

    With `aliases`, aliases and merge keys (`<<`) are followed, and what they stand for counts
    towards the limits each time.  Raises InvalidInput naming file, line and key for broken YAML,
    a doubled key, an alias or tag that is not allowed, more than 5 MiB, 50 levels or 100,000
    values.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"larger than {MOST_BYTES // 1024**2} MiB", field=name, kept=_KEPT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidInput("not UTF-8 text", field=f"{name}:{line}", kept=_KEPT) from error
    reader = _Reader(text, name, aliases=aliases)
    try:
        documents = list(reader.documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = reader.place(mark.line + 1 if mark else 0)
        raise InvalidInput(error.problem or "not YAML", field=place, kept=_KEPT) from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"not YAML: {error}", field=reader.place(0), kept=_KEPT) from error
    return [document for document in documents if document.content is not None]


class _Reader:
    """Builds trees from parser events and keeps count."""

    def __init__(self, text: str, name: str, *, aliases: bool) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        self._name = name
        self._aliases = aliases
        self._nodes = 0
        self._path = ""
        self._anchors: dict[str, tuple[Tree, int]] = {}

    def place(self, line: int) -> str:
        """The file, `line` unless it is 0, and the keys that were being read last."""
        place = f"{self._name}:{line}" if line else self._name
        return f"{place}: {self._path}" if self._path else place

    def documents(self) -> Iterator[Tree]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                yield self._value(next(self._events), "", 0)

    def _value(self, event: yaml.Event, path: str, depth: int) -> Tree:
        line = _line(event)
        self._path = path
        self._nodes += 1
        if depth > MOST_DEPTH:
            raise self._refuse(f"more than {MOST_DEPTH} levels deep", line, path)
        self._check_count(line, path)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, line, path)
        before = self._nodes
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _PLAIN_TAGS:
            raise self._refuse(f"the tag {tag} is not allowed", line, path)
        tree = Tree(
            content=self._content(event, path, depth), name=self._name, path=path, line=line
        )
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = (tree, self._nodes - before + 1)
        return tree

    def _content(self, event: yaml.Event, path: str, depth: int) -> Content:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            elements: list[Tree] = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                elements.append(self._value(event, f"{path}[{len(elements)}]", depth + 1))
            return elements
        if isinstance(event, yaml.ScalarEvent):
            return _word(event.value) if event.implicit[0] else str(event.value)
        raise AssertionError(f"the parser sent {event}")

    def _mapping(self, path: str, depth: int) -> dict[str, Tree]:
        entries: dict[str, Tree] = {}
        merged: dict[str, Tree] = {}
        stem = f"{path}." if path else ""
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            self._path = path
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse("a key must be a word", line, path)
            key = str(event.value)
            self._path = stem + key
            value = self._value(next(self._events), stem + key, depth + 1)
            if key == "<<" and self._aliases:
                merged = {**self._merged(value), **merged}
            elif key in entries:
                raise self._refuse("this key is given twice", line, stem + key)
            else:
                entries[key] = value
        return {**merged, **entries}

    def _merged(self, value: Tree) -> dict[str, Tree]:
        parts = value.content if isinstance(value.content, list) else [value]
        merged: dict[str, Tree] = {}
        for part in reversed(parts):
            merged.update(part.mapping())
        return merged

    def _alias(self, anchor: str | None, line: int, path: str) -> Tree:
        if not self._aliases:
            raise self._refuse(f"aliases such as *{anchor} are not allowed", line, path)
        if anchor not in self._anchors:
            raise self._refuse(f"*{anchor} stands inside itself or is not defined", line, path)
        tree, size = self._anchors[anchor]
        self._nodes += size
        self._check_count(line, path)
        return tree

    def _check_count(self, line: int, path: str) -> None:
        if self._nodes > MOST_NODES:
            raise self._refuse(f"more than {MOST_NODES} values", line, path)

    def _refuse(self, reason: str, line: int, path: str) -> InvalidInput:
        field = f"{self._name}:{line}" + (f": {path}" if path else "")
        return InvalidInput(reason, field=field, kept=_KEPT)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _word(text: str) -> Content:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
