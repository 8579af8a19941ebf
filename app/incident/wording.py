"""How each fact reads on the timeline: one plain sentence, its lane and its mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.events.event import Recorded
from app.events.fact import UnreadableFact, WithheldFact
from app.incident.kinds.causes import (
    CauseStated,
    ReproductionConfirmed,
    ReproductionDoubted,
    ReproductionRecorded,
    ReproductionWaived,
)
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    DecisionWithdrawn,
    PollOpened,
    Stance,
    Verdict,
    VoiceGiven,
)
from app.incident.kinds.freezes import (
    ChangeOutcome,
    ChangeSeen,
    ExceptionAmended,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeKept,
    FreezeLifted,
    FreezeScope,
)
from app.incident.kinds.reporting import ClockMet, ClockStarted, UpdateCadenceSet, UpdateSent
from app.incident.kinds.roles import RoleAssigned, RoleReleased, RoleSettled
from app.incident.kinds.signals import (
    AlertFired,
    AlertResolved,
    AlertSeverity,
    Health,
    HealthChanged,
    SuspectNamed,
    SuspectRuledIn,
    SuspectRuledOut,
)
from app.incident.kinds.situation import (
    Dispute,
    HistoryDisputed,
    ImpactStated,
    IncidentDeclared,
    LogRestored,
    ParticipantLeft,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    ActionExtended,
    FollowUpNoted,
    NoteWritten,
)
from app.incident.projections.roster import title_of
from app.incident.projections.timeline import Lane, Line, Mark


class Labels(Protocol):
    """What events are called, by id: `D-7`, `A-3`, `EX-1`."""

    def get(self, key: str, otherwise: str, /) -> str:
        """The label of `key`, or `otherwise`."""


VERDICT_WORDS = {Verdict.GO: "Go", Verdict.NOGO: "No-go", Verdict.HOLD: "Hold"}

_HEALTH_WORDS = {
    Health.NORMAL: "normal again",
    Health.RECOVERING: "recovering",
    Health.NO_DATA: "no data",
    Health.DEGRADED: "degraded",
    Health.FAILING: "failing",
}
_ALERT_MARKS = {
    AlertSeverity.CRITICAL: Mark.ALERT_FAILING,
    AlertSeverity.HIGH: Mark.ALERT_FAILING,
    AlertSeverity.MEDIUM: Mark.ALERT_DEGRADED,
    AlertSeverity.LOW: Mark.ALERT_DEGRADED,
    AlertSeverity.INFO: Mark.ALERT_NO_DATA,
}
_CHANGE_VERBS = {
    ChangeOutcome.APPLIED: "",
    ChangeOutcome.HELD: "Held: ",
    ChangeOutcome.BLOCKED: "Blocked: ",
    ChangeOutcome.FAILED: "Failed: ",
    ChangeOutcome.REVERTED: "Reverted: ",
}


DISPUTES = {
    Dispute.FORKED: "The server shows another history than before",
    Dispute.SHORTENED: "The server's history ends before what it showed earlier",
    Dispute.OTHER_KEY: "The server signs the same history with another key",
    Dispute.ALTERED: "Entries that the server gave are not those it signed",
}
"""How a dispute about the server's record reads."""

_WITHHELD_WORDS = "1 record withheld; the owner of this server gives clearance"


def line_of(recorded: Recorded, labels: Labels, names: Callable[[str], str]) -> Line | None:
    """How `recorded` reads on the timeline; None when it has no row of its own."""
    fact = recorded.event.fact
    if isinstance(fact, UnreadableFact):
        text = f"An entry this version cannot read ({fact.stored_kind})"
        return Line(lane=Lane.SYSTEM, mark=Mark.UNREADABLE, text=text)
    if isinstance(fact, WithheldFact):
        text = f"{fact.sensitivity.capitalize()} entry: {_WITHHELD_WORDS}"
        return Line(lane=Lane.NOTES, mark=Mark.WITHHELD, text=text)
    match fact.kind.partition(".")[0]:
        case "decision":
            return _decision_line(recorded, labels)
        case "note" | "action" | "follow_up":
            return _work_line(recorded, labels)
        case "update" | "clock":
            return _reporting_line(recorded, labels)
        case "reproduction" | "cause":
            return _cause_line(recorded)
        case "alert" | "service" | "suspect" | "indicator":
            return _signal_line(recorded, labels)
        case "freeze" | "change":
            return _freeze_line(recorded, labels)
        case _:
            return _situation_line(recorded, names)


