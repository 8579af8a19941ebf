"""Which rows of a timeline stand for records in doubt, and since when."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime

from app.events.event import PENDING
from app.incident.projections.timeline import Timeline, TimelineEntry
from app.incident.rows import Segment

_AFTER_ALL = 1 << 53
"""What waits to be sent comes after every position."""


def is_in_doubt(entry: TimelineEntry, first: int) -> bool:
    """Whether the record of a row is at position `first` or later; what waits has none yet."""
    return entry.position >= first and entry.position != PENDING


def in_doubt_since(entries: Timeline, first: int) -> datetime | None:
    """When the earliest of the rows in doubt happened; None when there is no such row.

    Reads few of the segments that are not at hand, however many there are.
    """
    segments = entries.segments
    place = bisect_left(segments, first, key=_last_position)
    moments = [_earliest(one, first) for one in segments[place:]]
    return min((one for one in moments if one is not None), default=None)


def _last_position(segment: Segment[TimelineEntry]) -> int:
    return segment.rows[-1].position or _AFTER_ALL


def _earliest(segment: Segment[TimelineEntry], first: int) -> datetime | None:
    """When the earliest row in doubt of a segment happened, one that none before it is of."""
    if not segment.is_at_hand:  # kept, and so confirmed
        return segment.span.earliest
    rows = segment.rows
    if is_in_doubt(rows[0], first) and rows[-1].position != PENDING:
        return segment.span.earliest
    return min((row.at for row in rows if is_in_doubt(row, first)), default=None)
