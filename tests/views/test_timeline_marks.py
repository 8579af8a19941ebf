"""The lanes show every moment once, and floods as one mark with a count."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.incident.projections.timeline import Lane
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.views.timeline_marks import (
    LaneMark,
    LaneMarks,
    Shape,
    TimeScale,
    collapsed,
    in_view,
    time_scale,
)
from tests.views.checkout_incident import NOW, at, checkout_log

SCALE = TimeScale(at("13:30"), at("14:50"), 100, 900)
MOMENTS = st.lists(st.integers(-600, 6000), max_size=60)


def test_the_scale_begins_on_ten_minutes_and_leaves_room_after_now(
    state: IncidentState,
) -> None:
    scale = time_scale(state, NOW, 92, 936)

    assert scale.start == at("13:30")
    assert 936 - scale.x(NOW) >= 80
    assert [tick.minute % 10 for tick in scale.ticks()] == [0] * len(scale.ticks())


def test_each_decision_is_one_mark_with_the_shape_of_its_state(state: IncidentState) -> None:
    marks = LaneMarks().marks(state)[Lane.DECISIONS]

    shapes = {mark.label: mark.shape for mark in marks if mark.label}
    assert shapes["D-7"] is Shape.HOLLOW_DIAMOND
    assert shapes["D-5"] is Shape.SLASHED_DIAMOND
    assert shapes["D-2"] is Shape.DIAMOND
    assert len(marks) == len(state.decisions)


def test_what_is_due_is_a_hollow_mark_in_the_future(state: IncidentState) -> None:
    last = LaneMarks().marks(state)[Lane.COMMS][-1]

    assert (last.at, last.shape) == (at("14:43:13"), Shape.HOLLOW_DOT)


def test_marks_found_bit_by_bit_are_those_found_at_once() -> None:
    log = checkout_log()
    grown, state = LaneMarks(), replay(log[:1])
    for recorded in log[1:]:
        state = replay([recorded], state)
        marks = grown.marks(state)

    assert {lane: list(found) for lane, found in marks.items()} == {
        lane: list(found) for lane, found in LaneMarks().marks(state).items()
    }


@given(MOMENTS)
def test_collapsing_loses_no_mark_and_never_crowds(offsets: list[int]) -> None:
    marks = [
        LaneMark(SCALE.start + timedelta(seconds=offset), Shape.DOT) for offset in sorted(offsets)
    ]

    shown = collapsed(marks, SCALE)

    assert sum(mark.count for mark in shown) == len(in_view(marks, SCALE))
    for mark in shown:
        near = [one for one in shown if 0 <= SCALE.x(one.at) - SCALE.x(mark.at) < 6]
        assert len(near) <= 4
