"""Qt in the main thread, asyncio in one worker thread, and no third way."""

from __future__ import annotations

import ast

from tests.house.source import place, python_files, tree_of

OTHER_WAYS = {"QThread", "QtAsyncio", "qasync", "processEvents"}


def test_no_thread_is_made_by_qt_and_no_event_loop_is_nested():
    offences = [
        f"{place(path, node)} {name}"
        for path in python_files("app", "main.py")
        for node in ast.walk(tree_of(path))
        if (name := _name_of(node)) in OTHER_WAYS
    ]

    assert offences == []


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name
        case _:
            return ""
