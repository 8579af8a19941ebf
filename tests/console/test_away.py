"""Who comes back to a console is offered what happened, once, and F3 reads it at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.console.away import Away
from app.console.bridge import Arrival
from app.console.seen_keeping import Memory, seen_from_bytes
from app.incident.digest import Digest
from app.incident.replay import replay
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.theme import Theme
from app.views.times import TimeDisplay
from app.views.tokens import dark_tokens
from app.views.window import Window
from tests.views.checkout_incident import ME, at, checkout_log

ARRIVAL = Arrival(person=ME, url="", incident_id="i-1", is_embedded=False)
LIVE = SyncStatus()
OFFLINE = SyncStatus(kind=SyncKind.OFFLINE, since=at("14:20"), as_of=at("14:20"))


class Shelf:
    """A profile in memory that answers at once."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.writes = 0
        self.memory = Memory(
            find=lambda name: _done(self.values.get(name)), keep=self._keep, make=_make
        )

    def _keep(self, name: str, value: bytes) -> Future[None]:
        self.values[name] = value
        self.writes += 1
        return _done(None)


def _make(work: Callable[[], Digest]) -> Future[Digest]:
    return _done(work())


def _done(answer):
    future = Future()
    future.set_result(answer)
    return future


class Console:
    """A window with the checkout incident as it was at some time of the day."""

    def __init__(self, qtbot: QtBot, shelf: Shelf, clock: str) -> None:
        self.clock = FrozenClock(at(clock))
        self.desk = Desk(theme=Theme(), clock=self.clock, times=TimeDisplay(None), me=ME)
        self.window = Window(dark_tokens())
        qtbot.addWidget(self.window)
        self.view = CommanderView(self.desk, QWidget())
        self.window.furnish(self.desk, self.view)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self._elsewhere = QWidget()
        qtbot.addWidget(self._elsewhere)
        self.parent = QObject()
        self.away = Away(self.window, self.desk, shelf.memory, self.parent)
        self.away.arrive(ARRIVAL)
        self.come_back()

    def show(self, clock: str, known: str = "", sync: SyncStatus = LIVE) -> None:
        """It is this time, and what was recorded until `known` (now, if empty) shows."""
        log = [one for one in checkout_log() if one.received_at <= at(known or clock)]
        state = replay(log)
        self.window.show_state(state)
        self.away.know(state)
        self.away.follow(sync, state.position)
        self.clock.show(at(clock))

    def leave(self) -> None:
        """Another window has the keyboard now."""
        self._elsewhere.show()
        self._elsewhere.activateWindow()
        QApplication.processEvents()
        assert not self.window.isActiveWindow()
        self.clock.ticked.emit()

    def come_back(self) -> None:
        """This window has it again."""
        self.window.activateWindow()
        QApplication.processEvents()
        assert self.window.isActiveWindow()

    @property
    def said(self) -> str:
        return self.view.capture.parse_line.message

    def press_f3(self, qtbot: QtBot) -> None:
        qtbot.keyClick(self.view, Qt.Key.Key_F3)


OpenConsole = Callable[[str], Console]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def open_console(qapp: QApplication, qtbot: QtBot, shelf: Shelf) -> Iterator[OpenConsole]:
    """Opens a console at some time of the day; what was seen at the last one is on the shelf."""
    yield lambda clock: Console(qtbot, shelf, clock)
    qapp.setStyleSheet("")


def test_at_the_first_visit_nothing_is_offered_and_f3_tells_it_from_the_beginning(
    open_console: OpenConsole, qtbot: QtBot
) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.show("14:11")

    assert not console.said
    console.press_f3(qtbot)
    assert console.away.sheet.isVisible()
    assert console.away.sheet.title.text() == "Since 13:41"


def test_who_opens_the_console_again_is_offered_what_was_logged_meanwhile(
    open_console: OpenConsole,
) -> None:
    first = open_console("14:10")
    first.show("14:10")
    first.away.close()

    second = open_console("14:12")
    second.show("14:30")

    assert second.said.startswith("Since 14:10: ")
    assert second.said.endswith("F3 reads them.")


def test_opened_again_with_nothing_new_a_console_offers_nothing(
    open_console: OpenConsole, qtbot: QtBot
) -> None:
    first = open_console("14:10")
    first.show("14:10")
    first.away.close()

    second = open_console("14:30")
    second.show("14:30", known="14:10")

    assert not second.said
    second.press_f3(qtbot)
    assert second.said == "Nothing new since 14:10."
    assert not second.away.sheet.isVisible()


def test_nothing_is_offered_before_the_server_has_said_how_much_there_is(
    open_console: OpenConsole,
) -> None:
    first = open_console("14:10")
    first.show("14:10")
    first.away.close()

    second = open_console("14:12")
    second.show("14:30", known="14:20", sync=SyncStatus(kind=SyncKind.CONNECTING))

    assert not second.said
    second.show("14:30")
    assert second.said.startswith("Since 14:10: ")


