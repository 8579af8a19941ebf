"""The store of a server behaves the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.events.event import Standing
from app.log.appending import Batch
from app.log.event_log import EventLog, Head, UnknownLog
from app.proof.merkle import CompactRange
from app.protocol.problems import ProblemCode
from tests.log.writing import CODEC, LOG, OTHER_LOG, Writer, arrival, batch

MEGABYTE = 1024 * 1024


def lines_of(log: EventLog, name: str = LOG, after: int = 0) -> tuple[bytes, ...]:
    """Every record line of a log after a position."""
    return log.page(name, after, limit=100_000, max_bytes=1024 * MEGABYTE).lines


def test_positions_are_given_without_gaps_from_one(log: EventLog, maria: Writer):
    first = log.append([batch(*maria.notes(3))])
    second = log.append([batch(*maria.notes(2))])

    assert [placed.position for placed in first.outcomes[0].placements] == [1, 2, 3]
    assert [placed.position for placed in second.outcomes[0].placements] == [4, 5]
    assert second.outcomes[0].head == 5


def test_each_log_counts_for_itself_in_one_group(log: EventLog, maria: Writer, omar: Writer):
    appended = log.append(
        [
            batch(maria.note("here")),
            batch(omar.note("there", OTHER_LOG), log=OTHER_LOG),
            batch(omar.note("here too")),
        ]
    )

    assert [outcome.placements[0].position for outcome in appended.outcomes] == [1, 1, 2]
    assert {growth.log: growth.last for growth in appended.growths} == {LOG: 2, OTHER_LOG: 1}


def test_a_body_is_stored_byte_for_byte(log: EventLog, maria: Writer):
    note = maria.note('quotes " \\ and ☃ and \x7f')

    log.append([batch(note)])

    (line,) = lines_of(log)
    assert note.body in line
    assert CODEC.read_record(line).event == note.event


def test_an_event_sent_again_keeps_its_first_position(log: EventLog, maria: Writer):
    notes = maria.notes(3)
    log.append([batch(*notes)])

    again = log.append([batch(*notes, maria.note("new"))])

    assert [placed.position for placed in again.outcomes[0].placements] == [1, 2, 3, 4]
    assert len(lines_of(log)) == 4


def test_an_event_sent_twice_in_one_group_is_recorded_once(log: EventLog, maria: Writer):
    note = maria.note()

    appended = log.append([batch(note), batch(note)])

    assert [outcome.placements[0].position for outcome in appended.outcomes] == [1, 1]
    assert len(lines_of(log)) == 1


def test_the_same_id_with_other_bytes_is_refused_and_named(log: EventLog, maria: Writer):
    note, other = maria.note("one"), maria.note("two")
    log.append([batch(note)])

    reused = replace(arrival(other), event_id=note.event.id)
    appended = log.append([replace(batch(), arrivals=(reused, arrival(maria.note("three"))))])

    refused, taken = appended.outcomes[0].placements
    assert refused.problem is ProblemCode.ID_REUSED
    assert refused.position is None
    assert taken.position == 2


def test_a_whole_is_taken_as_a_whole_or_not_at_all(log: EventLog, maria: Writer):
    note, other = maria.note("one"), maria.note("two")
    log.append([batch(note)])
    reused = replace(arrival(other), event_id=note.event.id)
    whole = replace(batch(), arrivals=(arrival(maria.note("three")), reused), is_whole=True)

    appended = log.append([whole, replace(batch(note), is_whole=True)])

    refused, known = appended.outcomes
    assert refused.is_outgrown
    assert (refused.head, refused.placements) == (1, ())
    assert [placed.position for placed in known.placements] == [1]
    assert len(lines_of(log)) == 1


def test_receiving_time_never_goes_back_in_a_log(log: EventLog, maria: Writer):
    log.append([batch(maria.note(), at=5_000)])
    log.append([batch(maria.note(), at=3_000)])
    log.append([batch(maria.note(), at=9_000)])

    received = [CODEC.read_record(line).received_at for line in lines_of(log)]

    assert received == sorted(received)
    assert received[0] == received[1] < received[2]


def test_a_quarantined_event_is_kept_with_the_rule_that_says_so(log: EventLog, maria: Writer):
    judged = replace(arrival(maria.note()), standing=Standing.QUARANTINED, why="revoked-console")

    log.append([replace(batch(), arrivals=(judged,))])

    record = CODEC.read_record(lines_of(log)[0])
    assert record.standing is Standing.QUARANTINED
    assert record.why == "revoked-console"


def test_a_batch_under_an_old_epoch_is_not_taken(log: EventLog, maria: Writer):
    epoch = log.append([batch(maria.note())]).outcomes[0].epoch
    log.change_epochs()

    late = log.append([batch(maria.note(), epoch=epoch), batch(maria.note("fresh"))])

    assert late.outcomes[0].is_epoch_changed
    assert late.outcomes[0].epoch != epoch
    assert late.outcomes[1].placements[0].position == 2


def test_what_is_announced_of_a_new_epoch_is_recorded_with_it(log: EventLog, maria: Writer):
    log.append([batch(*maria.notes(2))])
    log.ensure(OTHER_LOG, now=1)
    before, announced = log.head(LOG), list[tuple[Head, str]]()

    def announce(head: Head, epoch: str) -> Batch:
        announced.append((head, epoch))
        return batch(maria.note("restored"))

    assert log.change_epochs(announce) == 2

    assert announced == [(before, log.head(LOG).epoch)]
    assert log.positions() == {LOG: 3, OTHER_LOG: 0}


def test_epochs_are_as_they_were_when_one_of_them_cannot_be_announced(
    log: EventLog, maria: Writer
):
    log.append([batch(maria.note())])
    log.append([batch(maria.note(log=OTHER_LOG), log=OTHER_LOG)])
    before, asked = log.heads(), list[str]()

    def announce(head: Head, _epoch: str) -> Batch:
        asked.append(head.log)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return batch(maria.note(log=head.log), log=head.log)

    with pytest.raises(KeyboardInterrupt):
        log.change_epochs(announce)

    assert log.heads() == before


def test_a_batch_made_for_an_older_head_is_not_taken(log: EventLog, maria: Writer):
    log.append([batch(maria.note())])

    both = log.append([batch(maria.note(), only_at=1), batch(maria.note(), only_at=1)])

    assert [one.is_outgrown for one in both.outcomes] == [False, True]
    assert [one.head for one in both.outcomes] == [2, 2]
    assert len(lines_of(log)) == 2


def test_pages_follow_one_another_to_the_head(log: EventLog, maria: Writer):
    log.append([batch(*maria.notes(7))])

    first = log.page(LOG, 0, limit=3, max_bytes=MEGABYTE)
    second = log.page(LOG, first.next, limit=3, max_bytes=MEGABYTE)
    third = log.page(LOG, second.next, limit=3, max_bytes=MEGABYTE)

    assert [len(page.lines) for page in (first, second, third)] == [3, 3, 1]
    assert third.next == third.head == 7
    assert first.lines + second.lines + third.lines == lines_of(log)


def test_a_page_ends_early_when_it_gets_too_large_but_holds_one_line(log: EventLog, maria: Writer):
    log.append([batch(maria.note("x" * 5_000), maria.note("y" * 5_000))])

    page = log.page(LOG, 0, limit=10, max_bytes=1_000)

    assert len(page.lines) == 1
    assert page.next == 1


def test_reading_a_log_that_is_not_there_says_so(log: EventLog):
    with pytest.raises(UnknownLog, match="no log"):
        log.page(LOG, 0, limit=1, max_bytes=1)


def test_the_root_in_the_head_is_the_root_over_the_lines(log: EventLog, maria: Writer):
    for count in (1, 4, 2):
        log.append([batch(*maria.notes(count))])

    tree = CompactRange()
    tree.extend(lines_of(log))
    assert log.head(LOG).root == tree.root


def test_heads_list_the_latest_change_first(log: EventLog, maria: Writer):
    log.append([batch(maria.note(), at=100)])
    log.append([batch(maria.note("there", OTHER_LOG), log=OTHER_LOG, at=200)])

    assert [head.log for head in log.heads()] == [OTHER_LOG, LOG]


def test_what_was_recorded_is_there_when_the_database_is_opened_again(
    database_url: str, maria: Writer
):
    with EventLog.open(database_url) as log:
        log.append([batch(*maria.notes(3))])
        before = lines_of(log)

    with EventLog.open(database_url) as log:
        assert lines_of(log) == before
        assert log.append([batch(maria.note())]).outcomes[0].head == 4


def test_readers_see_whole_groups_while_one_thread_writes(log: EventLog, maria: Writer):
    log.append([batch(maria.note())])
    notes = maria.notes(60)

    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(lines_of, log) for _ in range(20)]
        for start in range(0, 60, 3):
            log.append([batch(*notes[start : start + 3])])

    assert all(len(read.result()) % 3 == 1 for read in reading)
    assert len(lines_of(log)) == 61


def test_events_sent_again_beside_new_ones_of_another_log_take_nothing_from_these(
    log: EventLog, maria: Writer, omar: Writer
):
    notes = maria.notes(2)
    log.append([batch(*notes)])

    both = log.append([batch(omar.note("there", OTHER_LOG), log=OTHER_LOG), batch(*notes)])

    assert [placed.position for placed in both.outcomes[0].placements] == [1]
    assert [placed.position for placed in both.outcomes[1].placements] == [1, 2]
    assert [growth.log for growth in both.growths] == [OTHER_LOG]
    assert len(lines_of(log)) == 2
