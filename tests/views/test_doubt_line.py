"""While part of the log did not verify, the timeline says so and marks it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.incident.replay import replay
from app.incident.state import IncidentState
from app.protocol.doubt import Doubt
from app.views.commander_view import CommanderView
from tests.views.checkout_incident import LOG, at, checkout_log

SENTENCE = "Part of the log did not verify. Rows from 14:10 on are marked."


@pytest.fixture
def doubt(state: IncidentState) -> Doubt:
    """The records from 14:10 on did not verify."""
    first = next(one.position for one in state.timeline if one.at >= at("14:10"))
    return Doubt(log=LOG, first=first)


def picture_of(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_it_says_from_when_on_rows_are_marked_and_is_silent_again(
    view: CommanderView, doubt: Doubt
) -> None:
    timeline = view.body.timeline
    assert timeline.doubt_line.isHidden()

    timeline.show_doubt(doubt)
    assert timeline.doubt_line.isVisible()
    assert timeline.doubt_line.accessibleName() == SENTENCE

    timeline.show_doubt(None)
    assert timeline.doubt_line.isHidden()


def test_the_time_is_told_in_the_zone_that_shows(view: CommanderView, doubt: Doubt) -> None:
    timeline = view.body.timeline
    timeline.show_doubt(doubt)

    timeline.desk.times.use_local(True)

    assert timeline.doubt_line.accessibleName() == SENTENCE.replace("14:10", "15:10")


def test_rows_and_lanes_are_marked_by_more_than_a_colour(
    view: CommanderView, doubt: Doubt
) -> None:
    # given the timeline without doubt
    timeline = view.body.timeline
    lanes, row = picture_of(timeline.chart), timeline.model.index(0)
    before = str(row.data())

    # when a part of it did not verify
    timeline.show_doubt(doubt)

    # then the lanes show where it begins, and the newest row says so
    assert picture_of(timeline.chart) != lanes
    assert "From 14:10 on not verified" in timeline.chart.accessibleDescription()
    assert str(row.data()) == f"{before}, not verified"

    # and all is as before when it ends
    timeline.show_doubt(None)
    assert picture_of(timeline.chart) == lanes
    assert "not verified" not in timeline.chart.accessibleDescription()
    assert str(row.data()) == before


def test_the_mark_of_a_row_is_painted(view: CommanderView, doubt: Doubt) -> None:
    rows = view.body.timeline.list
    first = rows.visualRect(view.body.timeline.model.index(0))

    def left_of_the_icon() -> QImage:
        return rows.viewport().grab(first.adjusted(0, 0, 90 - first.width(), 0)).toImage()

    before = left_of_the_icon()
    view.body.timeline.show_doubt(doubt)
    assert left_of_the_icon() != before


def test_a_moment_before_the_doubt_says_that_none_of_its_rows_is_marked(
    view: CommanderView, state: IncidentState, doubt: Doubt
) -> None:
    view.body.timeline.show_doubt(doubt)
    line = view.body.timeline.doubt_line
    log = checkout_log()

    view.show_past(replay([one for one in log if one.received_at <= at("14:20")]), at("14:20"))
    assert line.accessibleName() == SENTENCE

    view.show_past(replay([one for one in log if one.received_at <= at("14:00")]), at("14:00"))
    assert line.isVisible()
    assert line.accessibleName().endswith("None of these rows is marked.")

    view.show_live()
    assert line.accessibleName() == SENTENCE


def test_it_has_room_where_the_window_is_low(view: CommanderView, doubt: Doubt) -> None:
    view.resize(1024, 600)
    timeline = view.body.timeline
    timeline.show_doubt(doubt)

    assert timeline.doubt_line.isVisible()
    assert timeline.doubt_line.geometry().bottom() <= timeline.height()
    assert timeline.list.isHidden() or timeline.list.y() > timeline.doubt_line.y()
