"""What a typed entry would do, found out by doing it without recording anything."""

from __future__ import annotations

from app.capture.entry import Entry, EntryKind
from app.capture.outlook import AS_SAID, Outlook
from app.commands.desk import Desk
from app.commands.entries import log_entry
from app.incident.kinds.work import NoteWritten


def outlook_of(entry: Entry, desk: Desk) -> Outlook:
    """What logging `entry` from `desk` would come to; nothing is recorded.

    A note does what it says, whatever could not be read of it.
    """
    if entry.kind is EntryKind.NOTE:
        return AS_SAID
    act = log_entry(entry, desk)
    decision = desk.state.open_decision
    return Outlook(
        hint=act.hint,
        is_only_a_note=all(isinstance(one.fact, NoteWritten) for one in act.drafts),
        decision="" if decision is None else decision.label,
    )
