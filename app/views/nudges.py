"""Nudges: the one quiet sentence that could help now, for the parse line.  Never modal."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.incident.kinds.roles import COMMANDER, DEPUTY, SCRIBE
from app.incident.state import IncidentState
from app.views.times import seconds_left

MARK_EVERY = timedelta(minutes=10)
MARK_FADES = timedelta(seconds=8)
UPDATE_SOON = timedelta(minutes=5)
NOTHING_LOGGED = timedelta(minutes=5)


def nudge_for(state: IncidentState, me: str, now: datetime) -> str:
    """What to remind `me` of at `now`; empty for nothing.  The most urgent one only."""
    if state.situation.declared_at is None or state.situation.resolved_at is not None:
        return ""
    mine = {seat.role for seat in state.roster for held in seat.holders if held.person == me}
    sentences = (
        _overdue_action(state, now) if mine & {COMMANDER, DEPUTY} else "",
        _update_due(state, now),
        _two_roles(state, me),
        _nothing_logged(state, now) if SCRIBE in mine else "",
        _ten_minute_mark(state, now),
    )
    return next((sentence for sentence in sentences if sentence), "")


def _overdue_action(state: IncidentState, now: datetime) -> str:
    for action in state.open_actions:
        if action.check_back_at is not None and action.check_back_at <= now:
            owner = action.owner.name.split(" ")[0] if action.owner else "Nobody"
            return f"{owner}'s box for '{action.text}' is up."
    return ""


def _update_due(state: IncidentState, now: datetime) -> str:
    due = state.updates.next_due
    if due is None:
        return ""
    left = seconds_left(due, now)
    if not timedelta() < left <= UPDATE_SOON:
        return ""
    drafts = len(state.updates.drafts)
    ready = f" {drafts} draft{'' if drafts == 1 else 's'} ready." if drafts else ""
    minutes = -(-int(left.total_seconds()) // 60)
    return f"Update due in {minutes} min.{ready}"


def _two_roles(state: IncidentState, me: str) -> str:
    held = [
        seat.title
        for seat in state.roster
        for tenure in seat.holders
        if tenure.person == me and seat.role != COMMANDER
    ]
    commander = state.commander
    if commander is None or commander.person != me or not held:
        return ""
    return f"You are IC and {held[0]}. Hand one over?"


def _nothing_logged(state: IncidentState, now: datetime) -> str:
    last = next((one.at for one in reversed(state.timeline) if one.is_human), None)
    if last is None or now - last < NOTHING_LOGGED:
        return ""
    return f"Nothing logged for {int((now - last).total_seconds()) // 60} min."


def _ten_minute_mark(state: IncidentState, now: datetime) -> str:
    declared = state.situation.declared_at
    if declared is None or now - declared < MARK_EVERY:
        return ""
    minutes = int((now - declared).total_seconds()) // 60
    is_fresh = (now - declared) % MARK_EVERY < MARK_FADES
    return f"Incident is at the {minutes} minute mark." if is_fresh else ""
