"""What the lanes of the timeline show: one mark per thing that happened, and the time scale."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from app.incident.projections.decisions import Decision, DecisionStatus
from app.incident.projections.timeline import Lane, Mark, Timeline, TimelineEntry
from app.incident.rows import EVER, Rows
from app.incident.state import IncidentState

LANES = (Lane.ALERTS, Lane.CHANGES, Lane.DECISIONS, Lane.ACTIONS, Lane.COMMS)
LANE_TITLES = {
    Lane.ALERTS: "Alerts",
    Lane.CHANGES: "Changes",
    Lane.DECISIONS: "Decisions",
    Lane.ACTIONS: "Actions",
    Lane.COMMS: "Comms",
}
LONGEST_WINDOW = timedelta(hours=2)
EARLIEST_SHOWN = LONGEST_WINDOW + timedelta(minutes=10)
"""What happened longer ago than this is not on the lanes."""

VALUE_ROOM = 90
"""Pixels kept free after now."""

COLLAPSE_WITHIN = 12
"""Three or more marks within this many pixels become one with a count."""


class Shape(Enum):
    """The shapes of marks; each lane has its own, so that lanes read without colour."""

    OCTAGON = auto()
    TRIANGLE = auto()
    DASHED_CIRCLE = auto()
    CHECK = auto()
    SQUARE = auto()
    DIAMOND = auto()
    HOLLOW_DIAMOND = auto()
    SLASHED_DIAMOND = auto()
    DOT = auto()
    HOLLOW_DOT = auto()


@dataclass(frozen=True, slots=True)
class LaneMark:
    """One mark: when, its shape, and the label beside it (empty for none)."""

    at: datetime
    shape: Shape
    label: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Places moments on a line: `start` at `left`, `end` at `right` (pixels)."""

    start: datetime
    end: datetime
    left: float
    right: float

    def x(self, moment: datetime) -> float:
        """Where a moment is."""
        return self.left + (moment - self.start) / (self.end - self.start) * (
            self.right - self.left
        )

    def moment(self, x: float) -> datetime:
        """Which moment is at `x`."""
        return self.start + (self.end - self.start) * ((x - self.left) / (self.right - self.left))

    def ticks(self) -> list[datetime]:
        """Full steps of 5 to 60 minutes, so that labels stand well apart."""
        room = max(1, int((self.right - self.left) // 62))
        minutes = (self.end - self.start) / timedelta(minutes=1)
        step = next((one for one in (5, 10, 15, 20, 30, 60) if minutes / one <= room), 60)
        first = self.start + timedelta(minutes=-self.start.minute % step)
        first = first.replace(second=0, microsecond=0)
        count = int((self.end - first) / timedelta(minutes=step)) + 1
        return [first + timedelta(minutes=step * place) for place in range(max(0, count))]


def time_scale(state: IncidentState, now: datetime, left: float, right: float) -> TimeScale:
    """From the first thing that happened (at most two hours back) to a little after `now`.

    After `now` there is room for the indicator's value and for what is due soon.

    The end moves by whole minutes, so that the lanes need no repaint in between.
    """
    begun = [one.at for one in state.timeline[:1]]
    begun += [one.at for one in state.signals.indicator.samples[:1]]
    first = max(min(begun, default=now), now - LONGEST_WINDOW)
    start = first.replace(minute=first.minute // 10 * 10, second=0, microsecond=0)
    ahead = max(1.12, (right - left) / max(1.0, right - left - VALUE_ROOM))
    minutes = max(20.0, (now - start) / timedelta(minutes=1) * ahead)
    return TimeScale(start, start + timedelta(minutes=int(minutes) + 1), left, right)


class LaneMarks:
    """The marks of every lane in time order; a timeline that only grew costs its new entries."""

    def __init__(self) -> None:
        self._known: Timeline = Rows()
        self._since = EVER
        self._marks: dict[Lane, list[LaneMark]] = {lane: [] for lane in LANES}

    def marks(
        self, state: IncidentState, since: datetime = EVER
    ) -> dict[Lane, Sequence[LaneMark]]:
        """The marks of `state` from `since` on, and maybe some from before it."""
        entries = state.timeline
        goes_on = bool(self._known) and since >= self._since
        added = entries.added_to(self._known) if goes_on else None
        if added is None:
            self._marks, added = {lane: [] for lane in LANES}, entries.since(since)
            self._since = since
        self._add(added)
        self._known = entries
        marks: dict[Lane, Sequence[LaneMark]] = dict(self._marks)
        for_freezes = {freeze.decision for freeze in state.freeze.freezes}
        decisions = [
            _decision_mark(one, for_freezes)
            for one in state.decisions
            if _decided_at(one) >= since
        ]
        marks[Lane.DECISIONS] = sorted(decisions, key=_moment)
        due = state.updates.next_due
        if due is not None:
            comms = [*self._marks[Lane.COMMS], LaneMark(due, Shape.HOLLOW_DOT)]
            marks[Lane.COMMS] = sorted(comms, key=_moment)
        return marks

    def _add(self, entries: Sequence[TimelineEntry]) -> None:
        marks = [(one.line.lane, mark) for one in entries if (mark := _entry_mark(one))]
        for lane, mark in marks:
            if len(marks) <= _FEW:
                insort(self._marks[lane], mark, key=_moment)
            else:
                self._marks[lane].append(mark)
        if len(marks) > _FEW:
            for lane in LANES:
                self._marks[lane].sort(key=_moment)


_FEW = 8
"""So many marks find their places one by one; more are sorted at once."""


def _moment(mark: LaneMark) -> datetime:
    return mark.at


def in_view(marks: Sequence[LaneMark], scale: TimeScale) -> range:
    """The places of the marks that lie on the scale; marks are in time order."""
    first = bisect_left(marks, scale.start, key=_moment)
    return range(first, bisect_right(marks, scale.end, key=_moment))


def collapsed(marks: Sequence[LaneMark], scale: TimeScale) -> list[LaneMark]:
    """Marks in view; where three or more would sit on one another, one with a count.

    Looks at one mark per place on screen, however many there are.
    """
    places = in_view(marks, scale)
    step = (scale.end - scale.start) * (COLLAPSE_WITHIN / (scale.right - scale.left))
    found: list[LaneMark] = []
    place = places.start
    while place < places.stop:
        beyond = bisect_left(marks, marks[place].at + step, lo=place, hi=places.stop, key=_moment)
        beyond = max(beyond, place + 1)
        count, last = beyond - place, marks[beyond - 1]
        if count < 3:
            found.extend(marks[place:beyond])
        else:
            found.append(LaneMark(last.at, last.shape, f"×{count}", count))
        place = beyond
    return found


_ENTRY_SHAPES = {
    Mark.ALERT_FAILING: Shape.OCTAGON,
    Mark.ALERT_DEGRADED: Shape.TRIANGLE,
    Mark.ALERT_NO_DATA: Shape.DASHED_CIRCLE,
    Mark.ALERT_RESOLVED: Shape.CHECK,
    Mark.CHANGE: Shape.SQUARE,
    Mark.BLOCKED: Shape.SQUARE,
    Mark.ACTION: Shape.DOT,
    Mark.COMMS: Shape.DOT,
}


def _entry_mark(entry: TimelineEntry) -> LaneMark | None:
    if entry.line.lane not in LANES or entry.line.lane is Lane.DECISIONS or entry.is_taken_back:
        return None
    shape = _ENTRY_SHAPES.get(entry.line.mark)
    return None if shape is None else LaneMark(entry.at, shape, entry.line.label)


def _decided_at(decision: Decision) -> datetime:
    return decision.rulings[-1].value.at if decision.rulings else decision.proposed_at


def _decision_mark(decision: Decision, for_freezes: set[str]) -> LaneMark:
    """Hollow while open, slashed once it no longer stands; the notable ones are labelled."""
    at = _decided_at(decision)
    shape = Shape.DIAMOND
    if decision.is_open:
        shape = Shape.HOLLOW_DIAMOND
    elif decision.status is not DecisionStatus.DECIDED:
        shape = Shape.SLASHED_DIAMOND
    ruling = decision.ruling
    is_notable = (
        shape is not Shape.DIAMOND
        or decision.decision_id in for_freezes
        or (ruling is not None and ruling.revisit_at is not None)
    )
    return LaneMark(at, shape, decision.label if is_notable else "")
