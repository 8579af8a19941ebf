"""A check is switched off on one line, for a reason that stands beside it; nothing is put off."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.house.source import place, python_files

SWITCHED_OFF = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]*\])?)"
)
REASON = re.compile(r"\w{3,}")
# In two pieces, or this file would be the first to put something off.
PUT_OFF = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_every_exception_to_a_check_says_why():
    assert _lines_where(is_unexplained) == []


def test_nothing_is_put_off_in_a_comment():
    assert _lines_where(PUT_OFF.search) == []


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: S101", "# type: ignore[attr-defined]"])
def test_an_exception_without_a_reason_is_found(comment):
    assert is_unexplained(comment)


@pytest.mark.parametrize(
    "comment",
    ["# noqa: ARG002 (rows without time)", "# type: ignore[arg-type]  # Qt passes a focus event"],
)
def test_an_exception_with_a_reason_is_left_alone(comment):
    assert not is_unexplained(comment)


def is_unexplained(comment: str) -> bool:
    """Whether a comment switches a check off and gives no reason."""
    found = SWITCHED_OFF.search(comment)
    return bool(found) and not REASON.search(comment[found.end() :])


def _lines_where(wrong) -> list[str]:
    return [
        f"{place(path)}:{line} {comment}"
        for path in python_files("app", "main.py", "packaging", "tests")
        for line, comment in _comments(path)
        if wrong(comment)
    ]


def _comments(path: Path) -> list[tuple[int, str]]:
    source = io.StringIO(path.read_text(encoding="utf-8"))
    return [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(source.readline)
        if token.type == tokenize.COMMENT
    ]
