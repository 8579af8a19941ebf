"""A restored server: where its log parts from the console's, and what is sent again."""

from __future__ import annotations

import pytest

from app.protocol.problems import ProblemCode
from app.sync.exchange import (
    Failure,
    FetchPage,
    LocalLineRead,
    LocalRootRead,
    PageAnswered,
    PageFailed,
    Push,
    PushFailed,
    Rang,
    ReadLocalLine,
    ReadLocalRoot,
    Rewind,
    Rewound,
    Started,
    StoreFailed,
    Timer,
)
from tests.sync.conversing import NEW, OLD, arrived, engine, only, page, rows, taken


def test_a_restore_to_a_much_shorter_log_is_recovered_from():
    sut = engine(position=100)
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    outputs = sut.step(PageFailed(changed), 0.0)
    ahead = PageFailed(Failure(detail="", code=ProblemCode.CURSOR_AHEAD, epoch=NEW))

    mine = arrived(rows(3))
    asked = 0
    while not (asks := only(outputs, FetchPage)).with_root:
        asked += 1
        after = asks.after
        if after > 3:
            outputs = sut.step(ahead, 0.0)
        elif after == 3:
            outputs = sut.step(page((), after=3, head=3, epoch=NEW), 0.0)
        else:
            record = mine[after]
            outputs = sut.step(page((record,), after=after, head=3, epoch=NEW), 0.0)
            assert only(outputs, ReadLocalLine).position == after + 1
            outputs = sut.step(LocalLineRead(after + 1, record.line), 0.0)
    rooted = sut.step(page((mine[2],), after=asks.after, head=3, epoch=NEW, root=b"same"), 0.0)
    outputs = sut.step(LocalRootRead(only(rooted, ReadLocalRoot).position, b"same"), 0.0)

    assert only(outputs, Rewind) == Rewind(3, NEW)
    assert asked <= 9


def at_the_fork():
    """An engine that found its one record at the restored server too, and asks for the root."""
    sut = engine(position=1)
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    sut.step(PageFailed(changed), 0.0)
    (record,) = arrived(rows(1))
    sut.step(page((record,), epoch=NEW), 0.0)
    outputs = sut.step(LocalLineRead(1, record.line), 0.0)
    assert only(outputs, FetchPage) == FetchPage(0, 1, NEW, with_root=True)
    return sut, record


def test_records_that_are_equal_by_chance_behind_another_beginning_are_no_fork():
    sut, record = at_the_fork()

    asks = sut.step(page((record,), epoch=NEW, root=b"theirs"), 0.0)
    outputs = sut.step(LocalRootRead(only(asks, ReadLocalRoot).position, b"ours"), 0.0)

    assert only(outputs, Rewind) == Rewind(0, NEW)


def test_a_server_that_tells_no_root_is_taken_by_its_records():
    sut, record = at_the_fork()

    outputs = sut.step(page((record,), epoch=NEW), 0.0)

    assert only(outputs, Rewind) == Rewind(1, NEW)


@pytest.mark.parametrize(
    "answer",
    [
        PageAnswered(after=0, records=(), head=0, epoch=NEW),
        PageFailed(Failure(detail="", code=ProblemCode.CURSOR_AHEAD, epoch=NEW)),
    ],
)
def test_a_fork_that_is_not_there_any_more_when_its_root_is_asked_for_is_none(answer):
    sut, _ = at_the_fork()

    assert only(sut.step(answer, 0.0), Rewind) == Rewind(0, NEW)


def test_a_disk_that_was_full_at_the_fork_rewinds_to_it_later_without_asking_again():
    sut, record = at_the_fork()
    asks = sut.step(page((record,), epoch=NEW, root=b"same"), 0.0)
    sut.step(LocalRootRead(only(asks, ReadLocalRoot).position, b"same"), 0.0)
    sut.step(StoreFailed("the disk is full"), 0.0)

    assert only(sut.step(Rang(Timer.WATCHDOG), 5.0), Rewind) == Rewind(1, NEW)


def test_a_late_page_of_the_old_log_does_not_mislead_the_search_for_the_fork():
    sut = engine(position=1)
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    sut.step(PageFailed(changed), 0.0)

    outputs = sut.step(page(arrived(rows(1)), epoch=OLD), 0.0)

    assert only(outputs, FetchPage).epoch == NEW


def test_a_log_the_server_lost_whole_is_begun_again():
    sut = engine(position=5)
    sut.step(Started(), 0.0)

    outputs = sut.step(PageFailed(Failure(detail="", code=ProblemCode.UNKNOWN_LOG)), 0.0)

    assert only(outputs, Push).rows == ()


def test_what_a_server_took_into_a_log_it_lost_whole_before_it_was_read_back_is_sent_again():
    taken_rows = rows(2)
    sut = engine(outbox=taken_rows)
    sent = only(sut.step(Started(), 0.0), Push)
    sut.step(taken(taken_rows, number=sent.number), 0.0)

    lost = sut.step(PageFailed(Failure(detail="", code=ProblemCode.UNKNOWN_LOG)), 0.0)

    begin = only(lost, Push)
    assert begin.rows == ()
    begun = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    rewind = only(sut.step(PushFailed(begun, begin.number), 0.0), Rewind)
    again = sut.step(Rewound(rewind.position, taken_rows), 0.0)
    assert only(again, Push).rows == taken_rows


def test_a_log_the_server_lost_whole_while_the_fork_was_looked_for_is_begun_again():
    sut = engine(position=5, outbox=rows(1, first=6))
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    sut.step(PageFailed(changed), 0.0)
    changed_again = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch="newer")

    outputs = sut.step(PageFailed(Failure(detail="", code=ProblemCode.UNKNOWN_LOG)), 0.0)

    begin = only(outputs, Push)
    assert begin.rows == ()
    sut.step(PushFailed(changed_again, begin.number), 0.0)
    assert only(sut.step(Rang(Timer.PAGE), 1.0), FetchPage).epoch == NEW
    assert only(sut.step(PageFailed(changed_again), 1.0), FetchPage).epoch == "newer"


def test_a_rewind_that_failed_is_tried_again():
    sut = engine(position=0)
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    asked = only(sut.step(PageFailed(changed), 0.0), Rewind)
    sut.step(StoreFailed("full"), 0.0)

    assert only(sut.step(Rang(Timer.WATCHDOG), 5.0), Rewind) == asked
