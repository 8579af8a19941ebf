"""The one place that turns a log into a state: `replay` and `foresee`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.events.event import Event, Recorded, Standing, pending
from app.events.fact import UnreadableFact
from app.incident.kinds.roles import COMMANDER
from app.incident.projections.actions import Action, project_actions, project_follow_ups
from app.incident.projections.decisions import Decision, project_decisions
from app.incident.projections.freezes import FreezeState, project_freezes
from app.incident.projections.people import Participant, name_of, project_participants
from app.incident.projections.reporting import Deadline, project_deadlines, project_updates
from app.incident.projections.roster import RoleSeat, project_roster
from app.incident.projections.signals import Signals, project_signals
from app.incident.projections.situation import project_situation
from app.incident.projections.timeline import Line, project_timeline
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.incident.wording import line_of


def replay(log: Sequence[Recorded], start: IncidentState = BEFORE_ANYTHING) -> IncidentState:
    """The state after `log` (records in position order), continuing from `start`."""
    if not log:
        return start
    return _project(start, log, log[-1].position)


def foresee(state: IncidentState, outbox: Sequence[Event]) -> IncidentState:
    """The state once the server has recorded everything in `outbox`, in that order."""
    if not outbox:
        return state
    return _project(state, [pending(event) for event in outbox], state.position)


def _project(state: IncidentState, news: Sequence[Recorded], position: int) -> IncidentState:
    effective = [one for one in news if one.standing is Standing.ACCEPTED]
    roster = project_roster(state.roster, effective)
    participants = project_participants(state.participants, effective)
    is_commander = _commander_check(state.roster, effective)
    decisions = project_decisions(state.decisions, effective, is_commander)
    actions = project_actions(state.actions, effective)
    freeze = project_freezes(state.freeze, effective)
    signals = project_signals(state.signals, effective)
    deadlines = project_deadlines(state.deadlines, effective)
    labels = _labels(decisions, actions, freeze, signals, deadlines)

    def reads(recorded: Recorded) -> Line | None:
        return line_of(recorded, labels, names)

    def names(actor: str) -> str:
        return _cached_name(participants, actor, seen_names)

    seen_names: dict[str, str] = {}
    return IncidentState(
        position=position,
        situation=project_situation(state.situation, effective, is_commander),
        participants=participants,
        roster=roster,
        timeline=project_timeline(state.timeline, news, reads, names),
        decisions=decisions,
        freeze=freeze,
        actions=actions,
        follow_ups=project_follow_ups(state.follow_ups, effective),
        signals=signals,
        updates=project_updates(state.updates, effective),
        deadlines=deadlines,
        unreadable=state.unreadable
        + sum(isinstance(one.event.fact, UnreadableFact) for one in news),
        quarantined=state.quarantined + len(news) - len(effective),
        pending=state.pending + sum(one.is_pending for one in news),
    )


def _cached_name(
    participants: tuple[Participant, ...], actor: str, seen_names: dict[str, str]
) -> str:
    name = seen_names.get(actor)
    if name is None:
        name = seen_names[actor] = name_of(participants, actor)
    return name


def _commander_check(
    roster: tuple[RoleSeat, ...], news: Sequence[Recorded]
) -> Callable[[Recorded], bool]:
    """Who commanded when: a check that knows every change of command within `news`."""
    commanders: dict[str, str | None] = {}
    holder = next((seat.holder for seat in roster if seat.role == COMMANDER), None)
    current = None if holder is None else holder.person
    for recorded in news:
        commanders[recorded.event.id] = current
        if recorded.event.fact.kind.startswith("role."):
            roster = project_roster(roster, [recorded])
            holder = next((seat.holder for seat in roster if seat.role == COMMANDER), None)
            current = None if holder is None else holder.person
    return lambda recorded: (
        recorded.event.person_id is not None
        and commanders.get(recorded.event.id) == recorded.event.person_id
    )


def _labels(
    decisions: tuple[Decision, ...],
    actions: tuple[Action, ...],
    freeze: FreezeState,
    signals: Signals,
    deadlines: tuple[Deadline, ...],
) -> dict[str, str]:
    """What things are called, by id."""
    labels: dict[str, str] = {}
    for decision in decisions:
        labels[decision.decision_id] = decision.label
        labels[f"{decision.decision_id}/title"] = decision.title
    for action in actions:
        labels[action.action_id] = action.label
        labels[f"{action.action_id}/title"] = action.text
    labels.update((one.exception_id, one.label) for one in freeze.exceptions)
    labels.update((f"alert/{alert.alert}", alert.name) for alert in signals.alerts)
    labels.update((f"clock/{one.clock}", one.name) for one in deadlines)
    return labels
