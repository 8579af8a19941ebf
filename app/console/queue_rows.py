"""What the queue sheet lists: what waits, what was sent from here, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.events.event import Event
from app.incident.replay import foresee
from app.incident.state import IncidentState
from app.models.queue_model import QueueRow, QueueStanding
from app.protocol.problems import ProblemCode

if TYPE_CHECKING:
    from app.sync.log_view import LogView, ParkedRow

SENT_SHOWN = 50
"""How many events that were sent stay listed."""

_WHY: Mapping[ProblemCode, tuple[str, str, bool]] = {
    ProblemCode.TOO_LARGE: (
        "it is too large",
        "Copy the text and log it in parts.",
        False,
    ),
    ProblemCode.BAD_SIGNATURE: (
        "its signature does not match",
        "Log it again; this device signs it anew.",
        True,
    ),
    ProblemCode.ID_REUSED: ("its id belongs to another event", "Log it again.", True),
    ProblemCode.OTHER_SITE: ("it was written at another site", "Log it again here.", True),
    ProblemCode.MALFORMED_EVENT: (
        "the server cannot read it",
        "Copy the text and log it as a note.",
        False,
    ),
}
"""Why events are refused for good, what can be done, and whether logging it again helps."""


class QueueRows:
    """Remembers what waited, so that what was sent can be told from what never was here."""

    def __init__(self) -> None:
        self._views: dict[str, LogView[Any]] = {}
        self._waiting: dict[str, QueueRow] = {}
        self._sent: dict[str, QueueRow] = {}
        self._refused: dict[str, QueueRow] = {}
        self._events: dict[str, Event] = {}
        self.sent = 0
        """How many events the server took from here since this console opened."""

    def note(self, view: LogView[Any]) -> None:
        """Take in how one log stands."""
        before = self._views.get(view.log)
        self._views[view.log] = view
        if before is None or view.parked != before.parked:
            for parked in view.parked:
                if parked.event.id not in self._refused:
                    self._refuse(parked, view)
                elif parked.is_repeated:
                    self._repeated(parked.event.id)
        if before is None or view.waiting != before.waiting:
            self._move(view)

    def _move(self, view: LogView[Any]) -> None:
        waiting = {event.id for event in view.waiting}
        for event_id in [one for one in self._waiting if self._events[one].log == view.log]:
            if event_id in waiting:
                continue
            row = self._waiting.pop(event_id)
            if event_id not in self._refused:
                text = _text_on_record(row, view.state)
                self._sent[event_id] = replace(row, standing=QueueStanding.SENT, text=text)
                self.sent += 1
        while len(self._sent) > SENT_SHOWN:
            del self._sent[next(iter(self._sent))]
        for event in view.waiting:
            if event.id not in self._waiting:
                self._events[event.id] = event
                self._waiting[event.id] = _row(event, words_of(event, view.state))

    def _refuse(self, parked: ParkedRow, view: LogView[Any]) -> None:
        event = parked.event
        why, advice, can_repeat = _WHY.get(
            parked.code, (parked.detail or parked.code.value, "Copy the text.", False)
        )
        if not parked.is_own:  # nobody signs in another's name
            advice, can_repeat = "Its author can log it again.", False
        self._events[event.id] = event
        self._refused[event.id] = replace(
            _row(event, words_of(event, _with(view.confirmed, event))),
            standing=QueueStanding.REFUSED,
            why=why,
            advice=advice,
            can_repeat=can_repeat,
        )
        if parked.is_repeated:
            self._repeated(event.id)

    def _repeated(self, event_id: str) -> None:
        """A refused event was logged again: it is offered no more."""
        self._refused[event_id] = replace(
            self._refused[event_id], advice="Logged again.", can_repeat=False
        )

    def event(self, event_id: str) -> Event | None:
        """An event that is or was listed."""
        return self._events.get(event_id)

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """Refused first, then what waits, then what was sent, each newest first."""
        groups = (self._refused, self._waiting, self._sent)
        return tuple(
            row
            for group in groups
            for row in sorted(group.values(), key=lambda one: one.at, reverse=True)
        )

    @property
    def waiting(self) -> int:
        """How many events are only on this device."""
        return len(self._waiting)


def words_of(event: Event, state: object) -> str:
    """How an event reads: as on the timeline, else its own text, else what kind it is.

    What is done to another entry names that: `Entry pinned: pool refilled in 40 s`.
    """
    kind = event.fact.kind.partition("@")[0].replace(".", " ").replace("_", " ").capitalize()
    if isinstance(state, IncidentState):
        entry = state.timeline.row_of(event.id)
        if entry is not None:
            return entry.text
        other = state.timeline.row_of(getattr(event.fact, "entry", ""))
        if other is not None:
            return f"{kind}: {other.text}"
    for name in ("text", "title", "name", "reason"):
        words = getattr(event.fact, name, "")
        if isinstance(words, str) and words:
            return words
    return kind


def _row(event: Event, text: str) -> QueueRow:
    happened: datetime = event.occurred_at or event.made_at
    return QueueRow(event_id=event.id, at=happened, text=text, standing=QueueStanding.WAITING)


def _text_on_record(row: QueueRow, state: object) -> str:
    """How the event of `row` reads now: with the number it got, where that was not certain."""
    entry = state.timeline.row_of(row.event_id) if isinstance(state, IncidentState) else None
    return row.text if entry is None else entry.text


def _with(state: object, event: Event) -> object:
    return foresee(state, [event]) if isinstance(state, IncidentState) else state
