"""The timeline as a list, newest first, with the gaps in which nobody wrote anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PySide6.QtCore import QObject, Slot

from app.incident.projections.timeline import Lane, Timeline, TimelineEntry
from app.incident.rows import Rows
from app.incident.state import IncidentState
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
        self._filter = TimelineFilter()
        self._losses: tuple[ConnectionLost, ...] = ()
        self._former: Mapping[str, str] = {}

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
        return f"{row.at:%H:%M:%S} {row.text}, {row.author}{pinned}{taken_back}"

    def _rebuild(self) -> None:
        if self._filter.is_open:
            admitted: list[_Told] = [*self._entries, *self._losses]
        else:
            admitted = [entry for entry in self._entries if self._admits(entry)]
        self._all = tuple(_rows(admitted, None, with_gaps=self._filter.is_open))
        self.show_rows(self._all[:PAGE])

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._rows) < len(self._all)

    def fetchMore(self, parent: Index) -> None:
        """Show another page of older rows, because somebody scrolled towards them."""
        if not parent.isValid():
            self.show_rows(self._all[: len(self._rows) + PAGE])

    def _newest_human(self) -> datetime | None:
        entries = (row for row in self._all if isinstance(row, TimelineEntry))
        return next((entry.at for entry in entries if entry.is_human), None)


class Pauses:
    """The silences between entries by people; a timeline that only grew costs its new entries."""

    def __init__(self) -> None:
        self._known: Timeline = Rows()
        self._moments: list[datetime] = []
        self._gaps: tuple[Gap, ...] = ()

    def of(self, entries: Timeline) -> tuple[Gap, ...]:
        """The silences that are over, in time order."""
        added = entries.added_to(self._known)
        if added is None:
            added, self._moments = entries[:], []
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
