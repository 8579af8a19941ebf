"""Looking back: the whole view is of one moment, never mistaken for now, and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.incident.projections.timeline import TimelineEntry
from app.incident.replay import replay
from app.incident.rows import Rows
from app.incident.state import IncidentState
from app.models.timeline_model import ConnectionLost
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.header_cells import CellLook
from tests.views.checkout_incident import NOW, at, checkout_log

THEN = at("14:32:10")
SECOND = timedelta(seconds=1)
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def state_at(moment: datetime) -> IncidentState:
    """The incident after the last record received by `moment`."""
    return replay([one for one in checkout_log() if one.received_at <= moment])


@pytest.fixture
def past(view: CommanderView) -> CommanderView:
    """The view, answered at once whenever it asks for a moment, and looking at 14:32:10."""

    def answer(moment: datetime | None) -> None:
        if moment is not None:
            view.show_past(state_at(moment), moment)

    view.moment_asked.connect(answer)
    view.body.timeline.travel.seek(THEN)
    view.focus_panel(4)
    return view


def viewed(view: CommanderView) -> datetime | None:
    """The moment the view shows; None while it is live."""
    return view._desk.clock.viewed


def test_the_banner_says_which_moment_shows_and_how_far_back_it_is(past: CommanderView) -> None:
    banner = past.banner.banner

    assert banner is not None
    assert banner.text == "Viewing 14:32:10 UTC — read only. 7 min 14 s behind live."
    assert past.banner.button.text() == "Return to live (End)"
    assert past.frame_is_wanted()
    margins = past.contentsMargins() if past.layout() is None else past.layout().contentsMargins()
    assert (margins.left(), margins.right(), margins.bottom()) == (3, 3, 3)


def test_the_frame_and_the_clock_are_in_the_colour_of_replay(past: CommanderView) -> None:
    picture = past.grab().toImage()
    time = next(cell for cell, _ in past.header._laid if cell.name == "time")

    replay_colour = past._desk.theme.tokens.replay.rgb()
    assert picture.pixelColor(1, 500).rgb() == replay_colour
    assert picture.pixelColor(past.width() - 2, past.height() - 2).rgb() == replay_colour
    assert (time.value, time.look) == ("14:32:10", CellLook.REPLAY)


def test_every_region_is_of_that_moment(past: CommanderView) -> None:
    then = state_at(THEN)
    body = past.body

    assert [one.decision.decision_id for one in body.decisions.model.rows] == [
        one.decision_id for one in reversed(then.decisions)
    ]
    assert body.decisions.card.decision == then.open_decision
    assert all(one.recorded_at <= THEN for one in body.timeline.model._entries)
    elapsed = next(cell for cell, _ in past.header._laid if cell.name == "elapsed")
    assert elapsed.value == "00:51:10"


def test_who_is_at_a_console_now_says_nothing_of_then(past: CommanderView) -> None:
    roster = past.body.roster
    everybody = frozenset(row.tenure.person for row in roster.model.rows if row.tenure is not None)

    roster.show_present(everybody)
    assert not any(row.is_here for row in roster.model.rows)

    past.body.timeline.travel.go_live()
    past.show_state(replay(checkout_log()))
    assert any(row.is_here for row in roster.model.rows)


@pytest.mark.parametrize("when", ["13:50", "14:19:30", "14:32:10", "14:38:30"])
def test_no_control_that_writes_is_left(past: CommanderView, when: str) -> None:
    past.body.timeline.travel.seek(at(when))
    body = past.body
    writing = (
        body.decisions.card.go, body.decisions.card.no_go, body.decisions.card.third,
        body.freeze.button, body.update_panel.button,
    )  # fmt: skip

    assert not [one.text() for one in writing if one.isVisible() or one.isEnabled()]
    words = ("page", "request", "send", "go", "decide", "extend", "rule", "copy text")
    left = [one.text() for one in past.findChildren(QPushButton) if one.isVisible()]
    assert not [text for text in left if text.casefold().startswith(words)]


def test_no_key_writes_either(qtbot: QtBot, past: CommanderView) -> None:
    body = past.body
    signals = (
        past.decide_requested, past.poll_requested, past.poll_extended, past.done_requested,
        past.action_extended, past.pin_requested, past.update_recorded,
    )  # fmt: skip
    said: list[object] = []
    for signal in signals:
        signal.connect(lambda *words: said.append(words))
    past.body.timeline.travel.seek(at("14:38:30"))

    for where in (body.decisions.list, body.work.list, body.timeline.list, body.roster.list):
        where.setFocus()
        for key in "PERNO+ ":
            qtbot.keyClick(where, key)
        qtbot.keyClick(where, Qt.Key.Key_Return)
        qtbot.keyClick(where, Qt.Key.Key_Return, CONTROL)
        qtbot.keyClick(where, Qt.Key.Key_N, SHIFT)
    qtbot.keyClick(past, Qt.Key.Key_U, CONTROL)

    assert said == []
    assert not past.update_sheet.isVisible()


def test_the_bar_stays_live_and_says_at_what_time_it_logs(
    qtbot: QtBot, past: CommanderView
) -> None:
    assert "logs at 14:39" in past.capture._note()

    past.capture.begin("pool is full")
    with qtbot.waitSignal(past.line_logged) as logged:
        qtbot.keyClick(past.capture.field, Qt.Key.Key_Return)

    assert logged.args[0].first_typed_at == NOW
    assert viewed(past) == THEN


@pytest.mark.parametrize(
    ("key", "modifiers", "moment"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, THEN - SECOND),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, THEN + SECOND),
        (Qt.Key.Key_Left, SHIFT, THEN - 10 * SECOND),
        (Qt.Key.Key_Right, SHIFT, THEN + 10 * SECOND),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, at("13:37")),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, None),
    ],
)
def test_keys_of_the_timeline_move_through_time(
    qtbot: QtBot,
    past: CommanderView,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    moment: datetime | None,
) -> None:
    qtbot.keyClick(past.body.timeline.list, key, modifiers)

    assert viewed(past) == moment


def test_control_and_arrows_go_from_event_to_event(qtbot: QtBot, past: CommanderView) -> None:
    moments = sorted({one.recorded_at for one in past._live.timeline})
    before = max(one for one in moments if one < THEN)
    after = min(one for one in moments if one > THEN)

    qtbot.keyClick(past.body.timeline.list, Qt.Key.Key_Right, CONTROL)
    assert viewed(past) == after
    qtbot.keyClick(past.body.timeline.list, Qt.Key.Key_Left, CONTROL)
    assert viewed(past) == before


def test_the_first_key_back_leaves_now(qtbot: QtBot, view: CommanderView) -> None:
    view.focus_panel(4)
    with qtbot.waitSignal(view.moment_asked) as asked:
        qtbot.keyClick(view.body.timeline.list, Qt.Key.Key_Left)

    assert asked.args == [NOW - SECOND]


def test_end_anywhere_and_the_banner_return_to_live(qtbot: QtBot, past: CommanderView) -> None:
    past.setFocus()
    qtbot.keyClick(past, Qt.Key.Key_End)
    assert viewed(past) is None

    past.body.timeline.travel.seek(THEN)
    qtbot.mouseClick(past.banner.button, Qt.MouseButton.LeftButton)

    assert viewed(past) is None
    assert past.banner.banner is None
    assert past.body.decisions.card.go.isVisible()
    assert past.body.freeze.button.isVisible()
    assert not past.frame_is_wanted()
    assert not past.body.timeline.scrubber.isVisible()


def test_dragging_the_playhead_shows_other_moments(qtbot: QtBot, past: CommanderView) -> None:
    chart = past.body.timeline.chart
    scale = chart.scale()
    start = QPoint(round(scale.x(THEN)), 20)
    end = QPoint(round(scale.x(at("14:05"))), 20)

    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(chart, end)
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=end)

    moment = viewed(past)
    assert moment is not None
    assert abs(moment - at("14:05")) < timedelta(seconds=15)


def test_the_axis_and_the_slider_jump(
    qtbot: QtBot, view: CommanderView, past: CommanderView
) -> None:
    chart, scrubber = past.body.timeline.chart, past.body.timeline.scrubber
    place = QPoint(round(chart.scale().x(at("14:10"))), chart.height() - 4)

    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    moment = viewed(past)
    assert moment is not None
    assert abs(moment - at("14:10")) < timedelta(seconds=15)

    assert scrubber.isVisible()
    place = QPoint(round(scrubber.x_of(at("14:20"))), scrubber.height() // 2)
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=place)
    moment = viewed(past)
    assert moment is not None
    assert abs(moment - at("14:20")) < timedelta(seconds=15)


def test_what_arrives_is_counted_and_moves_nothing(
    past: CommanderView, clock: FrozenClock
) -> None:
    rows = past.body.timeline.model.rows
    lately = replay(checkout_log())
    more = lately.timeline[-4:]

    past.show_state(replace_timeline(lately, (*lately.timeline, *more)))
    clock.show(NOW + SECOND)

    assert past.body.timeline.model.rows == rows
    assert past.banner.banner is not None
    assert past.banner.banner.text.endswith("7 min 15 s behind live. 4 new.")


def test_playing_moves_on_faster_with_every_press_and_stops_at_now(
    qtbot: QtBot, past: CommanderView
) -> None:
    travel, rows = past.body.timeline.travel, past.body.timeline.list
    for speed in (1, 2, 4):
        qtbot.keyClick(rows, Qt.Key.Key_L)
        assert travel.speed == speed
    with qtbot.waitSignal(past.moment_asked) as asked:
        pass
    assert asked.args == [THEN + timedelta(milliseconds=400)]

    qtbot.keyClick(rows, Qt.Key.Key_J)
    assert travel.speed == -1
    qtbot.keyClick(rows, Qt.Key.Key_K)
    assert travel.speed == 0

    travel.seek(NOW - timedelta(milliseconds=50))
    qtbot.keyClick(rows, Qt.Key.Key_L)
    with qtbot.waitSignal(past.moment_asked) as asked:
        pass
    assert asked.args == [None]
    assert travel.speed == 0


def test_the_line_of_now_does_not_colour_the_past(past: CommanderView) -> None:
    past.show_sync(SyncStatus(kind=SyncKind.OFFLINE, since=at("14:36"), as_of=at("14:36")))
    assert past.body.freeze._chip_text == "Active"

    past.body.timeline.travel.go_live()

    assert past.body.freeze._chip_text == "As of 14:36"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(SyncKind.SANDBOX, "Sync Sandbox"), (SyncKind.LOCAL_ONLY, "Sync This device only")],
)
def test_the_sync_cell_says_of_the_past_what_it_says_of_now(
    past: CommanderView, kind: SyncKind, words: str
) -> None:
    past.show_sync(SyncStatus(kind=kind))
    assert words in past.header.accessibleDescription()

    past.body.timeline.travel.seek(at("13:50"))
    assert words in past.header.accessibleDescription()

    past.body.timeline.travel.go_live()
    assert words in past.header.accessibleDescription()


def replace_timeline(state: IncidentState, entries: tuple[TimelineEntry, ...]) -> IncidentState:
    """`state` with another timeline."""
    return replace(state, timeline=Rows(entries))


def test_a_connection_lost_later_is_not_in_the_past(past: CommanderView) -> None:
    timeline = past.body.timeline
    timeline.show_losses([at("14:20"), at("14:36:14")])
    assert [one.at for one in timeline.model.rows if isinstance(one, ConnectionLost)] == [
        at("14:20")
    ]

    timeline.travel.go_live()

    assert sum(isinstance(one, ConnectionLost) for one in timeline.model.rows) == 2
