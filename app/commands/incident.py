"""Declare, move on, raise and lower, give roles and work, freeze, correct."""

from __future__ import annotations

from datetime import datetime

from app.commands.desk import Act, Desk
from app.commands.resolving import against_ending
from app.events.event import Draft
from app.events.sensitivity import Sensitivity
from app.incident.kinds.freezes import (
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeLifted,
)
from app.incident.kinds.reporting import UpdateDrafted
from app.incident.kinds.roles import RoleAssigned, RoleReleased, RoleSettled
from app.incident.kinds.situation import (
    ImpactLevel,
    ImpactStated,
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    ActionExtended,
    EntryClassified,
    EntryPinned,
    EntryTakenBack,
    FollowUpNoted,
    NoteRewritten,
    NoteWritten,
)
from app.incident.projections.actions import Action
from app.incident.projections.freezes import Freeze, FreezeException
from app.incident.projections.timeline import Mark, TimelineEntry


def declare(desk: Desk, fact: IncidentDeclared) -> Act:
    """Begin to run an incident."""
    return Act(drafts=(desk.draft(fact),))


def write_note(desk: Desk, fact: NoteWritten, *, occurred_at: datetime | None = None) -> Act:
    """Keep what somebody said or saw, word for word."""
    return Act(drafts=(desk.draft(fact, occurred_at=occurred_at),))


def change_phase(desk: Desk, phase: Phase, reason: str = "") -> Act:
    """Move the incident to another phase.

    To end it while services are unhealthy or a go/no-go is open takes a `reason`; without one
    nothing is recorded and the hint says what is open.
    """
    early = "" if reason else against_ending(desk, phase)
    if early:
        return Act(drafts=(), hint=f"{early} Give a reason to end the incident all the same.")
    return Act(drafts=(desk.draft(PhaseChanged(phase=phase, reason=reason)),))


def change_severity(desk: Desk, severity: int, reason: str = "") -> Act:
    """Set the severity, 1 (worst) to 5."""
    return Act(drafts=(desk.draft(SeverityChanged(severity=severity, reason=reason)),))


def state_impact(desk: Desk, text: str, level: ImpactLevel = ImpactLevel.PARTIAL) -> Act:
    """Say in one plain sentence what users feel."""
    return Act(drafts=(desk.draft(ImpactStated(text=text, level=level)),))


def change_title(desk: Desk, title: str) -> Act:
    """Rewrite the title."""
    titles = desk.state.situation.titles
    replaced = titles[0].event_id if titles else ""
    return Act(drafts=(desk.draft(TitleChanged(title=title, replaces=replaced)),))


def assign_role(desk: Desk, role: str, person: str) -> Act:
    """Give a role to a person from now on."""
    assigned = RoleAssigned(role=role, person=person, name=desk.name_of(person))
    return Act(drafts=(desk.draft(assigned),))


def release_role(desk: Desk, role: str, person: str, reason: str = "") -> Act:
    """Say that a person no longer holds a role."""
    return Act(drafts=(desk.draft(RoleReleased(role=role, person=person, reason=reason)),))


def settle_role(desk: Desk, role: str, person: str) -> Act:
    """Say who holds a role that two people took without knowing of each other."""
    seat = next((seat for seat in desk.state.roster if seat.role == role), None)
    contenders = () if seat is None else tuple(one.event_id for one in seat.claims)
    settled = RoleSettled(
        role=role, person=person, contenders=contenders, name=desk.name_of(person)
    )
    return Act(drafts=(desk.draft(settled),))


def assign_action(desk: Desk, fact: ActionAssigned, *, occurred_at: datetime | None = None) -> Act:
    """Give work to one person."""
    hint = "" if fact.owner else "No owner. Add @somebody to give it to a person."
    return Act(drafts=(desk.draft(fact, occurred_at=occurred_at),), hint=hint)


def finish_action(desk: Desk, action: Action, result: str = "") -> Act:
    """Say that an action is done."""
    return Act(drafts=(desk.draft(ActionDone(action=action.action_id, result=result)),))


def extend_action(desk: Desk, action: Action, check_back_at: datetime) -> Act:
    """Give an action more time."""
    longer = ActionExtended(action=action.action_id, check_back_at=check_back_at)
    return Act(drafts=(desk.draft(longer),))


def note_follow_up(desk: Desk, fact: FollowUpNoted) -> Act:
    """Note work for after the incident."""
    return Act(drafts=(desk.draft(fact),))


def declare_freeze(desk: Desk, fact: FreezeDeclared) -> Act:
    """Stop changes in scope."""
    return Act(drafts=(desk.draft(fact),))


def lift_freeze(desk: Desk, freeze: Freeze, reason: str, decision: str = "") -> Act:
    """End a freeze early."""
    lifted = FreezeLifted(freeze=freeze.freeze_id, reason=reason, decision=decision)
    return Act(drafts=(desk.draft(lifted),))


