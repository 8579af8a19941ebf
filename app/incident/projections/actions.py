"""Work given to people during the incident, and follow-ups agreed for after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.event import Recorded
from app.events.value import quickly_made
from app.incident.claims import Claims, claim, stake, unseen_by
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    ActionExtended,
    EntryTakenBack,
    FollowUpNoted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who an action was given to."""

    person: str
    name: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Work given to one person.  `number` counts in log order and reads `A-3`."""

    action_id: str
    number: int
    text: str
    assigned_by: str
    assigned_at: datetime
    owners: Claims[Ownership] = ()
    services: tuple[str, ...] = ()
    check_back_at: datetime | None = None
    done: Claims[str] = ()
    is_taken_back: bool = False
    is_provisional: bool = False

    @property
    def label(self) -> str:
        """How the action is called: `A-3`, or `A-3*` while the number may change."""
        return f"A-{self.number}{'*' if self.is_provisional else ''}"

    @property
    def owner(self) -> Ownership | None:
        """Who holds it: the first of those who took it without knowing of each other."""
        return self.owners[0].value if self.owners else None

    @property
    def also_offered(self) -> tuple[Ownership, ...]:
        """Who else took it at the same time."""
        first = self.owner
        return tuple(one.value for one in self.owners[1:] if one.value != first)

    @property
    def result(self) -> str:
        """What its owner said came of it."""
        return self.done[0].value if self.done else ""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return not self.done and not self.is_taken_back


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Work agreed for after the incident."""

    follow_up_id: str
    text: str
    owner: str
    noted_at: datetime
    is_taken_back: bool = False


def project_actions(known: tuple[Action, ...], news: Sequence[Recorded]) -> tuple[Action, ...]:
    """The actions after `news`, in the order they were first assigned."""
    actions = {action.action_id: action for action in known}
    for recorded in news:
        match recorded.event.fact:
            case ActionAssigned(action=earlier) as assigned if earlier in actions:
                actions[earlier] = _reassign(actions[earlier], recorded, assigned)
            case ActionAssigned() as assigned:
                actions[recorded.event.id] = _assign(recorded, assigned, len(actions) + 1)
            case ActionExtended(action=action_id, check_back_at=moment) if action_id in actions:
                actions[action_id] = replace(actions[action_id], check_back_at=moment)
            case ActionDone(action=action_id, result=result) if action_id in actions:
                action = actions[action_id]
                done = stake(action.done, recorded, result)
                actions[action_id] = replace(action, done=done)
            case EntryTakenBack(entry=entry) if entry in actions:
                actions[entry] = replace(actions[entry], is_taken_back=True)
            case _:
                pass
    return tuple(actions.values())


def _assign(recorded: Recorded, assigned: ActionAssigned, number: int) -> Action:
    owner = Ownership(person=assigned.owner, name=assigned.owner_name)
    return Action(
        action_id=recorded.event.id,
        number=number,
        text=assigned.text,
        assigned_by=recorded.event.person_id or recorded.event.actor,
        assigned_at=recorded.happened_at,
        owners=(claim(recorded, owner),) if assigned.owner else (),
        services=assigned.services,
        check_back_at=assigned.check_back_at,
        is_provisional=recorded.is_pending,
    )


def _reassign(action: Action, recorded: Recorded, assigned: ActionAssigned) -> Action:
    owner = Ownership(person=assigned.owner, name=assigned.owner_name)
    unseen = unseen_by(action.owners, recorded)
    owners = (*unseen, claim(recorded, owner)) if unseen else stake((), recorded, owner)
    moment = assigned.check_back_at or action.check_back_at
    # Giving it to somebody reopens it, unless it was done without the giver knowing.
    done = unseen_by(action.done, recorded)
    return replace(action, owners=owners, check_back_at=moment, done=done)


def project_follow_ups(
    known: tuple[FollowUp, ...], news: Sequence[Recorded]
) -> tuple[FollowUp, ...]:
    """The follow-ups after `news`, in the order they were noted."""
    follow_ups = {one.follow_up_id: one for one in known}
    for recorded in news:
        match recorded.event.fact:
            case FollowUpNoted(text=text, owner=owner):
                follow_ups[recorded.event.id] = FollowUp(
                    follow_up_id=recorded.event.id,
                    text=text,
                    owner=owner,
                    noted_at=recorded.happened_at,
                )
            case EntryTakenBack(entry=entry) if entry in follow_ups:
                follow_ups[entry] = replace(follow_ups[entry], is_taken_back=True)
            case _:
                pass
    return tuple(follow_ups.values())
