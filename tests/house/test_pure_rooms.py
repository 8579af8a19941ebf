"""The rooms that say what an incident is give the same answer on every desk, every day."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.house.source import ROOT, imported_names, place, python_files, tree_of

PURE = ("app/events", "app/incident", "app/organisation", "app/graph", "app/capture")
PLAIN = ("app/events", "app/incident", "app/organisation")
CODEC = ROOT / "app" / "events" / "codec.py"

SOURCES_OF_CHANCE = ("random", "secrets", "time", "uuid", "uuid_utils", "os.urandom", "os.environ")
CLOCK_CALLS = {"now", "utcnow", "today", "urandom", "monotonic", "perf_counter"}


@pytest.mark.parametrize("room", PURE)
def test_no_clock_and_no_chance_enters(room):
    offences = [
        f"{place(path, node)} {what}"
        for path in python_files(room)
        for node, what in chance_in(tree_of(path))
    ]

    assert offences == []


@pytest.mark.parametrize("room", PLAIN)
def test_nothing_from_outside_the_standard_library_is_imported(room):
    foreign = [
        f"{place(path, node)} {name}"
        for path in python_files(room)
        for node, name in imported_names(tree_of(path))
        if (top := name.partition(".")[0]) != "app" and top not in sys.stdlib_module_names
        if not (path == CODEC and top == "msgspec")
    ]

    assert foreign == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from uuid import uuid4",
        "import time",
        "datetime.now(UTC)",
        "date.today()",
        "from os import urandom",
    ],
)
def test_each_source_of_chance_is_found(source):
    assert list(chance_in(ast.parse(source)))


@pytest.mark.parametrize("source", ["from uuid import UUID", "from datetime import datetime"])
def test_values_of_time_and_identity_are_welcome(source):
    assert not list(chance_in(ast.parse(source)))


def chance_in(tree: ast.AST):
    """Each import or call whose result depends on when or where it runs."""
    for node, name in imported_names(tree):
        if name != "uuid.UUID" and f"{name}.".startswith(
            tuple(f"{source}." for source in SOURCES_OF_CHANCE)
        ):
            yield node, name
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK_CALLS:
                yield node, name
