"""One line per thing that happened, for the lanes and the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.events.event import Recorded, Standing, is_concurrent
from app.events.fact import Fact, WithheldFact
from app.events.sensitivity import Sensitivity, highest, sensitivity_of
from app.events.value import quickly_made
from app.incident.claims import Claims, claim, is_contested
from app.incident.kinds.work import (
    EntryClassified,
    EntryPinned,
    EntryTakenBack,
    NoteRewritten,
    NoteWritten,
)
from app.incident.rows import Rows

LATE_AFTER = timedelta(minutes=2)
"""An entry recorded this long after it happened shows both times."""

SKEW_SHOWN_FROM = timedelta(seconds=2)
"""A console clock off by more than this is marked on the rows it wrote."""


class Lane(StrEnum):
    """Which lane of the timeline an entry belongs to."""

    ALERTS = "alerts"
    CHANGES = "changes"
    DECISIONS = "decisions"
    ACTIONS = "actions"
    COMMS = "comms"
    ROLES = "roles"
    NOTES = "notes"
    HEALTH = "health"
    SYSTEM = "system"


class Mark(StrEnum):
    """What an entry is, for its icon and shape."""

    ALERT_FAILING = "alert_failing"
    ALERT_DEGRADED = "alert_degraded"
    ALERT_NO_DATA = "alert_no_data"
    ALERT_RESOLVED = "alert_resolved"
    CHANGE = "change"
    BLOCKED = "blocked"
    DECISION = "decision"
    DECISION_OPEN = "decision_open"
    REVERSED = "reversed"
    OBJECTION = "objection"
    FREEZE = "freeze"
    ACTION = "action"
    ACTION_DONE = "action_done"
    COMMS = "comms"
    ROLE = "role"
    NOTE = "note"
    HEALTH = "health"
    SITUATION = "situation"
    SUSPECT = "suspect"
    CLOCK = "clock"
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"
    DISPUTED = "disputed"


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How a fact reads on the timeline: its lane, mark, sentence and what it is about.

    `label` is the short text beside its mark in the lane ("D-2", "v42"); `is_strong` sets the
    row in the heavier weight.
    """

    lane: Lane
    mark: Mark
    text: str
    services: tuple[str, ...] = ()
    label: str = ""
    is_strong: bool = False


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One row of the timeline.  `at` is when it happened, in server time.

    `texts` holds the standing versions of a note that was rewritten; two or more mean that
    people rewrote it without knowing of each other.  `sensitivity` says who may read it.
    """

    event_id: str
    position: int
    at: datetime
    recorded_at: datetime
    actor: str
    author: str
    line: Line
    is_pinned: bool = False
    is_taken_back: bool = False
    is_pending: bool = False
    is_quarantined: bool = False
    why: str = ""
    skew: timedelta = timedelta()
    texts: Claims[str] = ()
    sensitivity: Sensitivity = Sensitivity.INTERNAL

    @property
    def text(self) -> str:
        """The sentence that shows: the first of the versions that stand."""
        return self.texts[0].value if self.texts else self.line.text

    @property
    def is_late(self) -> bool:
        """Whether it was recorded so long after it happened that both times must show."""
        return self.recorded_at - self.at >= LATE_AFTER

    @property
    def is_skewed(self) -> bool:
        """Whether the author's clock was visibly off."""
        return abs(self.skew) > SKEW_SHOWN_FROM

    @property
    def is_contested(self) -> bool:
        """Whether people rewrote it differently without knowing of each other."""
        return is_contested(self.texts)

    @property
    def is_human(self) -> bool:
        """Whether a person wrote it."""
        return self.actor.startswith("person:")


Reads = Callable[[Recorded], Line | None]
"""How a record reads on the timeline; None for facts that have no row of their own."""


Timeline = Rows[TimelineEntry]
"""The rows of the timeline in log order."""


