"""What the queue sheet lists, as events wait, are sent, or are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.console.queue_rows import QueueRows
from app.events.event import Event
from app.incident.kinds.decisions import DecisionProposed
from app.incident.kinds.work import EntryTakenBack, NoteWritten
from app.incident.replay import replay
from app.models.queue_model import QueueStanding
from app.protocol.problems import ProblemCode
from app.sync.log_view import ParkedRow
from tests.console.standing import log_view, notes
from tests.views.checkout_incident import LogWriter


def _parked(event: Event, code: ProblemCode) -> ParkedRow:
    return ParkedRow(event=event, code=code, detail="")


def test_what_waited_and_waits_no_more_was_sent() -> None:
    rows = QueueRows()
    first, second = notes("one", "two")
    rows.note(log_view((first, second)))
    rows.note(log_view((second,)))

    assert [(row.text, row.words) for row in rows.rows] == [("two", "waiting"), ("one", "sent")]
    assert (rows.waiting, rows.sent) == (1, 1)


def test_what_is_refused_stays_listed_with_its_words_and_advice() -> None:
    rows = QueueRows()
    (note,) = notes("one")
    rows.note(log_view((note,)))
    rows.note(log_view((), (_parked(note, ProblemCode.ID_REUSED),)))

    (row,) = rows.rows
    assert row.standing is QueueStanding.REFUSED
    assert row.text == "one"
    assert row.words == "refused because its id belongs to another event"
    assert row.can_repeat
    assert rows.sent == 0


@pytest.mark.parametrize("is_known_from_before", [True, False])
def test_what_was_logged_again_is_not_offered_twice(is_known_from_before: bool) -> None:
    rows = QueueRows()
    (note,) = notes("one")
    parked = _parked(note, ProblemCode.BAD_SIGNATURE)
    if not is_known_from_before:
        rows.note(log_view((), (parked,)))
    rows.note(log_view((), (replace(parked, is_repeated=True),)))

    (row,) = rows.rows
    assert row.advice == "Logged again."
    assert not row.can_repeat
    assert rows.event(note.id) == note


def test_what_cannot_be_read_even_again_is_only_copied() -> None:
    rows = QueueRows()
    (note,) = notes("one")
    rows.note(log_view((), (_parked(note, ProblemCode.TOO_LARGE),)))

    assert not rows.rows[0].can_repeat


def test_what_somebody_else_signed_is_not_logged_again_here() -> None:
    rows = QueueRows()
    (note,) = notes("one")
    parked = _parked(note, ProblemCode.BAD_SIGNATURE)
    rows.note(log_view((), (replace(parked, is_own=False),)))

    (row,) = rows.rows
    assert not row.can_repeat
    assert row.advice == "Its author can log it again."


def test_each_log_has_its_own_queue() -> None:
    rows = QueueRows()
    (note,) = notes("one")
    rows.note(log_view((note,)))
    rows.note(replace(log_view(()), log="organisation"))

    assert rows.waiting == 1


def test_what_is_done_to_another_entry_names_it() -> None:
    writer = LogWriter()
    note = writer.add("14:00", "priya", NoteWritten(text="pool refilled"))
    writer.add("14:01", "priya", EntryTakenBack(entry=note))
    rows = QueueRows()

    rows.note(log_view(tuple(one.event for one in writer.log)))

    assert [row.text for row in rows.rows] == ["Entry taken back: pool refilled", "pool refilled"]


def test_what_was_sent_reads_with_the_number_it_got() -> None:
    writer = LogWriter()
    writer.add("14:00", "priya", DecisionProposed(title="Fail over"))
    (proposed,) = writer.log
    rows = QueueRows()
    rows.note(log_view((proposed.event,)))
    assert [row.text for row in rows.rows] == ["D-1* proposed: Fail over"]

    rows.note(replace(log_view(), state=replay(writer.log)))

    assert [(row.text, row.words) for row in rows.rows] == [("D-1 proposed: Fail over", "sent")]
