"""What a typed entry would do, found out by doing it without recording anything."""

from __future__ import annotations

from app.capture.entry import Entry, EntryKind
from app.capture.moments import due_at, happened_at
from app.capture.outlook import Outlook
from app.commands.desk import Desk
from app.commands.entries import log_entry
from app.incident.kinds.work import NoteWritten


def outlook_of(entry: Entry, desk: Desk) -> Outlook:
    """What logging `entry` from `desk` would come to; nothing is recorded.

    A note does what it says, whatever could not be read of it.
    """
    happened_on, due_on = _days(entry, desk)
    if entry.kind is EntryKind.NOTE:
        return Outlook(happened_on=happened_on, due_on=due_on)
    act = log_entry(entry, desk)
    decision = desk.state.open_decision
    return Outlook(
        happened_on=happened_on,
        due_on=due_on,
        hint=act.hint,
        is_only_a_note=all(isinstance(one.fact, NoteWritten) for one in act.drafts),
        decision="" if decision is None else decision.label,
    )


def _days(entry: Entry, desk: Desk) -> tuple[str, str]:
    """The days that the typed times mean: a time of day is the latest one, or the next."""
    today = desk.now.astimezone(desk.zone).date()
    happened_on = due_on = ""
    if entry.at is not None:
        happened = happened_at(entry.at, now=desk.now, zone=desk.zone)
        happened_on = "yesterday" if happened.astimezone(desk.zone).date() < today else ""
    if entry.due is not None:
        due = due_at(entry.due, now=desk.now, zone=desk.zone)
        due_on = "tomorrow" if due.astimezone(desk.zone).date() > today else ""
    return happened_on, due_on
