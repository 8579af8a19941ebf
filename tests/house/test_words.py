"""Names say what things are, and everything public says what it means."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

import pytest

from tests.house.source import ROOT, place, python_files, tree_of

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "handler", "common", "misc"}
# Qt's own virtual methods that are one lower-case word; the others show by their capitals.
ONE_WORD_OVERRIDES = {
    "data",
    "event",
    "flags",
    "index",
    "match",
    "paint",
    "parent",
    "shape",
    "sort",
}
QT_ROOMS = ("app/views/", "app/models/", "app/console")

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_no_file_or_class_is_named_after_nothing():
    meaningless = [
        where
        for path in python_files("app", "main.py", "packaging", "tests")
        for where, name in _names_in(path)
        if EMPTY_WORDS & set(_words(name))
    ]

    assert meaningless == []


def test_every_file_starts_with_a_sentence_saying_what_it_is():
    silent = [
        place(path)
        for path in python_files("app", "main.py", "packaging", "tests")
        if not ast.get_docstring(tree_of(path))
    ]

    assert silent == []


def test_every_public_thing_says_what_it_means():
    trees = {path: tree_of(path) for path in python_files("app", "main.py", "packaging")}
    explained = Explained(trees.values())

    silent = [
        f"{place(path, node)} {node.name}"
        for path, tree in trees.items()
        for node in undocumented(tree, explained, of_qt=place(path).startswith(QT_ROOMS))
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def replay(): pass", ["replay"]),
        ("class Event:\n    def age(self): pass", ["Event", "age"]),
        ("def _inner(): pass\nclass _Row:\n    def age(self): pass", []),
        ("class A:\n    'Known.'\n    def __len__(self): pass", []),
        ("class A:\n    'Known.'\n    def rowCount(self): pass", []),
        ("class A:\n    'Known.'\n    def data(self): pass", []),
        (
            "class A:\n    'A.'\n    def f(self): 'F.'\nclass B(A):\n    'B.'\n    def f(self): 0",
            [],
        ),
        (
            "class A:\n    'A.'\n    def f(self): 0\nclass B(A):\n    'B.'\n    def f(self): 0",
            ["f", "f"],
        ),
    ],
)
def test_the_search_finds_what_is_undocumented(source, names):
    tree = ast.parse(source)

    assert [node.name for node in undocumented(tree, Explained([tree]), of_qt=True)] == names


class Explained:
    """Which methods a class of ours inherits with their meaning already told."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        classes = [node for tree in trees for node in ast.walk(tree) if _is_class(node)]
        self._bases = {node.name: [_last_name(base) for base in node.bases] for node in classes}
        self._told = {
            (node.name, method.name)
            for node in classes
            for method in node.body
            if isinstance(method, Documented) and ast.get_docstring(method)
        }

    def tells(self, owner: str, method: str) -> bool:
        """Whether a base of the class `owner`, near or far, says what `method` means."""
        bases = [base for base in self._bases.get(owner, []) if base != owner]
        return any((base, method) in self._told or self.tells(base, method) for base in bases)


def undocumented(tree: ast.Module, explained: Explained, *, of_qt: bool) -> Iterator[Documented]:
    """Public classes, functions and methods without a docstring; Qt's overrides need none."""
    waiting: list[tuple[str, ast.stmt]] = [("", node) for node in tree.body]
    while waiting:
        owner, node = waiting.pop(0)
        if not isinstance(node, Documented) or node.name.startswith("_"):
            continue
        in_qt_style = node.name != node.name.lower() and node.name[0].islower()
        overrides_qt = of_qt and (in_qt_style or node.name in ONE_WORD_OVERRIDES)
        told = ast.get_docstring(node) or explained.tells(owner, node.name)
        if not (told or overrides_qt or _is_variant(node)):
            yield node
        if isinstance(node, ast.ClassDef):
            waiting = [*((node.name, inner) for inner in node.body), *waiting]


def _is_class(node: ast.AST) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef)


def _last_name(base: ast.expr) -> str:
    named = base.value if isinstance(base, ast.Subscript) else base
    return ast.unparse(named).rpartition(".")[2]


def _is_variant(node: Documented) -> bool:
    """An overload or the setter of a property: its first appearance has the docstring."""
    marks = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(marks & {"overload", "setter", "override"})


def _names_in(path) -> Iterator[tuple[str, str]]:
    relative = path.relative_to(ROOT)
    yield from ((place(path), part) for part in relative.with_suffix("").parts)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef):
            yield f"{place(path, node)} {node.name}", node.name


def _words(name: str) -> list[str]:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    return spaced.replace("_", " ").replace("-", " ").lower().split()
