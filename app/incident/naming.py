"""What people and things are called, as it was known when each record was made."""

from __future__ import annotations

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
from app.incident.projections.freezes import FreezeState
from app.incident.projections.people import Participant, readable_name
from app.incident.projections.reporting import Deadline
from app.incident.projections.signals import Signals


class Naming:
    """Names while records are read in order; `labels` says what events are called, by id.

    A row keeps the names of its time, so that it reads the same however the log arrived.  The
    numbers of decisions, actions and exceptions are those in the values given.
    """

    def __init__(
        self,
        participants: tuple[Participant, ...],
        signals: Signals,
        deadlines: tuple[Deadline, ...],
    ) -> None:
        """Names before the records: who is known, which alerts and clocks there are."""
        self.labels: dict[str, str] = {}
        self._people = {one.person: one.name for one in participants}
        self._read: dict[str, str] = {}
        self.labels.update((f"alert/{alert.alert}", alert.name) for alert in signals.alerts)
        self.labels.update((f"clock/{one.clock}", one.name) for one in deadlines)
        self._to_come: dict[str, dict[str, str]] = {}

    def number(
        self,
        decisions: tuple[Decision, ...],
        actions: tuple[Action, ...],
        freeze: FreezeState,
        before: frozenset[str] | set[str],
    ) -> None:
        """Take in how everything numbered is called; what is not in `before` is yet to come."""
        for decision in decisions:
            self._add(
                decision.decision_id,
                {"": decision.label, "/title": decision.title},
                is_known=decision.decision_id in before,
            )
        for action in actions:
            self._add(
                action.action_id,
                {"": action.label, "/title": action.text},
                is_known=action.action_id in before,
            )
        for one in freeze.exceptions:
            self._add(one.exception_id, {"": one.label}, is_known=one.exception_id in before)

    def _add(self, event_id: str, words: dict[str, str], *, is_known: bool) -> None:
        labels = {f"{event_id}{key}": word for key, word in words.items()}
        if is_known:
            self.labels.update(labels)
        else:
            self._to_come[event_id] = labels

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
                self.labels.update(self._to_come.pop(recorded.event.id, {}))
            case AlertFired(alert=alert, name=name):
                self.labels[f"alert/{alert}"] = name
            case ClockArmed(clock=clock, name=name):
                self.labels[f"clock/{clock}"] = name
            case _:
                pass