def _decision_line(recorded: Recorded, labels: Labels) -> Line | None:
    decisions = Lane.DECISIONS
    match recorded.event.fact:
        case DecisionProposed(title=title, services=services):
            label = labels.get(recorded.event.id, "D")
            return Line(
                lane=decisions, mark=Mark.DECISION_OPEN, text=f"{label} proposed: {title}",
                services=services, label=label, is_strong=True,
            )  # fmt: skip
        case PollOpened(decision=decision):
            text = f"{labels.get(decision, 'D')}: any strong objections?"
            return Line(lane=decisions, mark=Mark.DECISION_OPEN, text=text)
        case VoiceGiven(decision=decision, name=name, stance=Stance.OBJECTS, text=words):
            text = f"{name} objects to {labels.get(decision, 'D')}: {words}"
            return Line(lane=decisions, mark=Mark.OBJECTION, text=text, is_strong=True)
        case DecisionDecided(decision=decision, verdict=verdict, reason=reason):
            label = labels.get(decision, "D")
            title = labels.get(f"{decision}/title", "")
            text = f"{label} {VERDICT_WORDS[verdict].lower()}: {title or reason}"
            return Line(lane=decisions, mark=Mark.DECISION, text=text, label=label, is_strong=True)
        case DecisionReversed(decision=decision, reason=reason):
            label = labels.get(decision, "D")
            text = f"{label} reversed: {reason}" if reason else f"{label} reversed"
            return Line(lane=decisions, mark=Mark.REVERSED, text=text, label=label, is_strong=True)
        case DecisionWithdrawn(decision=decision, reason=reason):
            text = f"{labels.get(decision, 'D')} withdrawn" + (f": {reason}" if reason else "")
            return Line(lane=decisions, mark=Mark.REVERSED, text=text)
        case _:
            return None


def _work_line(recorded: Recorded, labels: Labels) -> Line | None:
    match recorded.event.fact:
        case NoteWritten(text=text, services=services, command=command) as note:
            said = f"{command} {text}" if command else text
            if note.attachments:
                said += f" (with {', '.join(one.name for one in note.attachments)})"
            return Line(lane=Lane.NOTES, mark=Mark.NOTE, text=said, services=services)
        case ActionAssigned(text=text, owner_name=owner, services=services):
            said = f"{text}, {owner}" if owner else text
            return Line(lane=Lane.ACTIONS, mark=Mark.ACTION, text=said, services=services)
        case ActionExtended(action=action, check_back_at=moment):
            text = f"{labels.get(action, 'A')} needs until {moment:%H:%M}"
            return Line(lane=Lane.ACTIONS, mark=Mark.ACTION, text=text)
        case ActionDone(action=action, result=result):
            title = labels.get(f"{action}/title", "")
            text = f"{labels.get(action, 'A')} done: {result or title}"
            return Line(lane=Lane.ACTIONS, mark=Mark.ACTION_DONE, text=text)
        case FollowUpNoted(text=text, services=services):
            return Line(
                lane=Lane.NOTES, mark=Mark.NOTE, text=f"Follow-up: {text}", services=services
            )
        case _:
            return None


