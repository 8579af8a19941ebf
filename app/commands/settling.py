"""Settle what people set differently while apart: one command for each contested thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.commands.decisions import settle_verdict
from app.commands.desk import Act, Desk
from app.commands.incident import (
    change_phase,
    change_severity,
    change_title,
    lift_freeze,
    settle_role,
)
from app.incident.claims import Claims
from app.incident.contested import LIFT, Contested, Matter
from app.incident.kinds.causes import ReproductionDoubted, ReproductionWaived
from app.incident.kinds.freezes import ExceptionAmended, FreezeKept
from app.incident.kinds.situation import Phase
from app.incident.kinds.work import ActionAssigned, NoteRewritten
from app.incident.projections.actions import Action
from app.incident.projections.decisions import Decision
from app.incident.projections.freezes import Freeze, FreezeException
from app.incident.projections.timeline import TimelineEntry

_T = TypeVar("_T")

SETTLED = "settled"
"""The reason written into facts that settle something."""


def settle(desk: Desk, matter: Contested, key: str) -> Act:
    """Settle `matter` by the choice with this key.

    The act is empty, with a hint, when it is for somebody else to settle.  Raises `KeyError` for
    a key that is not among the choices.
    """
    if key not in {choice.key for choice in matter.choices}:
        raise KeyError(key)
    if desk.person not in matter.settlers:
        return Act(drafts=(), hint=_for_others(desk, matter))
    return _SETTLED_BY[matter.matter](desk, matter.subject, key)


def settle_severity(desk: Desk, severity: int) -> Act:
    """As commander, confirm one of the severities that were set."""
    return change_severity(desk, severity, SETTLED)


def settle_phase(desk: Desk, phase: Phase) -> Act:
    """Say whether the incident goes on or has ended."""
    return change_phase(desk, phase, SETTLED)


def settle_title(desk: Desk, title: str) -> Act:
    """Choose, or write, the title that replaces all versions."""
    return change_title(desk, title)


def settle_note(desk: Desk, entry: TimelineEntry, text: str) -> Act:
    """Choose, or write, the text that replaces all versions of an entry."""
    replaced = entry.texts[0].event_id if entry.texts else entry.event_id
    fact = NoteRewritten(note=entry.event_id, replaces=replaced, text=text)
    return Act(drafts=(desk.draft(fact),))


def settle_freeze(desk: Desk, freeze: Freeze, *, lift: bool) -> Act:
    """Lift a contested freeze for good, or say that it goes on."""
    if lift:
        return lift_freeze(desk, freeze, SETTLED)
    return Act(drafts=(desk.draft(FreezeKept(freeze=freeze.freeze_id, reason=SETTLED)),))


def settle_exception(desk: Desk, exception: FreezeException, version: str) -> Act:
    """Choose the text of an exception that is to be approved."""
    text = _claimed(exception.versions, version)
    fact = ExceptionAmended(
        exception=exception.exception_id,
        change=text.change,
        freezes=text.freezes,
        services=text.services,
        reason=text.reason,
        valid_until=text.valid_until,
    )
    return Act(drafts=(desk.draft(fact),))


def settle_action(desk: Desk, action: Action, person: str) -> Act:
    """Say who of those who were given an action has it."""
    fact = ActionAssigned(
        text=action.text,
        owner=person,
        owner_name=desk.name_of(person),
        services=action.services,
        check_back_at=action.check_back_at,
        action=action.action_id,
    )
    return Act(drafts=(desk.draft(fact),))


def settle_root_cause(desk: Desk, *, opens: bool) -> Act:
    """Say whether the root cause is open or locked, where people said both while apart."""
    fact = ReproductionWaived(reason=SETTLED) if opens else ReproductionDoubted(reason=SETTLED)
    return Act(drafts=(desk.draft(fact),))


def _claimed(claims: Claims[_T], event_id: str) -> _T:
    return next(one.value for one in claims if one.event_id == event_id)


def _for_others(desk: Desk, matter: Contested) -> str:
    if not matter.settlers:
        return "Nobody is in command. Somebody has to take command first."
    names = ", ".join(desk.name_of(person) for person in matter.settlers)
    return f"This is for {names} to settle."


def _decision(desk: Desk, subject: str, key: str) -> Act:
    decision: Decision = next(one for one in desk.state.decisions if one.decision_id == subject)
    return settle_verdict(desk, decision, key)


def _title(desk: Desk, _: str, key: str) -> Act:
    return settle_title(desk, _claimed(desk.state.situation.titles, key))


def _note(desk: Desk, subject: str, key: str) -> Act:
    entry = next(row for row in desk.state.timeline.contested() if row.event_id == subject)
    return settle_note(desk, entry, _claimed(entry.texts, key))


def _freeze(desk: Desk, subject: str, key: str) -> Act:
    freeze = next(one for one in desk.state.freeze.freezes if one.freeze_id == subject)
    return settle_freeze(desk, freeze, lift=key == LIFT)


def _exception(desk: Desk, subject: str, key: str) -> Act:
    found = next(one for one in desk.state.freeze.exceptions if one.exception_id == subject)
    return settle_exception(desk, found, key)


def _action(desk: Desk, subject: str, key: str) -> Act:
    action = next(one for one in desk.state.actions if one.action_id == subject)
    return settle_action(desk, action, key)


_SETTLED_BY: Mapping[Matter, Callable[[Desk, str, str], Act]] = {
    Matter.ROLE: settle_role,
    Matter.VERDICT: _decision,
    Matter.PROPOSAL: _decision,
    Matter.SEVERITY: lambda desk, _, key: settle_severity(desk, int(key)),
    Matter.PHASE: lambda desk, _, key: settle_phase(desk, Phase(key)),
    Matter.TITLE: _title,
    Matter.NOTE: _note,
    Matter.FREEZE: _freeze,
    Matter.EXCEPTION: _exception,
    Matter.ACTION: _action,
    Matter.ROOT_CAUSE: lambda desk, _, key: settle_root_cause(desk, opens=key == LIFT),
}
