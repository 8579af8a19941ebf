"""Rows in segments are what a tuple of the same rows would be, and share what did not change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.incident.rows import SEGMENT, Rows, Segment

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
sizes = st.integers(0, 3 * SEGMENT + 2) | st.sampled_from((SEGMENT - 1, SEGMENT, SEGMENT + 1))


@dataclass(frozen=True, slots=True)
class Numbered:
    event_id: str
    at: datetime = NOON
    is_contested: bool = False


def numbered(count: int, first: int = 0) -> tuple[Numbered, ...]:
    return tuple(Numbered(str(number)) for number in range(first, first + count))


@given(sizes, st.lists(st.integers(0, SEGMENT), max_size=4))
def test_rows_that_grew_are_rows_made_at_once(size: int, more: list[int]) -> None:
    rows, plain = Rows(numbered(size)), numbered(size)

    for count in more:
        added = numbered(count, len(plain))
        rows, plain = rows.grown({}, added), plain + added

    assert rows == plain
    assert rows == Rows(plain)
    assert hash(rows) == hash(Rows(plain))
    assert [len(one.rows) for one in rows.segments[:-1]] == [SEGMENT] * max(
        0, len(rows.segments) - 1
    )


@given(sizes, st.integers(-2_000, 2_000), st.integers(-2_000, 2_000), st.sampled_from((1, 2, -1)))
def test_any_slice_is_that_of_a_tuple(size: int, start: int, stop: int, step: int) -> None:
    rows, plain = Rows(numbered(size)), numbered(size)

    assert rows[start:stop:step] == plain[start:stop:step]
    assert list(reversed(rows)) == list(reversed(plain))
    assert len(rows) == len(plain)


@given(st.integers(1, 3 * SEGMENT), st.data())
def test_a_changed_row_costs_its_segment_and_no_other(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    rows = Rows(numbered(size))

    after = rows.grown({place: replace(rows[place], is_contested=True)}, numbered(3, size))

    assert after[place].is_contested
    assert after.contested() == (after[place],)
    assert [*rows[:place], *rows[place + 1 :]] == [*after[:place], *after[place + 1 : size]]
    full = size // SEGMENT
    kept = [one is other for one, other in zip(rows.segments, after.segments, strict=False)]
    assert kept[:full].count(False) == (place // SEGMENT < full)


@given(sizes, sizes)
def test_what_was_added_is_told_only_of_a_beginning(size: int, more: int) -> None:
    before = Rows(numbered(size))
    after = before.grown({}, numbered(more, size))

    assert after.added_to(before) == numbered(more, size)
    assert (before.added_to(after) is None) == (more > 0)
    if size:
        other = before.grown({0: Numbered("another")}, ())
        assert after.added_to(other) is None


def test_rows_are_found_by_the_id_of_their_event() -> None:
    rows = Rows(numbered(2 * SEGMENT + 5))

    assert [rows.find(str(place)) for place in (0, SEGMENT, 2 * SEGMENT + 4)] == [
        0, SEGMENT, 2 * SEGMENT + 4,
    ]  # fmt: skip
    assert rows.find("nowhere") is None
    assert rows.row_of("7") == rows[7]
    assert rows.row_of("nowhere") is None


def test_a_segment_is_read_when_somebody_looks_at_it_and_once() -> None:
    reads: list[int] = []

    def read() -> tuple[Numbered, ...]:
        reads.append(1)
        return numbered(SEGMENT)

    span = Segment(numbered(SEGMENT)).span
    rows = Rows.of_segments(
        [Segment(read=read, span=span), Segment(numbered(2, SEGMENT))]
    )  # fmt: skip

    assert (len(rows), rows[-1].event_id, rows.contested(), reads) == (
        SEGMENT + 2, str(SEGMENT + 1), (), [],
    )  # fmt: skip
    assert rows[0].event_id == rows[0].event_id == "0"
    assert reads == [1]


def test_a_span_says_when_the_rows_of_a_segment_happened() -> None:
    late, early = Numbered("late", NOON + timedelta(hours=1)), Numbered("early", NOON)

    span = Segment((late, replace(early, is_contested=True))).span

    assert (span.earliest, span.latest, span.contested) == (early.at, late.at, (1,))


def test_a_place_that_is_not_there_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        Rows(numbered(3))[3]
    with pytest.raises(IndexError):
        Rows(())[-1]


def test_segments_of_one_source_are_equal_without_being_read() -> None:
    def unread(source: bytes) -> Segment[Numbered]:
        rows = numbered(SEGMENT)
        return Segment(read=lambda: rows, span=Segment(rows).span, source=source)

    last = Segment(numbered(2, SEGMENT))
    before, after = (Rows.of_segments([unread(b"one"), last]) for _ in range(2))

    assert after.added_to(before) == ()
    assert not before.segments[0].is_at_hand
    assert after.added_to(Rows.of_segments([unread(b"other"), last])) == ()
