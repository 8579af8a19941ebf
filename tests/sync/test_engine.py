"""The engine, one conversation at a time: what the simulated storms found, and stays found."""

from __future__ import annotations

from random import Random

import pytest

from app.events.codec import record_line
from app.events.event import Standing
from app.protocol.bodies import EventProblem, PushResponse, PushResult
from app.protocol.problems import ProblemCode
from app.sync.engine import Engine
from app.sync.exchange import (
    Appended,
    Failure,
    FetchPage,
    LocalLineRead,
    LocalRootRead,
    NetworkReturned,
    OpenStream,
    Outgoing,
    PageAnswered,
    PageFailed,
    Park,
    Push,
    PushAnswered,
    PushFailed,
    Rang,
    ReadLocalLine,
    ReadLocalRoot,
    Rewind,
    Rewound,
    SetTimer,
    Started,
    Store,
    Stored,
    StoreFailed,
    StreamEnded,
    StreamHeard,
    Timer,
)
from app.sync.reading import read_arrived
from tests.log.writing import CODEC, LOG, Writer

OLD, NEW = "a" * 32, "b" * 32
NO_ANSWER = Failure(detail="no answer")


def rows(count, *, first=1):
    """Outbox rows of one writer, numbered from `first`."""
    notes = Writer(seed=first).notes(count)
    return tuple(
        Outgoing(event_id=one.event.id, n=first + index, body=one.body, sig=one.sig)
        for index, one in enumerate(notes)
    )


def arrived(some_rows, *, after=0):
    """These rows as records that follow a position."""
    lines = [
        record_line(
            position=position, received_at=position, skew_ms=0, standing=Standing.ACCEPTED,
            why=None, body=row.body, sig=row.sig,
        )
        for position, row in enumerate(some_rows, after + 1)
    ]  # fmt: skip
    return read_arrived(CODEC, LOG, lines, after)


def engine(*, epoch=OLD, position=0, outbox=()):
    return Engine(epoch=epoch, position=position, outbox=outbox, random=Random(1))


def page(records, *, after=0, head=None, epoch=OLD, root=b""):
    return PageAnswered(
        after=after, records=records, head=head or len(records) + after, epoch=epoch, root=root
    )


def only(outputs, kind):
    """The one output of a kind."""
    (one,) = [output for output in outputs if isinstance(output, kind)]
    return one


def taken(some_rows, *, epoch=OLD, first=1, number=1):
    results = [PushResult(id=row.event_id, position=first + i) for i, row in enumerate(some_rows)]
    head = first + len(some_rows) - 1
    return PushAnswered(PushResponse(epoch=epoch, head=head, results=results), number)


def test_pushing_never_waits_for_what_comes_down():
    one = rows(1)
    sut = engine(outbox=one)

    outputs = sut.step(Started(), 0.0)

    assert only(outputs, Push).rows == one
    assert only(outputs, FetchPage).after == 0


def test_a_row_leaves_the_outbox_when_its_record_is_on_disk():
    one = rows(1)
    sut = engine(outbox=one)
    sut.step(Started(), 0.0)
    sut.step(taken(one), 0.0)
    assert sut.progress.queued == 0

    store = only(sut.step(page(arrived(one)), 0.0), Store)

    assert store.settled == (one[0].event_id,)
    assert sut.progress.position == 0
    sut.step(Stored(), 0.0)
    assert sut.progress.position == 1


def test_an_answer_of_an_earlier_epoch_settles_nothing():
    one = rows(1)
    sut = engine(outbox=one)
    sut.step(Started(), 0.0)
    sut.step(PageFailed(Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)), 0.0)
    sut.step(Rewound(0, one), 0.0)

    sut.step(taken(one, first=1), 0.0)
    others = rows(1, first=50)
    store = only(sut.step(page(arrived(others), epoch=NEW), 0.0), Store)

    assert store.settled == ()
    assert sut.progress.queued == 1


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


def test_what_was_seen_recorded_no_longer_waits_for_its_answer():
    first, second = rows(1), rows(1, first=2)
    sut = engine(outbox=first)
    sut.step(Started(), 0.0)
    sut.step(page(arrived(first)), 0.0)
    sut.step(Stored(), 0.0)

    outputs = sut.step(Appended(second), 0.0)
    assert only(outputs, Push).rows == second
    assert sut.step(PushFailed(NO_ANSWER, 1), 0.0) == []


def test_the_end_of_an_outage_is_the_end_of_the_pause():
    one = rows(1)
    sut = engine(outbox=one)
    sut.step(Started(), 0.0)
    sut.step(PushFailed(NO_ANSWER, 1), 0.0)
    assert only(sut.step(page(()), 1.0), OpenStream).after == 0

    assert only(sut.step(StreamHeard(), 1.0), Push).rows == one


def test_a_server_that_asks_to_be_left_alone_is():
    sut = engine(outbox=rows(1))
    sut.step(Started(), 0.0)
    busy = Failure(detail="", code=ProblemCode.OVERLOADED, retry_after=7.0)

    assert SetTimer(Timer.PUSH, 7.0) in sut.step(PushFailed(busy, 1), 0.0)
    sut.step(page(()), 1.0)
    assert not [one for one in sut.step(StreamHeard(), 1.0) if isinstance(one, Push)]
    assert only(sut.step(Rang(Timer.PUSH), 7.0), Push)


