"""What a console says of its own clock and of a long time without a server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.console.apart import (
    COPY_AFTER,
    EXERCISE,
    EXPORT,
    Apart,
    Carrying,
    closing_question,
    skew_sentence,
)
from app.incident.kinds.situation import IncidentDeclared
from app.incident.replay import replay
from app.protocol.sync_status import SyncKind, SyncStatus
from app.sync.carrying import Delivery
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.parse_line import ParseLine
from app.views.theme import Theme
from app.views.times import TimeDisplay
from app.views.window import Window
from tests.console.answering import Answers
from tests.console.standing import log_view, notes
from tests.views.checkout_incident import LogWriter

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
OFFLINE = SyncStatus(kind=SyncKind.OFFLINE, since=NOON, as_of=NOON)


def _export(path: Path) -> Future[tuple[Path, int]]:
    done: Future[tuple[Path, int]] = Future()
    done.set_result((path, 3))
    return done


def _bring(_: Path) -> Future[Delivery]:
    done: Future[Delivery] = Future()
    done.set_result(Delivery(recorded=2))
    return done


@pytest.fixture
def clock(qapp: QApplication) -> FrozenClock:
    """A clock that stands at noon."""
    assert qapp is not None
    return FrozenClock(NOON)


@pytest.fixture
def apart(qapp: QApplication, qtbot: QtBot, clock: FrozenClock) -> Iterator[Apart]:
    """A console without a worker."""
    theme = Theme()
    theme.apply(qapp)
    desk = Desk(theme=theme, clock=clock, times=TimeDisplay(UTC), me="priya")
    window = Window(theme.tokens)
    window.furnish(desk, CommanderView(desk, QWidget()))
    qtbot.addWidget(window)
    window.show()
    yield Apart(window, desk, Carrying(export=_export, bring=_bring))
    qapp.setStyleSheet("")


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        (timedelta(seconds=14), "This device is 14 s fast. Times are shown in server time."),
        (timedelta(seconds=-3), "This device is 3 s slow. Times are shown in server time."),
        (timedelta(hours=2), "This device is 2 h fast. Times are shown in server time."),
    ],
)
def test_a_wrong_clock_is_told_in_one_sentence(skew: timedelta, words: str) -> None:
    assert skew_sentence(skew) == words


def test_a_clock_two_seconds_off_is_not_worth_a_word(apart: Apart) -> None:
    apart.note_skew(timedelta(seconds=2))
    apart.open()

    assert "server time" not in apart.queue_sheet.summary.text()


def test_a_wrong_clock_shows_below_the_bar_and_in_the_queue(
    apart: Apart, clock: FrozenClock
) -> None:
    apart.note_skew(timedelta(seconds=14))
    apart.follow(SyncStatus(), 1)

    line = apart.view.capture.parse_line
    assert line.accessibleName() == skew_sentence(timedelta(seconds=14))
    assert "14 s fast" in apart.queue_sheet.summary.text()
    clock.show(NOON + timedelta(minutes=1))
    assert "14 s fast" not in line.accessibleName()


def test_after_half_an_hour_a_copy_is_offered_until_it_is_made(
    apart: Apart, clock: FrozenClock, tmp_path: Path
) -> None:
    apart.follow(OFFLINE, 1)
    assert apart.view.banner.banner is None

    clock.show(NOON + timedelta(minutes=32))
    banner = apart.view.banner.banner
    assert banner is not None
    assert banner.text == "Working on this device for 32 min. Export a copy?"

    apart.questions = Answers(file=tmp_path / "copy")
    apart.view.banner_pressed.emit(EXPORT)
    assert apart.view.banner.banner is None
    assert apart.view.capture.parse_line.message == "3 events in copy."

    clock.show(NOON + timedelta(minutes=32) + COPY_AFTER)
    assert apart.view.banner.banner is not None


def test_a_server_that_refuses_the_sign_in_leaves_the_queue(apart: Apart) -> None:
    apart.follow(SyncStatus(kind=SyncKind.REFUSED, queued=3), 1)

    assert "Ask the server's owner for a new token" in apart.queue_sheet.summary.text()
    assert "the queue is kept" in apart.queue_sheet.summary.text()


def test_another_site_is_told_with_where_the_queue_stays(apart: Apart) -> None:
    apart.follow(SyncStatus(kind=SyncKind.OTHER_SITE, queued=3), 1)

    assert "another site" in apart.queue_sheet.summary.text()
    assert "waits on this device for its own site" in apart.queue_sheet.summary.text()


def test_coming_back_says_what_went_and_what_came(apart: Apart) -> None:
    apart.follow(SyncStatus(), 10)
    apart.follow(OFFLINE, 10)
    apart.follow(SyncStatus(), 51)

    message = apart.view.capture.parse_line.message
    assert message == "Back online. Sent 0, received 41."


@pytest.fixture
def message(apart: Apart) -> ParseLine:
    """The line in which it is said."""
    return apart.view.capture.parse_line


def test_nobody_is_back_before_everything_that_waited_is_seen_recorded(
    apart: Apart, message: ParseLine
) -> None:
    # given an entry that was logged while the line was down
    (note,) = notes("rolled back")
    apart.follow(SyncStatus(), 10)
    apart.follow(OFFLINE, 10)
    apart.note_log(log_view(waiting=(note,)))

    # when the line is back, it is being caught up, and then the entry comes back recorded
    apart.follow(SyncStatus(kind=SyncKind.CATCHING_UP, queued=1, reading=41), 10)
    assert message.message.startswith("Offline since")
    apart.follow(SyncStatus(queued=0), 52)
    assert message.message.startswith("Offline since")
    apart.note_log(log_view())

    # then what was sent is not counted among what came
    assert message.message == "Back online. Sent 1, received 41."


def test_two_losses_before_all_is_settled_are_one_absence(
    apart: Apart, message: ParseLine
) -> None:
    apart.follow(SyncStatus(), 10)
    for position in (10, 30):
        apart.follow(OFFLINE, position)
        apart.follow(SyncStatus(kind=SyncKind.CATCHING_UP, reading=9), position)
    apart.follow(SyncStatus(), 51)

    assert message.message == "Back online. Sent 0, received 41."


def test_a_position_that_a_restore_took_back_is_nothing_received(
    apart: Apart, message: ParseLine
) -> None:
    apart.follow(SyncStatus(), 10)
    apart.follow(OFFLINE, 10)
    apart.follow(SyncStatus(), 4)

    assert message.message == "Back online. Sent 0, received 0."


def test_being_back_is_said_for_six_seconds_and_covers_no_other_words(
    apart: Apart, message: ParseLine
) -> None:
    apart.follow(SyncStatus(), 10)
    apart.follow(OFFLINE, 10)
    apart.follow(SyncStatus(), 51)
    brief = apart.view.capture._brief
    assert brief.isActive()
    assert brief.interval() == 6_000

    brief.timeout.emit()
    assert message.message == ""

    apart.follow(OFFLINE, 51)
    apart.follow(SyncStatus(), 52)
    apart.view.capture.tell("Something else.")
    brief.timeout.emit()
    assert message.message == "Something else."


def test_the_server_is_tried_at_once_when_somebody_looks_at_what_waits_for_it(
    qtbot: QtBot, apart: Apart
) -> None:
    apart.follow(OFFLINE, 0)

    with qtbot.waitSignal(apart.server_wanted):
        apart.open()

    apart.follow(SyncStatus(kind=SyncKind.LIVE), 0)
    apart.open()
    with qtbot.assertNotEmitted(apart.server_wanted):
        apart.open()


def test_a_console_that_has_only_just_come_is_neither_offline_nor_back(apart: Apart) -> None:
    apart.follow(SyncStatus(kind=SyncKind.OFFLINE), 0)
    assert apart.view.capture.parse_line.message.startswith("Offline since")

    apart.follow(SyncStatus(), 41)

    assert apart.view.capture.parse_line.message == ""


def test_one_event_and_seven_are_counted_in_plain_words() -> None:
    assert closing_question(1) == "1 event is only on this device. Close anyway?"
    assert closing_question(7) == "7 events are only on this device. Close anyway?"


@pytest.mark.parametrize("kind", [SyncKind.SANDBOX, SyncKind.LOCAL_ONLY])
def test_a_line_that_is_back_is_told_in_an_exercise_and_alone(
    apart: Apart, kind: SyncKind
) -> None:
    apart.follow(SyncStatus(kind=kind), 4)
    apart.follow(OFFLINE, 4)
    apart.follow(SyncStatus(kind=SyncKind.CATCHING_UP), 4)
    assert not apart.view.capture.parse_line.message.startswith("Back online")

    apart.follow(SyncStatus(kind=kind), 5)

    assert apart.view.capture.parse_line.message == "Back online. Sent 0, received 1."


def test_who_is_alone_is_told_where_everything_is(apart: Apart) -> None:
    apart.follow(SyncStatus(kind=SyncKind.LOCAL_ONLY), 1)

    assert apart.queue_sheet.summary.text() == (
        "Everything that was logged here is on this device only: it is its own server, and "
        "nobody else is at this incident."
    )


def test_the_queue_of_an_exercise_says_that_nothing_is_real(apart: Apart) -> None:
    declared = IncidentDeclared(number="INC-1", title="Drill", severity=2, is_exercise=True)
    writer = LogWriter()
    writer.add("12:00", "priya", declared)
    apart.know(replay(writer.log))
    apart.follow(SyncStatus(kind=SyncKind.SANDBOX), 1)
    summary = apart.queue_sheet.summary.text()
    assert summary == f"{EXERCISE} The server has everything that was logged here."

    apart.follow(OFFLINE, 1)
    assert apart.queue_sheet.summary.text().startswith(f"{EXERCISE} Offline since 12:00.")
