"""The timeline as a list, newest first, with the gaps in which nobody wrote anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from PySide6.QtCore import QObject, Slot

from app.incident.projections.timeline import Lane, TimelineEntry
from app.incident.state import IncidentState
from app.models.rows import RowsModel

GAP_FROM = timedelta(minutes=5)
"""From this long without an entry by a person, the silence is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without an entry by a person."""

    start: datetime
    end: datetime


TimelineRow = TimelineEntry | Gap


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

    def admits(self, entry: TimelineEntry) -> bool:
        """Whether `entry` shows."""
        if self.lane is not None and entry.line.lane is not self.lane:
            return False
        if self.service and self.service not in entry.line.services:
            return False
        if self.pinned_only and not entry.is_pinned:
            return False
        text = f"{entry.text} {entry.author}".casefold()
        return all(word in text for word in self.words.casefold().split())


class TimelineModel(RowsModel[TimelineRow]):
    """Shows `IncidentState.timeline` in the order things happened, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[TimelineEntry, ...] = ()
        self._filter = TimelineFilter()

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
        news = new[len(old) :]
        is_grown = bool(old) and len(new) > len(old) and new[: len(old)] == old
        if is_grown and _begins_after(news, self._rows):
            added = [entry for entry in news if self._filter.admits(entry)]
            newest = self._newest_human() if self._filter.is_open else None
            rows = _rows(added, newest, with_gaps=self._filter.is_open)
            self.show_rows((*rows, *self._rows))
        else:
            self._rebuild()

    def use_filter(self, chosen: TimelineFilter) -> None:
        """Show only what `chosen` admits."""
        if chosen != self._filter:
            self._filter = chosen
            self._rebuild()

    def sentence(self, row: TimelineRow) -> str:
        if isinstance(row, Gap):
            minutes = round((row.end - row.start).total_seconds() / 60)
            return f"{minutes} min with no entries, {row.end:%H:%M} to {row.start:%H:%M}"
        pinned = ", pinned" if row.is_pinned else ""
        taken_back = ", taken back" if row.is_taken_back else ""
        return f"{row.at:%H:%M:%S} {row.text}, {row.author}{pinned}{taken_back}"

    def _rebuild(self) -> None:
        admitted = [entry for entry in self._entries if self._filter.admits(entry)]
        self.show_rows(_rows(admitted, None, with_gaps=self._filter.is_open))

    def _newest_human(self) -> datetime | None:
        entries = (row for row in self._rows if isinstance(row, TimelineEntry))
        return next((entry.at for entry in entries if entry.is_human), None)


def gaps(entries: Iterable[TimelineEntry], until: datetime | None = None) -> tuple[Gap, ...]:
    """The silences between entries by people, in time order, and the one that lasts at `until`."""
    moments = sorted(entry.at for entry in entries if entry.is_human)
    if moments and until is not None:
        moments.append(max(until, moments[-1]))
    return tuple(
        Gap(start=start, end=end) for start, end in pairwise(moments) if end - start >= GAP_FROM
    )


def _begins_after(news: tuple[TimelineEntry, ...], rows: tuple[TimelineRow, ...]) -> bool:
    newest = next((row.at for row in rows if isinstance(row, TimelineEntry)), None)
    return newest is None or min(entry.at for entry in news) >= newest


def _rows(
    entries: Iterable[TimelineEntry], newest_human: datetime | None, *, with_gaps: bool
) -> list[TimelineRow]:
    """Entries newest first, a gap between two people's entries that lie far apart."""
    rows: list[TimelineRow] = []
    for entry in sorted(entries, key=lambda one: one.at):
        if entry.is_human and with_gaps:
            if newest_human is not None and entry.at - newest_human >= GAP_FROM:
                rows.append(Gap(start=newest_human, end=entry.at))
            newest_human = entry.at
        rows.append(entry)
    rows.reverse()
    return rows