def test_a_gap_on_the_stream_is_fetched_before_anything_after_it_is_stored():
    three = arrived(rows(3))
    sut = engine()
    sut.step(Started(), 0.0)
    sut.step(page(()), 0.0)
    sut.step(StreamHeard(), 0.0)

    outputs = sut.step(StreamHeard(three[1:]), 0.0)

    assert only(outputs, FetchPage).after == 0
    assert not [one for one in outputs if isinstance(one, Store)]
    assert only(sut.step(page(three[:1], head=3), 0.0), Store).records == three


def test_a_write_that_failed_is_tried_again_with_the_same_records():
    two = arrived(rows(2))
    sut = engine()
    sut.step(Started(), 0.0)
    failed = only(sut.step(page(two), 0.0), Store)
    sut.step(StoreFailed("full"), 0.0)

    assert sut.progress.store_problem == "full"
    assert only(sut.step(Rang(Timer.WATCHDOG), 5.0), Store) == failed
    assert sut.progress.position == 0


def test_a_rewind_that_failed_is_tried_again():
    sut = engine(position=0)
    sut.step(Started(), 0.0)
    changed = Failure(detail="", code=ProblemCode.EPOCH_CHANGED, epoch=NEW)
    asked = only(sut.step(PageFailed(changed), 0.0), Rewind)
    sut.step(StoreFailed("full"), 0.0)

    assert only(sut.step(Rang(Timer.WATCHDOG), 5.0), Rewind) == asked


def test_a_hopeless_row_is_found_by_halving_and_set_aside():
    two = rows(2)
    sut = engine(outbox=two)
    first = only(sut.step(Started(), 0.0), Push)
    bad = Failure(detail="too large", code=ProblemCode.TOO_LARGE)

    second = only(sut.step(PushFailed(bad, first.number), 0.0), Push)
    assert second.rows == two[:1]
    outputs = sut.step(PushFailed(bad, second.number), 0.0)

    assert only(outputs, Park).event_id == two[0].event_id
    assert only(outputs, Push).rows == two[1:]


def test_an_event_refused_in_a_batch_is_set_aside_and_the_rest_is_recorded():
    two = rows(2)
    sut = engine(outbox=two)
    sut.step(Started(), 0.0)
    problem = EventProblem(code=ProblemCode.MALFORMED_EVENT)
    results = [
        PushResult(id=two[0].event_id, problem=problem),
        PushResult(id=two[1].event_id, position=1),
    ]

    outputs = sut.step(PushAnswered(PushResponse(epoch=OLD, head=1, results=results), 1), 0.0)

    assert only(outputs, Park).code is ProblemCode.MALFORMED_EVENT
    assert sut.progress.queued == 0


def test_a_stream_that_falls_silent_is_given_up_and_the_network_coming_back_ends_the_wait():
    sut = engine()
    sut.step(Started(), 0.0)
    sut.step(page(()), 0.0)
    sut.step(StreamHeard(), 0.0)
    assert sut.progress.is_connected

    sut.step(Rang(Timer.SILENCE), 11.0)

    assert not sut.progress.is_connected
    assert only(sut.step(NetworkReturned(), 12.0), FetchPage)
    assert sut.step(StreamEnded(NO_ANSWER), 12.0) == []


UNKNOWN = Failure(detail="not registered", code=ProblemCode.UNKNOWN_CONSOLE)


def test_rows_of_a_console_the_server_does_not_know_let_the_others_go_first():
    # given a queue in which another console's rows were carried here
    carried, own = rows(2), rows(3, first=9)
    one = engine(position=5, outbox=(*carried, *own))
    first = only(one.step(Started(), 0.0), Push)

    # when the server refuses the mixed batch, and then those of the unknown console
    second = only(one.step(PushFailed(UNKNOWN, first.number), 1.0), Push)
    refused = one.step(PushFailed(UNKNOWN, second.number), 2.0)

    # then our own go on their way, and the others are tried again later
    assert second.rows == carried
    assert only(refused, Push).rows == own
    assert any(isinstance(output, SetTimer) for output in refused)

    # and once that console is registered they go as well
    answer = PushResponse(
        epoch=OLD, head=8, results=[PushResult(id=row.event_id, position=6 + n)
                                    for n, row in enumerate(own)]
    )  # fmt: skip
    assert not pushes(one.step(PushAnswered(answer, only(refused, Push).number), 3.0))
    assert pushes(one.step(Rang(Timer.PUSH), 30.0)) == [carried]


def test_a_console_nobody_knows_keeps_its_rows_and_asks_again():
    own = rows(2)
    one = engine(position=5, outbox=own)
    first = only(one.step(Started(), 0.0), Push)

    refused = one.step(PushFailed(UNKNOWN, first.number), 1.0)

    assert not pushes(refused)
    assert one.progress.queued == 2
    assert pushes(one.step(Rang(Timer.PUSH), 30.0)) == [own]


def pushes(outputs):
    return [output.rows for output in outputs if isinstance(output, Push)]