def request_exception(desk: Desk, change: str, services: tuple[str, ...], reason: str) -> Act:
    """Ask that a named change be let through the freezes that hold now."""
    resolved_at = desk.state.situation.resolved_at
    holding = desk.state.freeze.holding(desk.now, resolved_at)
    requested = ExceptionRequested(
        change=change,
        freezes=tuple(freeze.freeze_id for freeze in holding),
        services=services,
        requester=desk.person,
        reason=reason,
    )
    return Act(drafts=(desk.draft(requested),))


def approve_exception(desk: Desk, exception: FreezeException) -> Act:
    """Approve an exception somebody else asked for, and wrote."""
    if exception.requester == desk.person:
        return Act(drafts=(), hint="Somebody else has to approve what you asked for.")
    if exception.is_of(desk.person):
        return Act(drafts=(), hint="Somebody else has to approve what you wrote.")
    approved = ExceptionApproved(
        exception=exception.exception_id,
        person=desk.person,
        name=desk.name_of(desk.person),
        request=exception.versions[0].event_id,
    )
    return Act(drafts=(desk.draft(approved),))


def pin(desk: Desk, entry: TimelineEntry) -> Act:
    """Mark a timeline entry as significant."""
    return Act(drafts=(desk.draft(EntryPinned(entry=entry.event_id)),))


def classify(desk: Desk, entry: TimelineEntry, sensitivity: Sensitivity) -> Act:
    """Say that a note is more sensitive than it said; nobody can take that back."""
    if entry.line.mark is not Mark.NOTE:
        return Act(drafts=(), hint="Only notes can be restricted. Everybody works with the rest.")
    if entry.sensitivity.rank >= sensitivity.rank:
        return Act(drafts=(), hint=f"This note is {entry.sensitivity} already.")
    fact = EntryClassified(entry=entry.event_id, sensitivity=sensitivity)
    return Act(drafts=(desk.draft(fact),), hint=f"{sensitivity.capitalize()} from now on.")


def rewrite_note(desk: Desk, entry: TimelineEntry, text: str) -> Act:
    """Correct the text of a note; the old text is kept beside it, and both are read as far."""
    replaces = entry.texts[0].event_id if entry.texts else entry.event_id
    is_usual = entry.sensitivity is Sensitivity.INTERNAL
    labels = () if is_usual else (entry.sensitivity.value,)
    fact = NoteRewritten(note=entry.event_id, replaces=replaces, text=text, labels=labels)
    return Act(drafts=(desk.draft(fact),))


def take_back(desk: Desk, logged: tuple[Draft, ...], ids: tuple[str, ...]) -> Act:
    """Undo what was just logged: a trace for each entry, and what held before it again.

    `logged` are the drafts as they were logged and `ids` the ids of their events, in that order;
    `desk.state` is what the person saw before they logged them.
    """
    traces = tuple(desk.draft(EntryTakenBack(entry=event_id)) for event_id in ids)
    restored = tuple(fact for draft in reversed(logged) for fact in _what_held_before(desk, draft))
    return Act(drafts=(*traces, *restored))


def _what_held_before(desk: Desk, draft: Draft) -> tuple[Draft, ...]:
    """The facts that set back what `draft` set, for facts that set a value."""
    situation = desk.state.situation
    match draft.fact:
        case SeverityChanged():
            return change_severity(desk, situation.severity, "taken back").drafts
        case PhaseChanged():
            return change_phase(desk, situation.phase, "taken back").drafts
        case TitleChanged():
            return change_title(desk, situation.title).drafts
        case ImpactStated() if situation.impact_text:
            return state_impact(desk, situation.impact_text, situation.impact_level).drafts
        case RoleAssigned(role=role, person=person):
            before = desk.state.holder_of(role)
            if before is None or before.person == person:
                return release_role(desk, role, person, "taken back").drafts
            return assign_role(desk, role, before.person).drafts
        case UpdateDrafted(audience=audience):
            texts = {one.audience: one.text for one in desk.state.updates.drafts}
            return (desk.draft(UpdateDrafted(audience=audience, text=texts.get(audience, ""))),)
        case ActionDone(action=action_id):
            return _reopened(desk, action_id)
        case _:
            return ()


def _reopened(desk: Desk, action_id: str) -> tuple[Draft, ...]:
    action = next((one for one in desk.state.actions if one.action_id == action_id), None)
    if action is None:
        return ()
    owner = action.owner
    again = ActionAssigned(
        text=action.text,
        owner="" if owner is None else owner.person,
        owner_name="" if owner is None else owner.name,
        services=action.services,
        check_back_at=action.check_back_at,
        action=action.action_id,
    )
    return (desk.draft(again),)
