"""What typed entries about the root cause do; an empty act says in its hint why it did nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.capture.entry import Entry, EntryKind
from app.commands.causes import (
    attempts_in,
    confirm_reproduction,
    doubt_reproduction,
    record_reproduction,
    state_cause,
    waive_reproduction,
)
from app.commands.desk import Act, Desk


def counted(entry: Entry) -> tuple[str, ...]:
    """The words of a reproduction that are its count, such as `4/5`: kept as numbers."""
    typed = attempts_in(entry.text)
    return () if typed is None else tuple(typed.typed.split())


def _reproduction(entry: Entry, desk: Desk) -> Act:
    typed = attempts_in(entry.text)
    if typed is None:
        return Act(drafts=(), hint="How often? Write /repro steps 4/5 result.")
    return record_reproduction(desk, typed, entry.service_ids)


def _confirm(_: Entry, desk: Desk) -> Act:
    return confirm_reproduction(desk)


def _waive(entry: Entry, desk: Desk) -> Act:
    return waive_reproduction(desk, _why(entry))


def _lock(entry: Entry, desk: Desk) -> Act:
    return doubt_reproduction(desk, _why(entry))


def _why(entry: Entry) -> str:
    """The reason, with or without the word that announces one."""
    return " ".join(part for part in (entry.text, entry.reason) if part)


def _cause(entry: Entry, desk: Desk) -> Act:
    return state_cause(
        desk, entry.text, entry.reason, services=entry.service_ids, labels=entry.labels
    )


ACTS: Mapping[EntryKind, Callable[[Entry, Desk], Act]] = {
    EntryKind.REPRODUCTION: _reproduction,
    EntryKind.CONFIRM: _confirm,
    EntryKind.WAIVE: _waive,
    EntryKind.LOCK: _lock,
    EntryKind.WHY: _cause,
}
