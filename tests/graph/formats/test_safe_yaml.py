"""YAML from strangers is refused by name, line and key."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.graph.formats.safe_yaml import MOST_BYTES, read_yaml

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (97 + n, 97 + n, b",".join([b"*%c" % (96 + n)] * 10)) for n in range(1, 9)
)


def refused(data: bytes, **options: bool) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_yaml(data, name="map.yaml", **options)
    return caught.value


def test_documents_keep_their_values_lines_and_paths():
    documents = read_yaml(b"a: 1\nb:\n  - x\n  - yes: no\n---\n---\nc: 2.5\n", name="map.yaml")

    first, second = documents
    element = first.mapping()["b"].elements()[1].mapping()["yes"]
    assert first.number("a") == 1.0
    assert (element.content, element.place) == ("no", "map.yaml:4: b[1].yes")
    assert second.number("c") == 2.5


def test_a_doubled_key_is_refused_with_its_line():
    problem = refused(b"owner: a\nspec:\n  owner: b\n  owner: c\n")

    assert problem.field == "map.yaml:4: spec.owner"
    assert "twice" in problem.reason


def test_an_alias_is_refused():
    assert refused(b"a: &x 1\nb: *x\n").field == "map.yaml:2: b"


def test_aliases_that_were_asked_for_are_followed():
    (document,) = read_yaml(
        b"x: &base {image: redis, tty: true}\ncart: {<<: *base, tty: false}\n",
        name="compose.yaml",
        aliases=True,
    )

    cart = document.mapping()["cart"]
    assert cart.text("image") == "redis"
    assert cart.mapping()["tty"].content is False


def test_an_alias_bomb_is_refused_whether_aliases_are_allowed_or_not():
    assert "not allowed" in refused(BOMB).reason
    assert "more than 100000 values" in refused(BOMB, aliases=True).reason


def test_an_alias_inside_itself_is_refused():
    assert "stands inside itself" in refused(b"a: &a [*a]\n", aliases=True).reason


def test_a_tag_is_refused():
    problem = refused(b"a: !!python/object/apply:os.system ['true']\n")

    assert problem.field == "map.yaml:1: a"
    assert "tag" in problem.reason


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a:\n  - b\n c: d\n", "map.yaml:3: a"),
        (b"a: [1, 2\nb: 3\n", "map.yaml:2: a"),
        (b'a: "open\n', "map.yaml:2: a"),
        (b"a: \xff\n", "map.yaml:1"),
        (b"a: \x00\n", "map.yaml"),
        (b"? [a]\n: b\n", "map.yaml:1"),
        (
            b"spec:\n  owner: x\n  dependsOn:\n    - a\n    - {b: c\n",
            "map.yaml:6: spec.dependsOn[1].b",
        ),
        (b"spec:\n  owner: 'a\nkind: x\n", "map.yaml:4: spec.owner"),
    ],
)
def test_broken_yaml_is_refused_with_its_line_and_the_keys_that_were_read(data, place):
    assert refused(data).field.startswith(place)


def test_fifty_levels_are_the_limit():
    assert "levels" in refused(b"[" * 60 + b"]" * 60).reason


def test_a_hundred_thousand_values_are_the_limit():
    assert "values" in refused(b"[" + b"1," * 100_001 + b"]").reason


def test_five_mebibytes_are_the_limit():
    assert "5 MiB" in refused(b"#" * (MOST_BYTES + 1)).reason
