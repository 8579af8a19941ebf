"""Rows that grow with the log: a sequence in segments that share what did not change.

Adding a row or changing one copies a segment, never the whole; a segment that was kept on disk is
read when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import Generic, Protocol, TypeVar, overload
from zlib import crc32

SEGMENT = 512
"""So many rows make a segment; only the last one of a sequence has fewer."""


EVER = datetime.min.replace(tzinfo=UTC)
"""Before anything that can be on a timeline."""


class Row(Protocol):
    """What can be a row: it belongs to one event."""

    @property
    def event_id(self) -> str:
        """The id of the event it is the row of."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def is_contested(self) -> bool:
        """Whether people have to settle what it says."""


R = TypeVar("R", bound=Row)


_EVENT_ID: Callable[[Row], str] = attrgetter("event_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is known of a segment without reading it: when its rows happened, and what to settle.

    `contested` are places in the segment.
    """

    earliest: datetime
    latest: datetime
    contested: tuple[int, ...] = ()


def id_sums(rows: Iterable[Row]) -> bytes:
    """Four bytes for each row's event: tells which segments may have a row of an event."""
    return b"".join(_id_sum(row.event_id) for row in rows)


def _id_sum(event_id: str) -> bytes:
    return crc32(event_id.encode()).to_bytes(4, "big")


class Segment(Generic[R]):
    """Some rows in log order, at hand or still to be read.

    Never changes for who looks at it: what it remembers is worked out of its rows.  Two threads
    that look at once may both read it; they get equal rows.
    """

    __slots__ = ("_ids", "_places", "_read", "_rows", "_span", "source")

    def __init__(
        self,
        rows: tuple[R, ...] | None = None,
        *,
        read: Callable[[], tuple[R, ...]] = tuple,
        span: Span | None = None,
        ids: bytes | None = None,
        source: bytes = b"",
    ) -> None:
        """The `rows`, at least one; or how to `read` them, their `span` and their `id_sums`.

        Segments read from an equal `source` have equal rows.
        """
        self.source = source
        self._rows = rows
        self._read = read
        self._places: dict[str, int] | None = None
        self._span = span
        self._ids = ids

    @property
    def is_at_hand(self) -> bool:
        """Whether its rows have been read."""
        return self._rows is not None

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows, read now if they were not before."""
        if self._rows is None:
            self._rows = self._read()
            self._read = tuple
        return self._rows

    @property
    def ids(self) -> bytes:
        """The `id_sums` of its rows."""
        if self._ids is None:
            self._ids = id_sums(self.rows)
        return self._ids

    @property
    def span(self) -> Span:
        """What its rows span."""
        if self._span is None:
            moments = [row.at for row in self.rows]
            self._span = Span(
                earliest=min(moments),
                latest=max(moments),
                contested=tuple(at for at, row in enumerate(self.rows) if row.is_contested),
            )
        return self._span

    def place_of(self, event_id: str) -> int | None:
        """Where the newest row of an event is in this segment; None without one."""
        if self._rows is None and self._ids is not None and _id_sum(event_id) not in self._ids:
            return None
        if self._places is None:
            self._places = dict(zip(map(_EVENT_ID, self.rows), range(SEGMENT), strict=False))
        return self._places.get(event_id)


class Rows(Sequence[R]):
    """A sequence of rows in log order that never changes; `grown` gives the next one.

    Equal to any sequence that holds equal rows.
    """

    __slots__ = ("_segments", "_size")

    def __init__(self, rows: Iterable[R] = ()) -> None:
        self._segments: tuple[Segment[R], ...] = tuple(_segments_of(tuple(rows)))
        self._size = _size_of(self._segments)

    @classmethod
    def of_segments(cls, segments: Sequence[Segment[R]]) -> Rows[R]:
        """The rows in `segments`, all full but the last; reads the last one."""
        made: Rows[R] = cls.__new__(cls)
        made._segments = tuple(segments)
        made._size = _size_of(made._segments)
        return made

    @property
    def segments(self) -> tuple[Segment[R], ...]:
        """The segments, all of `SEGMENT` rows but the last; shared by what grew from them."""
        return self._segments

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> R: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[R, ...]: ...

    def __getitem__(self, place: int | slice) -> R | tuple[R, ...]:
        if isinstance(place, slice):
            return self._slice(*place.indices(self._size))
        if not -self._size <= place < self._size:
            raise IndexError(place)
        number, within = divmod(place % self._size, SEGMENT)
        return self._segments[number].rows[within]

    def _slice(self, start: int, stop: int, step: int) -> tuple[R, ...]:
        if step != 1:
            return tuple(self[place] for place in range(start, stop, step))
        if stop <= start:
            return ()
        first = start // SEGMENT
        near = self._segments[first : (stop - 1) // SEGMENT + 1]
        rows = tuple(chain.from_iterable(one.rows for one in near))
        return rows[start - first * SEGMENT : stop - first * SEGMENT]

    def __iter__(self) -> Iterator[R]:
        return chain.from_iterable(segment.rows for segment in self._segments)

    def __reversed__(self) -> Iterator[R]:
        for segment in reversed(self._segments):
            yield from reversed(segment.rows)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            return self is other or (
                self._size == other._size and all(map(_is_same, self._segments, other._segments))
            )
        return isinstance(other, tuple) and tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Rows({tuple(self)!r})"

    def find(self, event_id: str) -> int | None:
        """Where the row of an event is; None without one.  Looks at the newest rows first."""
        for number in range(len(self._segments) - 1, -1, -1):
            within = self._segments[number].place_of(event_id)
            if within is not None:
                return number * SEGMENT + within
        return None

    def row_of(self, event_id: str) -> R | None:
        """The row of an event; None without one."""
        place = self.find(event_id)
        return None if place is None else self[place]

    def since(self, moment: datetime) -> tuple[R, ...]:
        """The rows of every segment that reaches to `moment` or beyond, in log order.

        Rows that happened before it may be among them; none that happened later is missing.
        """
        near = [segment for segment in self._segments if segment.span.latest >= moment]
        return tuple(chain.from_iterable(segment.rows for segment in near))

    def contested(self) -> tuple[R, ...]:
        """The rows that people have to settle, in log order."""
        disputed = [segment for segment in self._segments if segment.span.contested]
        return tuple(one.rows[place] for one in disputed for place in one.span.contested)

    def grown(self, changed: Mapping[int, R], added: Sequence[R]) -> Rows[R]:
        """These rows with those at some places `changed`, and others `added` at the end."""
        if not changed and not added:
            return self
        segments = list(self._segments)
        for number in {place // SEGMENT for place in changed}:
            first = number * SEGMENT
            rows = enumerate(segments[number].rows, first)
            segments[number] = Segment(tuple(changed.get(place, row) for place, row in rows))
        if added:
            last = segments.pop().rows if self._size % SEGMENT else ()
            segments += _segments_of(last + tuple(added))
        return Rows.of_segments(segments)

    def added_to(self, before: Rows[R]) -> tuple[R, ...] | None:
        """What these rows have after those of `before`; None when they do not begin with it."""
        if before._size > self._size:
            return None
        full, rest = divmod(before._size, SEGMENT)
        if not all(map(_is_same, self._segments[:full], before._segments[:full])):
            return None
        if rest and self._segments[full].rows[:rest] != before._segments[full].rows:
            return None
        return self[before._size :]


def _is_same(one: Segment[R], other: Segment[R]) -> bool:
    if one is other or (one.source and one.source == other.source):
        return True
    return one.rows == other.rows


def _segments_of(rows: tuple[R, ...]) -> list[Segment[R]]:
    return [Segment(rows[start : start + SEGMENT]) for start in range(0, len(rows), SEGMENT)]


def _size_of(segments: Sequence[Segment[R]]) -> int:
    if not segments:
        return 0
    return (len(segments) - 1) * SEGMENT + len(segments[-1].rows)
