"""The engine, one conversation at a time: what the simulated storms found, and stays found."""

from __future__ import annotations

from app.protocol.bodies import EventProblem, PushResponse, PushResult
from app.protocol.problems import ProblemCode
from app.sync.exchange import (
    Appended,
    Failure,
    FetchPage,
    NetworkReturned,
    OpenStream,
    PageFailed,
    Park,
    Push,
    PushAnswered,
    PushFailed,
    Rang,
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
from tests.sync.conversing import NEW, NO_ANSWER, OLD, arrived, engine, only, page, rows, taken


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
