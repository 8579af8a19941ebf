"""A state at any moment is what replaying the log up to that moment gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.incident import keyframes
from app.incident.keyframes import KEYFRAME_EVERY, Keyframes
from app.incident.kinds.work import NoteWritten
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, replay_organisation
from tests.incident.apart import NOON, Room
from tests.incident.test_any_interleaving import steps, told


def frames_of(log, every=3, waypoint=2):
    """Keyframes close together, so that short logs have many."""
    frames: Keyframes[IncidentState] = Keyframes(
        replay, BEFORE_ANYTHING, every=every, waypoint_every=waypoint
    )
    frames.extend(log)
    return frames


@given(steps, st.lists(st.integers(-2, 90), max_size=12))
def test_a_moment_shows_the_log_cut_after_what_was_received_by_then(steps, seconds):
    log = told(steps).log
    log = [
        replace(one, received_at=NOON + timedelta(seconds=2 * (place // 2)))
        for place, one in enumerate(log)
    ]
    frames = frames_of(log)

    for second in seconds:
        moment = NOON + timedelta(seconds=second)
        received = [one for one in log if one.received_at <= moment]
        assert frames.at(moment) == replay(received)


@given(steps, st.lists(st.integers(1, 7), min_size=1, max_size=20), st.randoms())
def test_every_position_shows_what_a_live_console_showed_there(steps, pages, random):
    log = told(steps).log
    frames = frames_of([])
    live, shown, after = BEFORE_ANYTHING, {0: BEFORE_ANYTHING}, 0
    while after < len(log):
        page = log[after : after + pages[after % len(pages)]]
        live = replay(page, live)
        frames.extend(page)
        after += len(page)
        shown[after] = live

    for count in random.sample(sorted(shown), len(shown)):
        assert frames.after(count) == shown[count]


def test_a_record_without_a_readable_time_counts_with_the_one_before():
    room = Room()
    for text in ("one", "two", "three"):
        room.write("priya", NoteWritten(text=text))
    log = [replace(one, received_at=NOON) for one in room.log]
    log[1] = replace(log[1], received_at=NOON - timedelta(days=9_999))
    frames = frames_of(log)

    assert frames.count_by(NOON - timedelta(seconds=1)) == 0
    assert frames.at(NOON) == replay(log)


def test_asked_again_it_gives_the_same_object():
    room = Room()
    for number in range(8):
        room.write("priya", NoteWritten(text=str(number)))
    frames = frames_of(room.log)

    first = frames.after(7)
    frames.after(2)

    assert frames.after(7) is first


def test_states_of_a_long_drag_are_not_all_kept():
    room = Room()
    for number in range(200):
        room.write("priya", NoteWritten(text=str(number)))
    frames = frames_of(room.log, every=KEYFRAME_EVERY, waypoint=10)
    for count in range(200):
        frames.after(count)

    assert len(frames._answers) == keyframes.MOMENTS_KEPT


def test_the_organisation_has_moments_too():
    frames = Keyframes(replay_organisation, EMPTY_ORGANISATION)

    assert frames.at(NOON) == EMPTY_ORGANISATION
