"""When a console that failed to send tries again."""

from __future__ import annotations

from random import Random

import pytest

from app.protocol.problems import ProblemCode
from app.sync.exchange import Failure, Outgoing, Push
from app.sync.pusher import Pusher


def _row(event_id: str) -> Outgoing:
    return Outgoing(event_id=event_id, n=1, body=b"{}", sig="")


@pytest.mark.parametrize(
    ("code", "goes_at_once"),
    [(None, True), (ProblemCode.OTHER_SITE, True), (ProblemCode.OVERLOADED, False)],
)
def test_a_row_seen_recorded_ends_a_pause_that_the_server_did_not_ask_for(
    code: ProblemCode | None, goes_at_once: bool
) -> None:
    # given a push that failed after the server had recorded one of its two rows
    pusher = Pusher([_row("first"), _row("second")], Random(1))
    (push,) = (one for one in pusher.next_push("e") if isinstance(one, Push))
    pusher.failed(Failure(detail="no answer", code=code), push.number)
    assert not pusher.next_push("e")

    # when the record arrives by the stream
    pusher.settle(["first"])

    # then the other goes at once, unless the server asked to be left alone
    assert bool(pusher.next_push("e")) is goes_at_once
