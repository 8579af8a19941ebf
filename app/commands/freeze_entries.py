"""What typed entries about change freezes do; an empty act says in its hint why it did nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.capture.entry import Entry, EntryKind
from app.capture.moments import due_at
from app.commands import decisions, incident
from app.commands.desk import Act, Desk
from app.incident.kinds.decisions import DecisionProposed, Verdict
from app.incident.kinds.freezes import FreezeDeclared, FreezeScope
from app.incident.projections.decisions import Decision
from app.incident.projections.freezes import Freeze

COMMANDER_DECIDES = "Proposed. The commander decides on a freeze."
_LIFT = "lift"


def understood(entry: Entry) -> tuple[str, ...]:
    """The words of an entry that say which freeze is lifted: kept as the freeze they name."""
    return tuple(entry.text.split()) if _is_lift(entry) else ()


def _is_lift(entry: Entry) -> bool:
    return entry.kind is EntryKind.FREEZE and entry.text.lower().split()[:1] == [_LIFT]


def _freeze(entry: Entry, desk: Desk) -> Act:
    """`/f full prod-eu +2h`, `/f checkout order`; `/f lift prod-eu because …` ends one."""
    if _is_lift(entry):
        return _lift(entry, desk)
    words = entry.text.split()
    if not words:
        return Act(drafts=(), hint="Freeze what? Write /f full prod-eu +2h.")
    is_full = words[0].lower() == "full"
    services = entry.service_ids
    if not is_full and not services:
        return Act(drafts=(), hint="Freeze what? Write full or name services.")
    if not desk.is_in_command:
        proposal = DecisionProposed(
            title=f"Freeze {entry.text}", reason=entry.reason, services=services
        )
        return Act(drafts=decisions.propose(desk, proposal).drafts, hint=COMMANDER_DECIDES)
    places = tuple(word for word in words[is_full:] if word.lower() not in _service_words(entry))
    ends_at = None if entry.due is None else due_at(entry.due, now=desk.now, zone=desk.zone)
    fact = FreezeDeclared(
        scope=FreezeScope.FULL if is_full else FreezeScope.SERVICES,
        environments=places or _environment(desk),
        services=() if is_full else services,
        reason=entry.reason,
        ends_at=ends_at,
    )
    return incident.declare_freeze(desk, fact)


def _lift(entry: Entry, desk: Desk) -> Act:
    """End the freeze that is meant; what ends it is a decision, made by this if none is named."""
    standing = [one for one in desk.state.freeze.freezes if _stands(one, desk)]
    if not standing:
        return Act(drafts=(), hint="No freeze holds.")
    meant = [one for one in standing if _is_meant(one, entry)]
    if len(meant) != 1:
        where = _place_of(standing[-1])
        return Act(drafts=(), hint=f"Which freeze? Write /f lift {where} because …")
    named = [ref for ref in entry.refs if ref.startswith("D-")]
    if named:
        return _lift_by(desk.state.decision(named[0]), meant[0], named[0], desk)
    if not entry.reason:
        hint = "Lifting needs a decision or a reason: /f lift D-9, /f lift because …"
        return Act(drafts=(), hint=hint)
    proposal = DecisionProposed(
        title=f"Lift the change freeze, {_place_of(meant[0])}", reason=entry.reason
    )
    if not desk.is_in_command:
        return Act(drafts=decisions.propose(desk, proposal).drafts, hint=COMMANDER_DECIDES)
    decided = decisions.propose(desk, proposal, verdict=Verdict.GO).drafts
    lifted = incident.lift_freeze(desk, meant[0], entry.reason, decided[0].event_id)
    return Act(drafts=(*decided, *lifted.drafts))


def _lift_by(decision: Decision | None, freeze: Freeze, ref: str, desk: Desk) -> Act:
    ruling = None if decision is None else decision.ruling
    if decision is None or ruling is None or ruling.verdict is not Verdict.GO:
        return Act(drafts=(), hint=f"{ref} is not decided go.")
    return incident.lift_freeze(desk, freeze, decision.title, decision.decision_id)


def _stands(freeze: Freeze, desk: Desk) -> bool:
    """Whether a freeze holds now or is still to come."""
    end = freeze.end(desk.state.situation.resolved_at)
    return freeze.lifted_at is None and (end is None or desk.now < end)


def _is_meant(freeze: Freeze, entry: Entry) -> bool:
    known = {"full"} if freeze.scope is FreezeScope.FULL else set()
    known.update(place.lower() for place in freeze.environments)
    said = {word.lower() for word in entry.text.split()[1:] if word not in entry.refs}
    return said - _service_words(entry) <= known and set(entry.service_ids) <= set(freeze.services)


def _service_words(entry: Entry) -> set[str]:
    return {service.name.lower() for service in entry.services} | set(entry.service_ids)


def _place_of(freeze: Freeze) -> str:
    """How a freeze is told from others: its environments, else its services."""
    return ", ".join(freeze.environments or freeze.services) or "full"


def _environment(desk: Desk) -> tuple[str, ...]:
    environment = desk.state.situation.environment
    return (environment,) if environment else ()


def _exception(entry: Entry, desk: Desk) -> Act:
    if not entry.text:
        return Act(drafts=(), hint="Which change? Write /ex checkout to v41.")
    return incident.request_exception(desk, entry.text, entry.service_ids, entry.reason)


ACTS: Mapping[EntryKind, Callable[[Entry, Desk], Act]] = {
    EntryKind.FREEZE: _freeze,
    EntryKind.EXCEPTION: _exception,
}
