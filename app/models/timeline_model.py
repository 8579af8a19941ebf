"""The timeline as a list, newest first, with the gaps in which nobody wrote anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PySide6.QtCore import QObject, Slot

from app.incident.projections.timeline import Lane, Timeline, TimelineEntry
from app.incident.rows import EVER, Rows, Segment
from app.incident.state import IncidentState
from app.models.doubtful_rows import in_doubt_since, is_in_doubt
from app.models.rows import Index, RowsModel

PAGE = 500
"""How many rows a view is told of at a time; older ones follow as somebody scrolls."""

GAP_FROM = timedelta(minutes=5)
"""From this long without an entry by a person, the silence is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without an entry by a person."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLost:
    """This console lost its server at `at`.  No event: only this console tells of it."""

    at: datetime


TimelineRow = TimelineEntry | Gap | ConnectionLost
_Told = TimelineEntry | ConnectionLost

CONNECTION_LOST = "Connection lost, working on this device"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilter:
    """Which entries show.  `words` must all occur; `lane` None means every lane."""

    lane: Lane | None = None
    words: str = ""
    service: str = ""
    pinned_only: bool = False

    @property
    def is_open(self) -> bool:
        """Whether everything shows."""
        return self == TimelineFilter()

    def admits(self, entry: TimelineEntry, also: str = "") -> bool:
        """Whether `entry` shows; it is found by `also` too, as what it was called before."""
        if self.lane is not None and entry.line.lane is not self.lane:
            return False
        if self.service and self.service not in entry.line.services:
            return False
        if self.pinned_only and not entry.is_pinned:
            return False
        text = f"{entry.text} {entry.author} {also}".casefold()
        return all(word in text for word in self.words.casefold().split())


class TimelineModel(RowsModel[TimelineRow]):
    """Shows `IncidentState.timeline` in the order things happened, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: Timeline = Rows()
        self._all: tuple[TimelineRow, ...] = ()
        self._taken: list[list[_Told]] = []
        self._older: list[Segment[TimelineEntry]] = []
        self._places: dict[int, int] = {}
        self._filter = TimelineFilter()
        self._losses: tuple[ConnectionLost, ...] = ()
        self._former: Mapping[str, str] = {}
        self._doubtful_from: int | None = None

    @property
    def filter(self) -> TimelineFilter:
        """Which entries show now."""
        return self._filter

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the timeline of `state`; entries that were only added cost no walk of the rest."""
        old, new = self._entries, state.timeline
        if new is old:
            return
        self._entries = new
        news = new.added_to(old) if old else None
        if news and _begins_after(news, self._all):
            added = [entry for entry in news if self._admits(entry)]
            newest = self._newest_human() if self._filter.is_open else None
            rows = _rows(added, newest, with_gaps=self._filter.is_open)
            self._taken.append([*added])
            self._all = (*rows, *self._all)
            self.show_rows(self._all[: len(self._rows) + len(rows)])
        else:
            self._rebuild()

    def use_filter(self, chosen: TimelineFilter) -> None:
        """Show only what `chosen` admits."""
        if chosen != self._filter:
            self._filter = chosen
            self._rebuild()

    def show_losses(self, losses: tuple[ConnectionLost, ...]) -> None:
        """Show when this console lost its server, between the entries."""
        if losses != self._losses:
            self._losses = losses
            self._rebuild()

    def use_former(self, former: Mapping[str, str]) -> None:
        """Find entries also by what they were called before, by event id (`D-7*`)."""
        if former != self._former:
            self._former = former
            if self._filter.words:
                self._rebuild()

    def show_doubt(self, first: int | None) -> None:
        """Mark the rows of records from this position on as not verified; None marks none."""
        if first != self._doubtful_from:
            self._doubtful_from = first
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def is_doubtful(self, entry: TimelineEntry) -> bool:
        """Whether the record of an entry did not verify."""
        return self._doubtful_from is not None and is_in_doubt(entry, self._doubtful_from)

    def doubtful_since(self) -> datetime | None:
        """When the earliest entry that did not verify happened; None without one."""
        first = self._doubtful_from
        return None if first is None else in_doubt_since(self._entries, first)

    def _admits(self, entry: TimelineEntry) -> bool:
        return self._filter.admits(entry, self._former.get(entry.event_id, ""))

    def sentence(self, row: TimelineRow) -> str:
        if isinstance(row, ConnectionLost):
            return f"{row.at:%H:%M:%S} {CONNECTION_LOST}"
        if isinstance(row, Gap):
            minutes = round((row.end - row.start).total_seconds() / 60)
            return f"{minutes} min with no entries, {row.end:%H:%M} to {row.start:%H:%M}"
        pinned = ", pinned" if row.is_pinned else ""
        taken_back = ", taken back" if row.is_taken_back else ""
        doubtful = ", not verified" if self.is_doubtful(row) else ""
        return f"{row.at:%H:%M:%S} {row.text}, {row.author}{pinned}{taken_back}{doubtful}"

    def _rebuild(self) -> None:
        segments = self._entries.segments
        self._taken = [[] for _ in segments]
        self._taken.append([*self._losses] if self._filter.is_open else [])
        self._older = sorted(segments, key=_latest)
        self._places = {id(segment): place for place, segment in enumerate(segments)}
        self._all = ()
        self._reach(PAGE)
        self.show_rows(self._all[:PAGE])

    def _reach(self, count: int) -> None:
        """Read older segments until `count` rows are certain, or all there are."""
        if not self._older and not self._all:
            self._all = self._certain()
        while self._older and len(self._all) < count:
            segment = self._older.pop()
            admitted = [entry for entry in segment.rows if self._admits(entry)]
            self._taken[self._places[id(segment)]] = [*admitted]
            self._all = self._certain()

    def _certain(self) -> tuple[TimelineRow, ...]:
        """The rows that stay whatever is read yet: nothing older can come between them."""
        told = [one for part in self._taken for one in part]
        if self._older:
            bound = self._older[-1].span.latest
            told = [one for one in told if one.at >= bound]
            # Below the oldest entry by a person a silence may turn out to be.
            people = [one.at for one in told if isinstance(one, TimelineEntry) and one.is_human]
            oldest = min(people, default=bound) if self._filter.is_open else bound
            told = [one for one in told if one.at >= oldest]
        return tuple(_rows(told, None, with_gaps=self._filter.is_open))

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and (len(self._rows) < len(self._all) or bool(self._older))

    def fetchMore(self, parent: Index) -> None:
        """Show another page of older rows, because somebody scrolled towards them."""
        if not parent.isValid():
            self._reach(len(self._rows) + PAGE)
            self.show_rows(self._all[: len(self._rows) + PAGE])

    def _newest_human(self) -> datetime | None:
        entries = (row for row in self._all if isinstance(row, TimelineEntry))
        return next((entry.at for entry in entries if entry.is_human), None)


