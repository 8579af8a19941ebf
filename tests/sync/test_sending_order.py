"""In which order a console sends what waits."""

from __future__ import annotations

from pathlib import Path
from random import Random

from app.events.event import Draft
from app.incident import replay as incident_folding
from app.incident.kinds.situation import LogRestored
from app.incident.kinds.work import NoteWritten
from app.incident.state import BEFORE_ANYTHING
from app.log.local_values import CARRIED_FROM
from app.log.profile import open_profile
from app.sync.exchange import Outgoing
from app.sync.log_copy import LogCopy
from app.sync.profile_store import ProfileStore, in_sending_order
from tests.log.test_local_log import LATER_EPOCH, page
from tests.log.writing import CODEC, LOG, NOON, Writer


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


def test_what_waits_is_shown_in_the_order_it_is_sent_whatever_is_carried_here(
    tmp_path: Path,
) -> None:
    # given a record that a restored server lacks, which waits to be sent again
    lost = Writer(seed=2, person="tom").note()
    with open_profile(tmp_path / "profile.db", bytes(32), clock=lambda: NOON).log as local:
        local.confirm(page(lost))
        local.begin_epoch(LOG, LATER_EPOCH, keep=0)
        store = ProfileStore(local, lambda: NOON)
        copy = LogCopy(
            log=LOG, store=store, author=Writer().author, codec=CODEC, folding=incident_folding,
            start=BEFORE_ANYTHING, random=Random(1),
        )  # fmt: skip

        # when somebody brings it in a file, and something is written here
        row = Outgoing(event_id=lost.event.id, n=1, body=lost.body, sig=lost.sig)
        carried = copy.carry([row])
        copy.write([Draft(fact=NoteWritten(text="ours"))])

        # then it was known, and still goes first
        assert carried.rows == ()
        shown = [event.id for event in copy.view.waiting]
        assert shown == [one.event_id for one in store.outbox(LOG)]
        assert shown[0] == lost.event.id
