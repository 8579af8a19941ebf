"""Doubt is told of the log that shows, the earliest of what anybody found out."""

from __future__ import annotations

from app.console.doubts import Doubts
from app.protocol.doubt import EVERY_LOG, Doubt
from tests.log.writing import LOG, OTHER_LOG


def test_the_earliest_doubt_about_the_log_that_shows_is_told_once() -> None:
    told: list[Doubt | None] = []
    doubts = Doubts(told.append, [].append)
    late, early = Doubt(log=LOG, first=9), Doubt(log=LOG, first=4)

    doubts.of_records([late])
    doubts.show(LOG)
    doubts.of_server(LOG)(early)
    doubts.of_server(LOG)(early)
    doubts.of_server(LOG)(None)
    doubts.of_records([])

    assert told == [late, early, late, None]


def test_doubt_about_another_log_is_not_told() -> None:
    told: list[Doubt | None] = []
    doubts = Doubts(told.append, [].append)
    doubts.show(LOG)

    doubts.of_records([Doubt(log=OTHER_LOG, first=1)])
    assert not told

    doubts.of_records([Doubt(log=EVERY_LOG, first=1)])
    assert told == [Doubt(log=EVERY_LOG, first=1)]


def test_what_is_signed_of_the_log_that_shows_is_told_once() -> None:
    told: list[int] = []
    doubts = Doubts([].append, told.append)
    ours, theirs = doubts.signed_by_server(LOG), doubts.signed_by_server(OTHER_LOG)

    ours(3)
    theirs(8)
    doubts.show(LOG)
    ours(3)
    ours(5)
    doubts.show(OTHER_LOG)

    assert told == [3, 5, 8]
