"""What happened in an incident since somebody last saw it: what matters is told, the rest counted.

Made from two points of one log: what is known now, and what was kept of what a person had seen.
Every entry after that point that somebody else made is told once or counted once, never both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import islice

from app.incident.last_seen import LastSeen
from app.incident.news import News, NewsItem, Topic, items_of, told_in_full
from app.incident.projections.timeline import Mark, TimelineEntry
from app.incident.state import IncidentState

STATUS_WITHIN = 5_000
"""What was pinned so many entries ago is no current status, and not looked for on the disk."""


class _Fate(Enum):
    """What becomes of a new entry in the digest."""

    STANDS = auto()
    WITHHELD = auto()
    WITHOUT_EFFECT = auto()
    TAKEN_BACK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What `items` tell and the numbers count, between `since` and `until`.

    `status` is the newest pinned entry, whoever pinned it and whenever; None without one.
    `entries` counts the news by others.  Of them `others` are told by no item and are not the
    status, `withheld` may not be read here, and `taken_back` were taken back by their authors.
    """

    since: LastSeen
    until: IncidentState
    status: TimelineEntry | None
    items: tuple[NewsItem, ...]
    entries: int
    others: int
    withheld: int
    taken_back: int
    is_status_new: bool

    @property
    def matters(self) -> bool:
        """Whether something happened that one would be told of, unasked."""
        return self.is_status_new or any(
            one.topic is not Topic.WITHOUT_EFFECT for one in self.items
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.entries and not self.items


def digest_of(state: IncidentState, seen: LastSeen, *, me: str, now: datetime) -> Digest:
    """What happened in `state` since `seen` that person `me` did not do; `now` is aware UTC.

    What no server has recorded yet is not news: it is once it has its place in the log.
    """
    rows = tuple(reversed(tuple(_newest_first(state, seen, me))))
    status = _status(state)
    status_id = "" if status is None else status.event_id
    fates = Counter(map(_fate, rows))
    left = [row for row in rows if _stands(row) and row.event_id != status_id]
    told = tuple(items_of(News(rows=left, seen=seen, state=state, now=now)))
    told_ids = {one.entry for one in told} - {""}
    pinned = [row for row in left if row.is_pinned and row.event_id not in told_ids]
    idle = [row for row in rows if _fate(row) is _Fate.WITHOUT_EFFECT]
    return Digest(
        since=seen,
        until=state,
        status=status,
        items=(
            *told,
            *(told_in_full(Topic.PINNED, row) for row in pinned),
            *(told_in_full(Topic.WITHOUT_EFFECT, row, _with_reason(row)) for row in idle),
        ),
        entries=len(rows),
        others=len(left) - len(told_ids) - len(pinned),
        withheld=fates[_Fate.WITHHELD],
        taken_back=fates[_Fate.TAKEN_BACK],
        is_status_new=len(left) < fates[_Fate.STANDS],
    )


def _newest_first(state: IncidentState, seen: LastSeen, me: str) -> Iterator[TimelineEntry]:
    """The recorded entries after what was seen that others made."""
    last, own = seen.position_in(state), f"person:{me}"
    for row in reversed(state.timeline):
        if row.is_pending:
            continue
        if row.position <= last:
            return
        if row.actor != own:
            yield row


def _fate(row: TimelineEntry) -> _Fate:
    if row.line.mark is Mark.WITHHELD:
        return _Fate.WITHHELD
    if row.is_quarantined:
        return _Fate.WITHOUT_EFFECT
    return _Fate.TAKEN_BACK if row.is_taken_back else _Fate.STANDS


def _stands(row: TimelineEntry) -> bool:
    return _fate(row) is _Fate.STANDS


def _status(state: IncidentState) -> TimelineEntry | None:
    newest = islice(reversed(state.timeline), STATUS_WITHIN)
    return next((row for row in newest if row.is_pinned and _stands(row)), None)


def _with_reason(row: TimelineEntry) -> str:
    return f"{row.text}: {row.why}" if row.why else row.text
