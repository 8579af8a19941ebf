"""The concurrency rules, checked the slow and obvious way on a whole log."""

from __future__ import annotations

from app.events.event import Recorded, Standing
from app.incident.kinds.decisions import PollOpened
from app.incident.kinds.freezes import FreezeDeclared, FreezeLifted
from app.incident.kinds.roles import EXCLUSIVE_ROLES, RoleAssigned, RoleReleased, RoleSettled
from app.incident.kinds.situation import (
    ImpactLevel,
    ImpactStated,
    IncidentDeclared,
    PhaseChanged,
    SeverityChanged,
)
from app.incident.projections.situation import ENDED_PHASES, LIVE_PHASES
from app.incident.restoring import learn_restorations
from app.incident.state import IncidentState
from tests.simulation.violation import require


def knew(later: Recorded, earlier: Recorded) -> bool:
    """Whether the author of `later` knew of `earlier`."""
    return later.event.seen >= earlier.position or later.event.console == earlier.event.console


def effective(log: list[Recorded]) -> list[Recorded]:
    """The records that take effect, with what their authors can have known."""
    _, restated = learn_restorations((), log)
    return [one for one in restated if one.standing is Standing.ACCEPTED]


def standing(settings: list[Recorded]) -> list[Recorded]:
    """Those settings of a value that nobody replaced knowingly."""
    return [
        one
        for index, one in enumerate(settings)
        if not any(knew(later, one) for later in settings[index + 1 :])
    ]


def conflict_visible(log: list[Recorded], state: IncidentState) -> None:
    """I-CONFLICT: two who took one seat without knowing of each other are shown as contested."""
    for role in EXCLUSIVE_ROLES:
        facts = [
            one
            for one in effective(log)
            if isinstance(one.event.fact, RoleAssigned | RoleReleased | RoleSettled)
            and one.event.fact.role == role
        ]
        settled = [i for i, one in enumerate(facts) if isinstance(one.event.fact, RoleSettled)]
        recent = facts[settled[-1] + 1 :] if settled else facts
        people = {
            one.event.fact.person
            for one in standing(recent)
            if isinstance(one.event.fact, RoleAssigned)
        }
        if len(people) > 1:
            seat = next(one for one in state.roster if one.role == role)
            require(seat.is_contested, "conflict_visible", f"{role}: {sorted(people)}")


def safe_freeze(log: list[Recorded], state: IncidentState) -> None:
    """I-SAFE: no freeze ends, no severity falls, nothing is resolved behind anybody's back."""
    facts = effective(log)
    for freeze in state.freeze.freezes:
        if freeze.lifted_at is not None:
            is_known = _was_lifted_knowingly(facts, freeze.freeze_id)
            require(is_known, "safe_freeze", f"{freeze.freeze_id} was lifted unseen")
    _severity_is_safe(facts, state.situation.severity)
    _resolve_is_safe(facts, state.situation.phase in LIVE_PHASES)


def _was_lifted_knowingly(facts: list[Recorded], freeze: str) -> bool:
    """Whether somebody who knew of a freeze lifted it, or one that it extends."""
    declared = {one.event.id: one for one in facts if isinstance(one.event.fact, FreezeDeclared)}
    origin, family = declared[freeze], {freeze}
    while (member := declared.get(freeze)) and isinstance(member.event.fact, FreezeDeclared):
        freeze = member.event.fact.extends
        family.add(freeze)
    return any(
        isinstance(one.event.fact, FreezeLifted)
        and one.event.fact.freeze in family
        and one.position > origin.position
        and knew(one, origin)
        for one in facts
    )


def _after_declaration(facts: list[Recorded]) -> list[Recorded]:
    first = next(
        (i for i, one in enumerate(facts) if isinstance(one.event.fact, IncidentDeclared)), -1
    )
    return facts[first + 1 :]


def _severity_is_safe(facts: list[Recorded], severity: int) -> None:
    settings = [
        one for one in _after_declaration(facts) if isinstance(one.event.fact, SeverityChanged)
    ]
    for one in standing(settings):
        assert isinstance(one.event.fact, SeverityChanged)
        said = one.event.fact.severity
        require(severity <= said, "safe_freeze", f"severity {severity}, but {said} stands")


def _resolve_is_safe(facts: list[Recorded], is_live: bool) -> None:
    facts = _after_declaration(facts)
    phases = [one for one in facts if isinstance(one.event.fact, PhaseChanged)]
    if not phases:
        return
    last = phases[-1]
    assert isinstance(last.event.fact, PhaseChanged)
    if last.event.fact.phase not in ENDED_PHASES:
        return
    for one in facts:
        worse = isinstance(one.event.fact, PollOpened) or (
            isinstance(one.event.fact, ImpactStated)
            and one.event.fact.level not in (ImpactLevel.NONE, ImpactLevel.ENDED)
        )
        first, second = (one, last) if one.position < last.position else (last, one)
        if worse and not knew(second, first):
            require(is_live, "safe_freeze", f"resolved at {last.position}, unseen {one.position}")
