"""A value that is made quickly is the frozen value it would be anyway."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any, Generic, TypeVar

import pytest

from app.events.value import quickly_made

T = TypeVar("T")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value with every sort of field."""

    name: str
    value: float = 0.5
    marks: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Box(Generic[T]):
    """A value of any sort."""

    value: T


def test_fields_and_defaults_are_those_of_the_dataclass() -> None:
    reading, other = Reading(name="a"), Reading(name="a", value=2.0, marks=("m",), seen=["s"])

    assert (reading.name, reading.value, reading.marks, reading.seen) == ("a", 0.5, (), [])
    assert (other.value, other.marks, other.seen) == (2.0, ("m",), ["s"])
    assert reading.seen is not Reading(name="a").seen
    assert [one.name for one in fields(reading)] == ["name", "value", "marks", "seen"]


def test_it_is_frozen_and_of_its_own_class() -> None:
    reading: Any = Reading(name="a")

    with pytest.raises(FrozenInstanceError):
        reading.name = "b"
    assert type(reading) is Reading
    assert type(Box(value=1)) is Box


def test_it_compares_prints_copies_and_changes_as_ever() -> None:
    reading, box = Reading(name="a", marks=("m",)), Box(value="x")

    assert replace(reading, name="b") == Reading(name="b", marks=("m",))
    assert replace(reading, name="b") != reading
    assert repr(box) == "Box(value='x')"
    assert hash(box) == hash(Box(value="x"))
    assert copy.deepcopy(reading) == reading
    assert pickle.loads(pickle.dumps(reading)) == reading  # noqa: S301 - the bytes this line has just made


@pytest.mark.parametrize("values", [{}, {"name": "a", "other": 1}])
def test_a_field_that_is_missing_or_unknown_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Reading(**values)
