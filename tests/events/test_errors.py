"""What happened and what to do read as sentences."""

from __future__ import annotations

import pytest

from app.errors import told


@pytest.mark.parametrize(
    ("happened", "advice", "words"),
    [
        ("the disk is full", "Free some space.", "The disk is full. Free some space."),
        ("Nothing came.", "", "Nothing came."),
        ("Which one?", "Name it.", "Which one? Name it."),
        (
            "/srv/demo: Not a directory",
            "Name another.",
            "/srv/demo: Not a directory. Name another.",
        ),
        ("", "Name another.", "Name another."),
    ],
)
def test_a_failure_is_told_in_whole_sentences(happened: str, advice: str, words: str):
    assert told(happened, advice) == words