class Pauses:
    """The silences between entries by people; a timeline that only grew costs its new entries."""

    def __init__(self) -> None:
        self._known: Timeline = Rows()
        self._since = EVER
        self._moments: list[datetime] = []
        self._gaps: tuple[Gap, ...] = ()

    def of(self, entries: Timeline, since: datetime = EVER) -> tuple[Gap, ...]:
        """The silences that are over, in time order; those that ended before `since` may lack."""
        goes_on = bool(self._known) and since >= self._since
        added = entries.added_to(self._known) if goes_on else None
        if added is None:
            added, self._moments, self._since = _from(entries, since), [], since
        news = sorted(entry.at for entry in added if entry.is_human)
        self._known = entries
        if self._moments and (not news or news[0] >= self._moments[-1]):
            self._gaps = (*self._gaps, *_between([*self._moments[-1:], *news]))
            self._moments += news
        else:
            self._moments = sorted([*self._moments, *news])
            self._gaps = _between(self._moments)
        return self._gaps

    def lasting(self, now: datetime) -> tuple[Gap, ...]:
        """The silence that still lasts at `now`, if it is long enough."""
        return _between([*self._moments[-1:], now]) if self._moments else ()


def _from(entries: Timeline, since: datetime) -> tuple[TimelineEntry, ...]:
    """Entries from `since` on, and back to one by a person: a silence may have begun before."""
    found = [one for one in entries.segments if one.span.latest >= since]
    before = [one for one in entries.segments if one.span.latest < since]
    rows = [entry for segment in found for entry in segment.rows]
    for segment in sorted(before, key=_latest, reverse=True):
        if any(entry.is_human and entry.at < since for entry in rows):
            break
        rows = [*segment.rows]
        found.append(segment)
    return tuple(entry for segment in found for entry in segment.rows)


def _latest(segment: Segment[TimelineEntry]) -> datetime:
    return segment.span.latest


def _between(moments: list[datetime]) -> tuple[Gap, ...]:
    return tuple(
        Gap(start=start, end=end) for start, end in pairwise(moments) if end - start >= GAP_FROM
    )


def _begins_after(news: tuple[TimelineEntry, ...], rows: tuple[TimelineRow, ...]) -> bool:
    newest = next((row.at for row in rows if not isinstance(row, Gap)), None)
    return newest is None or min(entry.at for entry in news) >= newest


def _rows(
    entries: Iterable[_Told], newest_human: datetime | None, *, with_gaps: bool
) -> list[TimelineRow]:
    """Entries newest first, a gap between two people's entries that lie far apart."""
    rows: list[TimelineRow] = []
    for entry in sorted(entries, key=lambda one: one.at):
        if isinstance(entry, TimelineEntry) and entry.is_human and with_gaps:
            if newest_human is not None and entry.at - newest_human >= GAP_FROM:
                rows.append(Gap(start=newest_human, end=entry.at))
            newest_human = entry.at
        rows.append(entry)
    rows.reverse()
    return rows