class _Growing:
    """A timeline while records are folded onto it: what they change, and what they add."""

    def __init__(self, known: Timeline) -> None:
        self._known = known
        self._changed: dict[int, TimelineEntry] = {}
        self._added: list[TimelineEntry] = []
        self._places: dict[str, int] | None = None  # of added rows, once one is looked for

    def add(self, row: TimelineEntry) -> None:
        """Put a row at the end."""
        if self._places is not None:
            self._places[row.event_id] = len(self._added)
        self._added.append(row)

    def change(self, event_id: str, recorded: Recorded) -> None:
        """Let `recorded` change the row of an event, if there is one."""
        if self._places is None:
            self._places = {row.event_id: place for place, row in enumerate(self._added)}
        near = self._places.get(event_id)
        if near is not None:
            self._added[near] = _change(self._added[near], recorded)
            return
        place = self._known.find(event_id)
        if place is not None:
            row = self._changed.get(place) or self._known[place]
            self._changed[place] = _change(row, recorded)

    def rows(self) -> Timeline:
        """The timeline as it is now."""
        return self._known.grown(self._changed, self._added)


def project_timeline(
    known: Timeline,
    news: Sequence[Recorded],
    reads: Reads,
    names: Callable[[str], str],
) -> Timeline:
    """The timeline after `news`, in log order.  Rows that did not change stay the same objects."""
    growing = _Growing(known)
    for recorded in news:
        changed_id = _changed_by(recorded)
        if changed_id is not None:
            if recorded.standing is Standing.ACCEPTED:
                growing.change(changed_id, recorded)
        elif (line := reads(recorded)) is not None:
            growing.add(_entry(recorded, line, names))
    return growing.rows()


def _changed_by(recorded: Recorded) -> str | None:
    """The id of the row that `recorded` changes; None for facts with a row of their own."""
    match recorded.event.fact:
        case EntryPinned(entry=entry) | EntryTakenBack(entry=entry):
            return entry
        case EntryClassified(entry=entry):
            return entry
        case NoteRewritten(note=note):
            return note
        case _:
            return None


def _entry(recorded: Recorded, line: Line, names: Callable[[str], str]) -> TimelineEntry:
    event = recorded.event
    return TimelineEntry(
        event_id=event.id,
        position=recorded.position,
        at=recorded.happened_at,
        recorded_at=recorded.received_at,
        actor=event.actor,
        author=names(event.actor),
        line=line,
        is_pending=recorded.is_pending,
        is_quarantined=recorded.standing is Standing.QUARANTINED,
        why=recorded.why or "",
        skew=recorded.skew,
        sensitivity=_sensitivity(event.fact),
    )


def _sensitivity(fact: Fact) -> Sensitivity:
    """Who may read what a row says; only notes are ever for few."""
    match fact:
        case NoteWritten(labels=labels) if labels:
            return sensitivity_of(labels)
        case WithheldFact(sensitivity=sensitivity):
            return sensitivity
        case _:
            return Sensitivity.INTERNAL


def _change(row: TimelineEntry, recorded: Recorded) -> TimelineEntry:
    match recorded.event.fact:
        case EntryPinned():
            return replace(row, is_pinned=True)
        case EntryTakenBack():
            return replace(row, is_taken_back=True)
        case EntryClassified(sensitivity=said):
            return replace(row, sensitivity=highest((row.sensitivity, said)))
        case NoteRewritten() as rewritten:
            return _rewrite(row, recorded, rewritten)
        case _:
            return row


def _rewrite(entry: TimelineEntry, recorded: Recorded, rewritten: NoteRewritten) -> TimelineEntry:
    """Replace the version the author rewrote; keep versions written without knowing of it."""
    kept = tuple(
        one
        for one in entry.texts
        if one.event_id != rewritten.replaces
        and is_concurrent(recorded, one.position, one.console)
    )
    return replace(entry, texts=(*kept, claim(recorded, rewritten.text)))
