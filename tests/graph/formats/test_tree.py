"""Values know their line, also in JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.graph.formats.tree import Tree, read_json

WORDS = st.text(alphabet='ab"\\{}[]:, \n', max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


def every_value(tree: Tree) -> list[Tree]:
    content = tree.content
    below = tree.mapping().values() if isinstance(content, dict) else ()
    below = tree.elements() if isinstance(content, list) else below
    return [tree, *(one for part in below for one in every_value(part))]


@given(VALUES)
def test_every_value_of_any_json_is_found_on_a_line_of_its_file(value):
    text = json.dumps(value, indent=1)

    values = every_value(read_json(text.encode(), name="x.json"))

    last = text.count("\n") + 1
    numbers = [int(one.place.removeprefix("x.json:").split(":")[0]) for one in values]
    assert all(1 <= number <= last for number in numbers)


def test_a_complaint_names_file_line_and_key():
    tree = read_json(
        b'{\n "nodes": [\n  {"id": "a"},\n  {"id": 2,\n   "rate": "x"}\n ]\n}', name="m"
    )

    with pytest.raises(InvalidInput) as caught:
        tree.mapping()["nodes"].elements()[1].number("rate")

    assert caught.value.field == "m:5: nodes[1].rate"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b'{"a": 1,\n}', "m:2"),
        (b"\xff", "m:1"),
        (b"[" * 60 + b"]" * 60, "m"),
        (b'{"nodes": [\n {"id": "a"},\n {"id": "b", "team" "x"}]}', "m:3: nodes[1].team"),
        (b'{"nodes": [\n {"id": "a"},\n {"id": ', "m:3: nodes[1].id"),
        (b'{"nodes": [\n {"id": "a', "m:2: nodes[0].id"),
        (b'{"a": {"b": 1},\n "c": [1 2]}', "m:2: c[0]"),
        (b'{"a": {"b": 1,\n "b": 2}}', "m:2: a.b"),
        (b'{"a": [1,\n NaN]}', "m:2: a[1]"),
    ],
)
def test_broken_json_is_refused(data, field):
    with pytest.raises(InvalidInput) as caught:
        read_json(data, name="m")

    assert caught.value.field == field


@pytest.mark.parametrize("key", ["a", "b"])
def test_another_shape_than_asked_for_is_refused(key):
    tree = read_json(b'{"a": {"x": 1}, "b": [1]}', name="m")

    with pytest.raises(InvalidInput, match="words are expected"):
        tree.text(key)