def _reporting_line(recorded: Recorded, labels: Labels) -> Line | None:
    match recorded.event.fact:
        case UpdateSent(audiences=audiences):
            text = f"Update sent to {', '.join(audiences)}"
            return Line(lane=Lane.COMMS, mark=Mark.COMMS, text=text)
        case UpdateCadenceSet(minutes=minutes, next_due=due):
            text = f"Updates every {minutes} min, next at {due:%H:%M}"
            return Line(lane=Lane.COMMS, mark=Mark.COMMS, text=text)
        case ClockStarted(clock=clock, aware_at=aware_at):
            name = labels.get(f"clock/{clock}", clock)
            text = f"{name} clock runs from {aware_at:%H:%M}"
            return Line(lane=Lane.COMMS, mark=Mark.CLOCK, text=text)
        case ClockMet(clock=clock, waived_because=because):
            name = labels.get(f"clock/{clock}", clock)
            text = f"{name} waived: {because}" if because else f"{name} met"
            return Line(lane=Lane.COMMS, mark=Mark.CLOCK, text=text)
        case _:
            return None


def _signal_line(recorded: Recorded, labels: Labels) -> Line | None:
    match recorded.event.fact:
        case AlertFired(name=name, summary=summary, severity=severity, services=services):
            about = f"{services[0]}: " if services else ""
            text = f"{about}{summary or name}"
            return Line(
                lane=Lane.ALERTS, mark=_ALERT_MARKS[severity], text=text, services=services
            )
        case AlertResolved(alert=alert, why=why):
            name = labels.get(f"alert/{alert}", "Alert")
            text = f"{name} resolved" + (f", {why}" if why else "")
            return Line(lane=Lane.ALERTS, mark=Mark.ALERT_RESOLVED, text=text)
        case HealthChanged(cause=cause) if cause:
            return None  # the alerts that caused it have rows of their own
        case HealthChanged(service=service, health=health, indicator=indicator):
            detail = f", {indicator}" if indicator else ""
            text = f"{service}: {_HEALTH_WORDS[health]}{detail}"
            return Line(lane=Lane.HEALTH, mark=Mark.HEALTH, text=text, services=(service,))
        case SuspectNamed(service=service, layer=layer, reason=reason):
            text = f"Suspect {_part_words(service, layer)}" + (f": {reason}" if reason else "")
            services = (service,) if service else ()
            return Line(lane=Lane.NOTES, mark=Mark.SUSPECT, text=text, services=services)
        case SuspectRuledIn() | SuspectRuledOut() as ruling:
            return _ruling_line(ruling)
        case _:
            return None


def _ruling_line(ruling: SuspectRuledIn | SuspectRuledOut) -> Line:
    side = "in" if isinstance(ruling, SuspectRuledIn) else "out"
    text = f"{_part_words(ruling.service, ruling.layer)} ruled {side}: {ruling.evidence}"
    services = (ruling.service,) if ruling.service else ()
    return Line(lane=Lane.NOTES, mark=Mark.SUSPECT, text=text, services=services)


def _part_words(service: str, layer: str) -> str:
    """ "orders-db", "orders-db (host)", "the network layer"."""
    where = layer.replace("_", " ")
    if not service:
        return f"the {where} layer"
    return f"{service} ({where})" if layer else service


def _cause_line(recorded: Recorded) -> Line | None:
    match recorded.event.fact:
        case ReproductionRecorded(steps=steps, result=result, services=services) as tried:
            text = f"Reproduced {tried.reproduced} of {tried.attempts}: {steps}"
            text = f"{text}, {result}" if result else text
        case ReproductionConfirmed():
            text, services = "Reproduction confirmed: the root cause is open", ()
        case ReproductionWaived(reason=reason):
            text, services = f"Reproduction waived: {reason}", ()
        case ReproductionDoubted(reason=reason):
            text, services = f"The root cause is locked again: {reason}", ()
        case CauseStated(text=text, evidence=evidence, services=services):
            text = f"Because {text}" + (f": {evidence}" if evidence else "")
        case _:
            return None
    return Line(lane=Lane.NOTES, mark=Mark.SUSPECT, text=text, services=services)


