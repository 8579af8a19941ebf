"""What people and things are called, as it was known when each record was made."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from app.events.event import Recorded, Standing
from app.incident.kinds.decisions import DecisionProposed
from app.incident.kinds.freezes import ExceptionRequested
from app.incident.kinds.reporting import ClockArmed
from app.incident.kinds.roles import RoleAssigned
from app.incident.kinds.signals import AlertFired
from app.incident.kinds.situation import ParticipantJoined
from app.incident.kinds.work import ActionAssigned
from app.incident.projections.actions import Action
from app.incident.projections.decisions import Decision
from app.incident.projections.freezes import FreezeException
from app.incident.projections.people import Participant, readable_name
from app.incident.projections.reporting import Deadline
from app.incident.projections.signals import Signals


class Labels:
    """What events are called, by id; titles by `id/title`.

    Looked up when a line needs one: in a long incident most batches name very little of it.
    """

    def __init__(self, signals: Signals, deadlines: tuple[Deadline, ...]) -> None:
        """Names before the records: which alerts and clocks there are."""
        self._signals = signals
        self._deadlines = deadlines
        self._knows_names = False
        self._said: dict[str, str] = {}
        self._revealed: set[str] = set()
        self._known = _NOTHING_NUMBERED
        self._now = _NOTHING_NUMBERED
        self._rows: dict[str, Decision | Action | FreezeException] | None = None

    def number(self, known: Numbered, now: Numbered) -> None:
        """What had a number before the records, and after them: the rest is yet to come."""
        self._known, self._now, self._rows = known, now, None

    def say(self, key: str, name: str) -> None:
        """Remember a name."""
        self._said[key] = name

    def reveal(self, event_id: str) -> None:
        """What this id numbers has come."""
        self._revealed.add(event_id)

    def get(self, key: str, otherwise: str) -> str:
        """The name for `key`, or `otherwise` if nothing was called so by now."""
        if not self._knows_names:
            self._said = self._by_name() | self._said
            self._knows_names = True
        said = self._said.get(key)
        if said is not None:
            return said
        event_id, _, part = key.partition("/")
        if self._rows is None:
            self._rows = self._by_id()
        row = self._rows.get(event_id)
        if row is None or not (self._is_known(row) or event_id in self._revealed):
            return otherwise
        return _title_of(row, otherwise) if part else row.label

    def _by_name(self) -> dict[str, str]:
        """What alerts and clocks were called before the records."""
        named = {f"alert/{one.alert}": one.name for one in self._signals.alerts}
        return named | {f"clock/{one.clock}": one.name for one in self._deadlines}

    def _is_known(self, row: Decision | Action | FreezeException) -> bool:
        """Whether it had its number before the records: numbers only grow."""
        decisions, actions, exceptions = self._known
        if isinstance(row, Decision):
            return row.number <= len(decisions)
        return row.number <= len(actions if isinstance(row, Action) else exceptions)

    def _by_id(self) -> dict[str, Decision | Action | FreezeException]:
        decisions, actions, exceptions = self._now
        rows: dict[str, Decision | Action | FreezeException] = {}
        rows.update(zip(map(_DECISION_ID, decisions), decisions, strict=True))
        rows.update(zip(map(_ACTION_ID, actions), actions, strict=True))
        rows.update(zip(map(_EXCEPTION_ID, exceptions), exceptions, strict=True))
        return rows


_DECISION_ID: Callable[[Decision], str] = attrgetter("decision_id")
_ACTION_ID: Callable[[Action], str] = attrgetter("action_id")
_EXCEPTION_ID: Callable[[FreezeException], str] = attrgetter("exception_id")

Numbered = tuple[tuple[Decision, ...], tuple[Action, ...], tuple[FreezeException, ...]]
"""Decisions, actions and exceptions, each in the order of their numbers."""

_NOTHING_NUMBERED: Numbered = ((), (), ())


def _title_of(row: Decision | Action | FreezeException, otherwise: str) -> str:
    if isinstance(row, Decision):
        return row.title
    return row.text if isinstance(row, Action) else otherwise


class Naming:
    """Names while records are read in order; `labels` says what events are called, by id.

    A row keeps the names of its time, so that it reads the same however the log arrived.
    """

    def __init__(
        self,
        participants: tuple[Participant, ...],
        signals: Signals,
        deadlines: tuple[Deadline, ...],
    ) -> None:
        """Names before the records: who is known, which alerts and clocks there are."""
        self.labels = Labels(signals, deadlines)
        self._people = {one.person: one.name for one in participants}
        self._read: dict[str, str] = {}

    def name_of(self, actor: str) -> str:
        """How an actor or person id reads now."""
        name = self._read.get(actor)
        if name is None:
            person = actor.rpartition(":")[2]
            name = self._people.get(person) or readable_name(actor)
            self._read[actor] = name
        return name

    def learn(self, recorded: Recorded) -> None:
        """Take in the names that `recorded` gives."""
        if recorded.standing is not Standing.ACCEPTED:
            return
        match recorded.event.fact:
            case ParticipantJoined(person=person, name=name):
                self._people[person] = name
                self._read.clear()
            case RoleAssigned(person=person, name=name) if person not in self._people:
                self._people[person] = name
                self._read.clear()
            case DecisionProposed() | ActionAssigned() | ExceptionRequested():
                self.labels.reveal(recorded.event.id)
            case AlertFired(alert=alert, name=name):
                self.labels.say(f"alert/{alert}", name)
            case ClockArmed(clock=clock, name=name):
                self.labels.say(f"clock/{clock}", name)
            case _:
                pass