def test_what_was_seen_is_written_when_the_window_is_left_and_no_more_than_that(
    open_console: OpenConsole, shelf: Shelf
) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.show("14:10:20")
    assert not shelf.writes

    console.leave()
    console.clock.ticked.emit()

    (kept,) = shelf.values.values()
    seen = seen_from_bytes(kept)
    assert seen is not None
    assert seen.at == at("14:10:20")
    assert shelf.writes == 1


def test_while_somebody_stays_it_is_written_every_half_minute(
    open_console: OpenConsole, shelf: Shelf
) -> None:
    console = open_console("14:10")
    for second in range(0, 60, 5):
        console.show(f"14:11:{second:02}")

    assert shelf.writes == 2


def test_back_at_the_window_after_five_minutes_the_digest_is_offered_once(
    open_console: OpenConsole,
) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.leave()
    console.show("14:30")
    assert not console.said

    console.come_back()
    console.clock.ticked.emit()

    assert console.said.startswith("Since 14:10: ")
    console.view.capture.tell("")
    console.show("14:31")
    assert not console.said


def test_back_after_a_moment_nothing_is_offered(open_console: OpenConsole) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.leave()
    console.show("14:14:59")
    console.come_back()
    console.clock.ticked.emit()

    assert not console.said


def test_back_online_after_five_minutes_the_digest_is_offered(open_console: OpenConsole) -> None:
    console = open_console("14:10")
    console.show("14:20")
    console.show("14:28", known="14:20", sync=OFFLINE)
    assert not console.said

    console.show("14:29")

    assert console.said.startswith("Since 14:20: ")


def test_offline_the_digest_says_until_when_others_were_heard(
    open_console: OpenConsole, qtbot: QtBot
) -> None:
    console = open_console("14:10")
    console.show("14:28", known="14:20", sync=OFFLINE)

    console.press_f3(qtbot)

    assert console.away.sheet.title.text() == "Since 13:41, as of 14:20"


def test_the_offer_waits_until_nothing_is_being_typed(open_console: OpenConsole) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.view.capture.begin("pool is fu")
    console.leave()
    console.come_back()
    console.show("14:30")
    assert not console.said
    assert console.view.capture.field.line == "pool is fu"

    console.view.capture.field.clear()
    console.clock.ticked.emit()

    assert console.said.startswith("Since 14:10: ")


def test_the_offer_waits_for_what_is_said_briefly(open_console: OpenConsole) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.leave()
    console.come_back()
    console.view.capture.tell_briefly("Back online.", 60)
    console.show("14:30")
    assert console.said == "Back online."

    console.view.capture.end_brief()
    console.clock.ticked.emit()

    assert console.said.startswith("Since 14:10: ")


def test_the_offer_takes_no_keyboard(open_console: OpenConsole) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.view.body.timeline.list.setFocus()
    console.leave()
    console.come_back()
    before = console.window.focusWidget()
    console.show("14:30")

    assert console.said
    assert console.window.focusWidget() is before


def test_looking_back_nothing_is_offered_and_nothing_is_seen(
    open_console: OpenConsole, qtbot: QtBot
) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.view.show_past(replay(checkout_log()[:20]), at("13:50"))
    console.show("14:30")
    assert not console.said

    console.press_f3(qtbot)
    assert not console.away.sheet.isVisible()
    assert console.said.startswith("You are looking back.")

    console.view.show_live()
    console.clock.ticked.emit()
    assert console.said.startswith("Since 14:10: ")


def test_escape_counts_as_seen(open_console: OpenConsole, qtbot: QtBot) -> None:
    console = open_console("14:10")
    console.show("14:30")
    console.press_f3(qtbot)
    assert console.away.sheet.isVisible()

    qtbot.keyClick(console.away.sheet.list, Qt.Key.Key_Escape)
    console.press_f3(qtbot)

    assert not console.away.sheet.isVisible()
    assert console.said == "Nothing new since 14:30."


def test_enter_shows_an_entry_in_full_over_the_digest(
    open_console: OpenConsole, qtbot: QtBot
) -> None:
    console = open_console("14:10")
    console.show("14:30")
    console.press_f3(qtbot)
    sheet, record = console.away.sheet, console.view.record_sheet
    rows = sheet.model.rows
    place = next(number for number, row in enumerate(rows) if row.record)

    sheet.list.setCurrentIndex(sheet.model.index(place))
    qtbot.keyClick(sheet.list, Qt.Key.Key_Return)
    assert record.isVisible()

    qtbot.keyClick(record.list, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    assert console.window.focusWidget() is sheet.list


def test_another_incident_is_seen_for_itself(open_console: OpenConsole, shelf: Shelf) -> None:
    console = open_console("14:10")
    console.show("14:10")

    console.away.arrive(Arrival(person=ME, url="", incident_id="i-2", is_embedded=False))
    console.show("14:10:05")
    console.away.close()

    assert sorted(shelf.values) == ["seen/i-1/priya", "seen/i-2/priya"]


def test_the_length_of_an_absence_is_by_the_clock_of_the_server(
    open_console: OpenConsole,
) -> None:
    console = open_console("14:10")
    console.show("14:10")
    console.leave()
    console.clock.show(at("14:10") + timedelta(minutes=5))
    console.come_back()
    console.show("14:15")

    assert console.said.startswith("Since 14:10: ")
