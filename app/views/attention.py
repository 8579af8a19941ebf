"""What is overdue, unfilled or objected to: the list a commander must not miss."""

from __future__ import annotations

from datetime import datetime

from app.incident.projections.decisions import DecisionStatus
from app.incident.state import IncidentState


def attention(state: IncidentState, now: datetime) -> tuple[str, ...]:
    """Everything that wants somebody's eye at `now`, each as one sentence, worst first."""
    if state.situation.declared_at is None or state.situation.resolved_at is not None:
        return ()
    return (
        *_update(state, now),
        *_actions(state, now),
        *_objections(state),
        *_roles(state),
        *_revisits(state, now),
    )


def _update(state: IncidentState, now: datetime) -> list[str]:
    due = state.updates.next_due
    return ["The update is overdue."] if due is not None and due <= now else []


def _actions(state: IncidentState, now: datetime) -> list[str]:
    return [
        f"{one.label} is overdue: {one.text}"
        for one in state.open_actions
        if one.check_back_at is not None and one.check_back_at <= now
    ]


def _objections(state: IncidentState) -> list[str]:
    decision = state.open_decision
    if decision is None or decision.poll is None:
        return []
    return [
        f"{one.name} objects to {decision.label}: {one.text}" for one in decision.poll.objections
    ]


def _roles(state: IncidentState) -> list[str]:
    return [
        f"{seat.title} is unfilled." if seat.holder is None else f"{seat.title} is contested."
        for seat in state.roster
        if (seat.is_required and seat.holder is None) or seat.is_contested
    ]


def _revisits(state: IncidentState, now: datetime) -> list[str]:
    found: list[str] = []
    for decision in state.decisions:
        ruling = decision.ruling
        is_over = decision.status is not DecisionStatus.DECIDED or bool(decision.outcome)
        if ruling is not None and ruling.revisit_at is not None and not is_over:
            found += [f"Revisit {decision.label} now."] if ruling.revisit_at <= now else []
    return found
