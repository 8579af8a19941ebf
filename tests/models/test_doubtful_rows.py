"""Rows of records that did not verify are marked, and known from the earliest of them on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pytestqt.qtbot import QtBot

from app.incident.projections.timeline import Timeline, TimelineEntry
from app.incident.replay import foresee, replay
from app.incident.rows import SEGMENT, Rows, Segment
from app.models.doubtful_rows import in_doubt_since
from app.models.timeline_model import TimelineModel
from tests.views.checkout_incident import at, checkout_log, checkout_state

STATE = checkout_state()


def position_at(time: str) -> int:
    """The position of the first row that happened at or after a time."""
    return next(one.position for one in STATE.timeline if one.at >= at(time))


def test_rows_from_a_position_on_are_marked_until_the_doubt_ends(qtbot: QtBot) -> None:
    # given the timeline of the checkout incident
    model, first = TimelineModel(), position_at("14:10")
    model.show_state(STATE)
    entries = [row for row in model.rows if isinstance(row, TimelineEntry)]

    # when its records from 14:10 on did not verify
    with qtbot.waitSignal(model.dataChanged):
        model.show_doubt(first)

    # then exactly their rows say so
    marked = [one for one in entries if model.sentence(one).endswith(", not verified")]
    assert marked == [one for one in entries if one.position >= first]
    assert 0 < len(marked) < len(entries)
    assert model.doubtful_since() == min(one.at for one in marked)

    # and none does when they verify again
    model.show_doubt(None)
    assert not any("not verified" in model.sentence(one) for one in entries)
    assert model.doubtful_since() is None


def test_an_earlier_moment_carries_the_marks_of_the_rows_it_has() -> None:
    model = TimelineModel()
    model.show_doubt(position_at("14:10"))

    model.show_state(replay([one for one in checkout_log() if one.received_at <= at("14:20")]))
    assert model.doubtful_since() is not None

    model.show_state(replay([one for one in checkout_log() if one.received_at <= at("14:00")]))
    assert model.doubtful_since() is None


def test_what_waits_to_be_sent_is_not_in_doubt() -> None:
    log = checkout_log()
    state = foresee(replay(log[:-5]), [one.event for one in log[-5:]])
    model = TimelineModel()
    model.show_state(state)

    model.show_doubt(1)

    pending = [one for one in state.timeline if one.is_pending]
    assert pending
    assert not any(model.is_doubtful(one) for one in pending)
    assert in_doubt_since(state.timeline, len(log) - 4) is None


def test_an_entry_that_was_logged_late_moves_the_beginning_of_the_doubt() -> None:
    late = replace(STATE.timeline[-1], at=at("13:00"))
    entries = Rows([*STATE.timeline[:-1], late])

    assert in_doubt_since(entries, position_at("14:10")) == at("13:00")


def long_timeline(segments: int) -> tuple[Timeline, list[int]]:
    """A long timeline whose segments are still on disk, and which of them were read since."""
    pattern, read = STATE.timeline[0], list[int]()

    def segment(number: int) -> Segment[TimelineEntry]:
        first = number * SEGMENT
        rows = tuple(
            replace(pattern, position=place + 1, at=pattern.at + timedelta(seconds=place))
            for place in range(first, first + SEGMENT)
        )

        def now() -> tuple[TimelineEntry, ...]:
            read.append(number)
            return rows

        return Segment(read=now, span=Segment(rows).span)

    entries = Rows.of_segments([segment(number) for number in range(segments)])
    read.clear()
    return entries, read


def test_the_beginning_of_the_doubt_is_found_without_reading_a_long_timeline() -> None:
    entries, read = long_timeline(64)

    since = in_doubt_since(entries, 40 * SEGMENT + 100)

    assert since == STATE.timeline[0].at + timedelta(seconds=40 * SEGMENT + 99)
    assert len(read) <= 8
