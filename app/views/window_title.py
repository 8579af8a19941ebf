"""The window's title: what a task bar can tell of the incident."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.incident.state import IncidentState
from app.views.attention import attention
from app.views.safe_text import shown
from app.views.times import countdown, seconds_left


def window_title(state: IncidentState, now: datetime) -> str:
    """`(2) SEV1 03:49 — INC-2417`: what wants attention, how bad it is, when news is due.

    Empty before there is an incident.
    """
    situation = state.situation
    if not situation.number:
        return ""
    count = len(attention(state, now))
    parts = [f"({count})"] if count else []
    parts.append(f"SEV{situation.severity}")
    if state.updates.next_due is not None:
        left = seconds_left(state.updates.next_due, now)
        parts.append(countdown(left) if left > timedelta() else f"overdue {countdown(left)}")
    title = f"{' '.join(parts)} — {shown(situation.number)}"
    return f"EXERCISE {title}" if situation.is_exercise else title
