"""In which order a console sends what waits."""

from __future__ import annotations

from app.incident.kinds.situation import LogRestored
from app.log.local_values import CARRIED_FROM
from app.sync.exchange import Outgoing
from app.sync.profile_store import in_sending_order


def _row(event_id: str, n: int, kind: str) -> Outgoing:
    return Outgoing(event_id=event_id, n=n, body=f'{{"kind":"{kind}"}}'.encode(), sig="")


NOTE = _row("note", 1, "note.written@1")
ANNOUNCED = _row("announced", 2, LogRestored.kind)
LOST = _row("lost", 0, "note.written@1")


def test_a_restore_is_announced_before_what_it_lost_and_the_rest_follows() -> None:
    assert in_sending_order([LOST], [NOTE, ANNOUNCED]) == [ANNOUNCED, LOST, NOTE]


def test_an_announcement_another_console_made_stays_where_it_was_carried_to() -> None:
    carried = _row("carried", CARRIED_FROM, LogRestored.kind)
    later = _row("later", CARRIED_FROM + 1, "note.written@1")

    assert in_sending_order([LOST], [NOTE, carried, later]) == [LOST, NOTE, carried, later]
