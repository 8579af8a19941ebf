"""The whole incident as one frozen value: what every view, offline or replayed, shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.events.value import quickly_made
from app.incident.kinds.roles import COMMANDER
from app.incident.projections.actions import Action, FollowUp
from app.incident.projections.causes import RootCause
from app.incident.projections.decisions import Decision
from app.incident.projections.freezes import FreezeException, FreezeState
from app.incident.projections.people import Participant, name_of
from app.incident.projections.reporting import Deadline, Updates
from app.incident.projections.roster import RoleSeat, Tenure
from app.incident.projections.signals import Signals
from app.incident.projections.situation import Situation
from app.incident.projections.timeline import Timeline
from app.incident.restoring import Restoration
from app.incident.rows import Rows


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentState:
    """Everything the log says, up to `position` (0 before anything).

    `authors` are the people who made any of it, by person id, in the order of their first records.
    `unreadable` counts records this version cannot read, `quarantined` those that are kept and
    shown but take no effect, `withheld` those this reader may not read.  `pending` counts events
    that no server has recorded yet.
    """

    position: int = 0
    situation: Situation = field(default_factory=Situation)
    participants: tuple[Participant, ...] = ()
    authors: tuple[str, ...] = ()
    roster: tuple[RoleSeat, ...] = ()
    timeline: Timeline = field(default_factory=Rows)
    decisions: tuple[Decision, ...] = ()
    freeze: FreezeState = field(default_factory=FreezeState)
    actions: tuple[Action, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    signals: Signals = field(default_factory=Signals)
    root_cause: RootCause = field(default_factory=RootCause)
    updates: Updates = field(default_factory=Updates)
    deadlines: tuple[Deadline, ...] = ()
    restorations: tuple[Restoration, ...] = ()
    unreadable: int = 0
    quarantined: int = 0
    withheld: int = 0
    pending: int = 0

    @property
    def commander(self) -> Tenure | None:
        """Who commands the incident now."""
        return self.holder_of(COMMANDER)

    @property
    def open_decision(self) -> Decision | None:
        """The decision that waits for a verdict: the newest poll, else the newest proposal."""
        waiting = [decision for decision in self.decisions if decision.is_open]
        polled = [decision for decision in waiting if decision.poll is not None]
        chosen = polled or waiting
        return chosen[-1] if chosen else None

    @property
    def open_actions(self) -> tuple[Action, ...]:
        """The actions that still have to be done, in the order they were assigned."""
        return tuple(action for action in self.actions if action.is_open)

    def holder_of(self, role: str) -> Tenure | None:
        """Who holds `role` now, or None while nobody does."""
        seat = next((seat for seat in self.roster if seat.role == role), None)
        return seat.holder if seat is not None else None

    def name_of(self, actor: str) -> str:
        """How an actor or person id reads."""
        return name_of(self.participants, actor)

    def decision(self, label: str) -> Decision | None:
        """The decision called `label` (`D-7`, `D-7*` while its number may change), or None."""
        return next((one for one in self.decisions if _is_called(one.label, label)), None)

    def exception(self, label: str) -> FreezeException | None:
        """The freeze exception called `label` (`EX-1`), or None."""
        known = self.freeze.exceptions
        return next((one for one in known if _is_called(one.label, label)), None)

    def action(self, label: str) -> Action | None:
        """The action called `label` (`A-3`), or None."""
        return next((one for one in self.actions if _is_called(one.label, label)), None)


def _is_called(label: str, name: str) -> bool:
    """Whether `name` means what has this label; a temporary name never means another thing."""
    return name in (label, label.rstrip("*"))


BEFORE_ANYTHING = IncidentState()