def _freeze_line(recorded: Recorded, labels: Labels) -> Line | None:
    match recorded.event.fact:
        case FreezeDeclared() as declared:
            text = f"Change freeze: {scope_words(declared)}"
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text, is_strong=True)
        case FreezeLifted(reason=reason):
            text = "Change freeze lifted" + (f": {reason}" if reason else "")
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text, is_strong=True)
        case FreezeKept(reason=reason):
            text = "Settled: the change freeze goes on" + (f": {reason}" if reason else "")
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text, is_strong=True)
        case ExceptionAmended(exception=exception, change=change, services=services):
            text = f"{labels.get(exception, 'EX')} rewritten: {change}"
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text, services=services)
        case ExceptionRequested(change=change, services=services):
            text = f"{labels.get(recorded.event.id, 'EX')} requested: {change}"
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text, services=services)
        case ExceptionApproved(exception=exception, name=name):
            text = f"{name} approved {labels.get(exception, 'EX')}"
            return Line(lane=Lane.CHANGES, mark=Mark.FREEZE, text=text)
        case ChangeSeen() as seen:
            blocked = seen.outcome in (ChangeOutcome.BLOCKED, ChangeOutcome.HELD)
            return Line(
                lane=Lane.CHANGES,
                mark=Mark.BLOCKED if blocked else Mark.CHANGE,
                text=f"{_CHANGE_VERBS[seen.outcome]}{seen.title}",
                services=(seen.service,) if seen.service else (),
                label=seen.version if seen.outcome is ChangeOutcome.APPLIED else "",
            )
        case _:
            return None


def _situation_line(recorded: Recorded, names: Callable[[str], str]) -> Line | None:
    system, situation = Lane.SYSTEM, Mark.SITUATION
    match recorded.event.fact:
        case IncidentDeclared(title=title, severity=severity):
            text = f"Declared SEV {severity}: {title}"
            return Line(lane=system, mark=situation, text=text, is_strong=True)
        case PhaseChanged(phase=phase, reason=reason):
            text = phase.value.capitalize() + (f": {reason}" if reason else "")
            return Line(lane=system, mark=situation, text=text, is_strong=True)
        case SeverityChanged(severity=severity, reason=reason):
            text = f"SEV {severity}" + (f": {reason}" if reason else "")
            return Line(lane=system, mark=situation, text=text, is_strong=True)
        case ImpactStated(text=text):
            return Line(lane=system, mark=situation, text=f"Impact: {text}")
        case TitleChanged(title=title):
            return Line(lane=system, mark=situation, text=f"Title: {title}")
        case RoleAssigned(role=role, name=name):
            text = f"{name} is {title_of(role)}"
            return Line(lane=Lane.ROLES, mark=Mark.ROLE, text=text)
        case RoleReleased(role=role, person=person):
            text = f"{names(person)} is no longer {title_of(role)}"
            return Line(lane=Lane.ROLES, mark=Mark.ROLE, text=text)
        case RoleSettled(role=role, person=person):
            text = f"Settled: {names(person)} is {title_of(role)}"
            return Line(lane=Lane.ROLES, mark=Mark.ROLE, text=text, is_strong=True)
        case LogRestored(returned=0):
            text = "The server was restored from a backup; what consoles still have comes back"
            return Line(lane=system, mark=situation, text=text, is_strong=True)
        case LogRestored(kept=kept, returned=returned):
            count = "1 entry" if returned == 1 else f"{returned} entries"
            text = f"Log restored from a backup after entry {kept}: sent back {count}"
            return Line(lane=system, mark=situation, text=text, is_strong=True)
        case HistoryDisputed(reason=reason):
            return Line(lane=system, mark=Mark.DISPUTED, text=DISPUTES[reason], is_strong=True)
        case ParticipantLeft(person=person):
            return Line(lane=Lane.ROLES, mark=Mark.ROLE, text=f"{names(person)} left")
        case _:
            return None


def scope_words(freeze: FreezeDeclared) -> str:
    """How the scope of a freeze reads: "full, prod-eu" or "checkout, order in prod-eu"."""
    where = ", ".join(freeze.environments)
    if freeze.scope is FreezeScope.FULL:
        return f"full, {where}" if where else "full"
    what = ", ".join(freeze.services)
    return f"{what} in {where}" if where else what
