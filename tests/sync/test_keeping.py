"""A state that was kept comes back to the letter, and goes on as if it had been folded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.incident.kinds.work import ActionAssigned, EntryPinned, NoteRewritten, NoteWritten
from app.incident.replay import foresee, replay
from app.incident.rows import SEGMENT
from app.incident.state import BEFORE_ANYTHING
from app.protocol.kinds import full_codec
from app.sync.keeping import IncidentKeeping
from tests.benchmarks.bench_replay import long_log
from tests.incident.apart import Room
from tests.incident.test_any_interleaving import steps, told

RECORDS = 2_000


def kept(state):
    """`state` as another process finds it."""
    found = IncidentKeeping().state_of(IncidentKeeping().parts_of(state))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def long():
    codec = full_codec()
    return [codec.read_record(line) for line in long_log(RECORDS)]


@given(steps, st.data())
def test_every_log_cut_anywhere_goes_on_from_what_was_kept(steps, data):
    log = told(steps).log
    cut = data.draw(st.integers(0, len(log)))

    opened = replay(log[cut:], kept(replay(log[:cut])))

    assert opened == replay(log)
    assert repr(opened) == repr(replay(log))


@pytest.mark.parametrize("cut", [0, 1, 700, 801, 1_600, RECORDS])
def test_a_long_log_goes_on_from_what_was_kept(long, cut):
    opened = replay(long[cut:], kept(replay(long[:cut])))

    assert repr(opened) == repr(replay(long))


def test_what_waits_here_is_foreseen_on_what_was_kept(long):
    confirmed, waiting = replay(long[:1_900]), [one.event for one in long[1_900:]]

    assert foresee(kept(confirmed), waiting) == foresee(confirmed, waiting)


def test_a_time_keeps_the_offset_it_was_written_with():
    room = Room()
    moment = datetime.fromisoformat("2026-03-09T14:00:00.000125+02:00")
    room.write("p0", ActionAssigned(text="call", owner="p1", check_back_at=moment))

    found = kept(room.state).actions[0].check_back_at

    assert found is not None
    assert (found, found.utcoffset()) == (moment, moment.utcoffset())


def test_old_rows_are_read_when_somebody_looks_at_them(long):
    opened = kept(replay(long))
    segments = opened.timeline.segments

    assert len(segments) > 2
    assert [one.is_at_hand for one in segments] == [False] * (len(segments) - 1) + [True]
    _ = opened.timeline[-1], len(opened.timeline), opened.timeline.contested()
    assert opened.timeline.find("nowhere") is None
    assert not segments[0].is_at_hand
    assert opened.timeline[0] == replay(long).timeline[0]
    assert segments[0].is_at_hand
    assert not segments[1].is_at_hand


def test_to_pin_an_old_row_reads_the_rows_around_it_only(long):
    opened = kept(replay(long))
    entry = replay(long).timeline[SEGMENT + 3]
    pin = replace(long[-1], event=replace(long[-1].event, fact=EntryPinned(entry=entry.event_id)))

    after = replay([pin], opened)

    assert after.timeline[SEGMENT + 3].is_pinned
    assert not opened.timeline.segments[0].is_at_hand


def test_an_old_note_that_was_rewritten_apart_is_still_to_be_settled(long):
    room = Room()
    note = room.write("p0", NoteWritten(text="pool"))
    room.leave("p1", "p2")
    room.write("p1", NoteRewritten(note=note, replaces=note, text="pool is full"))
    room.write("p2", NoteRewritten(note=note, replaces=note, text="pool leaks"))
    room.come_back("p1", "p2")
    state = room.state
    for number in range(SEGMENT):
        room.write("p0", NoteWritten(text=f"note {number}"))

    opened = kept(room.state)

    assert opened.timeline.contested() == state.timeline.contested()
    assert len(opened.timeline.contested()) == 1


def test_what_did_not_change_is_not_encoded_again(long):
    keeping = IncidentKeeping()
    first = keeping.parts_of(replay(long[:1_990]))

    opened = IncidentKeeping()
    state = opened.state_of(first)
    assert state is not None
    again = opened.parts_of(replay(long[1_990:], state))

    assert all(again[f"timeline {number}"] is first[f"timeline {number}"] for number in range(2))
    assert again.keys() == keeping.parts_of(replay(long)).keys()


@pytest.mark.parametrize("name", ["decisions", "timeline 0", "timeline spans", "position"])
def test_parts_that_are_not_those_of_a_state_are_refused(long, name):
    parts = dict(IncidentKeeping().parts_of(replay(long[:400])))

    for broken in (parts | {name: b"[]"}, {one: parts[one] for one in parts if one != name}):
        assert IncidentKeeping().state_of(broken) is None


def test_nothing_is_kept_of_nothing_but_nothing():
    assert kept(BEFORE_ANYTHING) == BEFORE_ANYTHING
