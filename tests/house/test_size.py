"""A file fits on a few screens, a function on one."""

from __future__ import annotations

import ast

from tests.house.source import place, python_files, tree_of

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 40


def test_no_file_is_longer_than_400_lines():
    lengths = {
        place(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("app", "main.py", "packaging", "tests")
    }

    too_long = {where: lines for where, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE}

    assert lengths
    assert too_long == {}


def test_no_function_is_longer_than_40_lines():
    too_long = [
        f"{place(path, node)} {node.name}: {lines} lines"
        for path in python_files("app", "main.py", "packaging", "tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _lines_of(node)) > MOST_LINES_OF_A_FUNCTION
    ]

    assert too_long == []


def _lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
