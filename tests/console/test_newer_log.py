"""A console that finds a log of a newer version asks, and shows it read only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli import main as run_command
from app.console.newer_log import TypedQuestion
from app.console.options import Options
from app.console.room import Room
from app.log.profile_key import profile_key
from app.protocol.sync_status import SyncKind
from app.sync.places import known_servers
from app.views.banner import BannerKind
from tests.console.rooms import WITHIN_MS, OpenOwnRoom, OpenRoom, log_line, opened_room
from tests.e2e.programs import RunningServer, say, serve
from tests.log.newer import GROWN, RAISED, files_in, let_newer_write

pytestmark = pytest.mark.real

LINES = ("/d rollback checkout to v41 because error rate 40%", "/f full prod-eu", "/r ic @you")

OpenAgain = Callable[..., AbstractContextManager[Room]]
"""Opens the room of priya again, and waits for nothing."""


class _Answer(TypedQuestion):
    """Keeps what it was asked, and answers the same each time."""

    def __init__(self, *, closes: bool) -> None:
        self.closes = closes
        self.asked: list[str] = []

    def whether_to_close(self, typed: str) -> bool:
        self.asked.append(typed)
        return self.closes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that a console was at, and that goes on running."""
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        yield server


@pytest.fixture
def folder(qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, server: RunningServer) -> Path:
    """The profile of priya, with an incident that was at work; it is closed."""
    with open_room(server, "priya") as room:
        for line in LINES:
            log_line(qtbot, room, line)
        qtbot.waitUntil(
            lambda: room.state.commander is not None and not room.state.pending, timeout=WITHIN_MS
        )
    return tmp_path / "data" / "profiles" / "priya"


@pytest.fixture
def open_again(qapp: QApplication, server: RunningServer) -> OpenAgain:
    def opened(incident: str = "") -> AbstractContextManager[Room]:
        options = Options(
            server=server.url,
            token_file=server.token_file,
            profile="priya",
            incident=incident,
            theme="dark",
        )
        return opened_room(qapp, options)

    return opened


def _become_newer(folder: Path, *statements: str) -> dict[str, bytes]:
    """Let a newer version write the profile; gives every file in it afterwards."""
    key = profile_key(folder, profile=folder.name, ask_passphrase=None, environment={})
    let_newer_write(folder / "profile.db", key.key, *statements)
    return files_in(folder)


def _asked(qtbot: QtBot, room: Room) -> None:
    qtbot.waitUntil(lambda: room._has_begun and room.newer.sheet.isVisible(), timeout=WITHIN_MS)


def _opened_read_only(qtbot: QtBot, room: Room) -> None:
    _asked(qtbot, room)
    qtbot.keyClick(room.newer.sheet.open_button, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: bool(room.state.situation.number) and room.view.banner.banner is not None,
        timeout=WITHIN_MS,
    )


def _sent_away(qtbot: QtBot, room: Room) -> None:
    """The window says what to do, and asks nothing."""
    heard: list[str] = []
    room.noticed.connect(heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=WITHIN_MS)
    assert "Install the newer version again" in heard[0]
    assert not room.newer.sheet.isVisible()


@pytest.mark.parametrize("statements", [(RAISED,), GROWN], ids=["raised", "grown"])
def test_what_a_newer_version_kept_shows_read_only_and_no_file_changes(
    qtbot: QtBot, folder: Path, open_again: OpenAgain, statements: tuple[str, ...]
) -> None:
    # given
    before = _become_newer(folder, *statements)

    with open_again() as room:
        # when
        _asked(qtbot, room)
        assert not room.state.position
        _opened_read_only(qtbot, room)

        # then everything that was kept is there
        view, state = room.view, room.state
        assert state.situation.title == "Checkout failing"
        assert view.body.services.empty.isHidden()  # no services, and none could be recorded
        titles = [one.title for one in state.decisions]
        assert titles == ["rollback checkout to v41", "Freeze full prod-eu"]
        assert state.commander is not None
        assert view.body.timeline.model.rowCount()
        assert view.body.decisions.model.rowCount()

        # and the window says that it is read only, why, and that nothing is in step
        banner = view.banner.banner
        assert banner is not None
        assert banner.kind is BannerKind.READ_ONLY
        assert "a newer version wrote this log" in banner.text
        assert room.sync.kind is SyncKind.READ_ONLY
        assert "Off, read only" in view.header.accessibleDescription()
        assert view.capture.parse_line.message == ""
        assert room.sync.as_of == room._desk.clock.live()

    assert files_in(folder) == before


def test_one_can_go_back_in_what_was_kept_and_never_leaves_read_only(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    _become_newer(folder, RAISED)
    with open_again() as room:
        _opened_read_only(qtbot, room)
        clock, travel = room._desk.clock, room.view.body.timeline.travel
        end, whole = clock.viewed, room.state

        # when
        travel.to_first()
        qtbot.waitUntil(lambda: room.view._state.position < whole.position, timeout=WITHIN_MS)

        # then it shows what was known then
        assert clock.viewed is not None
        assert end is not None
        assert clock.viewed < end
        assert "before its end" in room.view.banner.accessibleName()

        # and comes back to the end, which is as read only
        qtbot.mouseClick(room.view.banner.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: room.view._state is whole, timeout=WITHIN_MS)
        assert clock.viewed == end
        assert not room.view.body.freeze.button.isVisible()


def test_nothing_can_be_logged_and_what_is_typed_comes_back_to_the_bar(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    before = _become_newer(folder, RAISED)
    with open_again() as room:
        _opened_read_only(qtbot, room)
        said: list[str] = []
        room.acting.said.connect(said.append)
        field, position = room.view.capture.field, room.state.position

        # when
        log_line(qtbot, room, "pool is full")

        # then it is said, and nothing is lost
        qtbot.waitUntil(lambda: field.line == "pool is full", timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: bool(said), timeout=WITHIN_MS)
        assert "open read only" in said[0]
        assert "back in the bar" in said[0]
        assert (room.state.position, room.state.pending) == (position, 0)

        # and the window does not take it along unasked when it closes
        room.newer.question = kept = _Answer(closes=False)
        room.window.close()
        assert room.window.isVisible()
        assert kept.asked == ["pool is full"]
        room.newer.question = _Answer(closes=True)
        room.window.close()
        assert not room.window.isVisible()
    assert files_in(folder) == before


def test_the_queue_shows_what_waits_and_offers_nothing_that_writes(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    _become_newer(folder, RAISED)
    with open_again() as room:
        _opened_read_only(qtbot, room)

        room.view.sync_pressed.emit()

        sheet = room.apart.queue_sheet
        assert sheet.isVisible()
        assert "newer version" in sheet.summary.text()
        offered = (sheet.export, sheet.bring, sheet.repeat, sheet.settle)
        assert not [one for one in offered if one.isVisible()]


def test_who_does_not_want_to_read_closes_the_window_and_nothing_changed(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    before = _become_newer(folder, RAISED)
    with open_again() as room:
        _asked(qtbot, room)

        qtbot.mouseClick(room.newer.sheet.close_button, Qt.MouseButton.LeftButton)

        assert not room.window.isVisible()
    assert files_in(folder) == before


def test_an_incident_is_found_by_its_number_and_one_that_is_not_kept_is_not_made_up(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    _become_newer(folder, RAISED)
    with open_again() as room:
        _opened_read_only(qtbot, room)
        number = room.state.situation.number

    with open_again(number) as room:
        _opened_read_only(qtbot, room)
        assert room.state.situation.number == number

    with open_again("INC-999999") as room:
        _sent_away(qtbot, room)


def test_where_a_column_is_gone_the_window_says_so_and_asks_nothing(
    qtbot: QtBot, folder: Path, open_again: OpenAgain
) -> None:
    before = _become_newer(folder, RAISED, "ALTER TABLE confirmed RENAME COLUMN line TO content")
    with open_again() as room:
        _sent_away(qtbot, room)
        qtbot.waitUntil(lambda: room.has_ended, timeout=WITHIN_MS)
    assert files_in(folder) == before


def test_a_server_of_ones_own_that_a_newer_version_used_ends_in_the_same_question(
    qtbot: QtBot, tmp_path: Path, open_own_room: OpenOwnRoom
) -> None:
    # given a console with its own server, and an incident with a note
    with open_own_room("priya") as room:
        qtbot.waitUntil(lambda: bool(known_servers()), timeout=WITHIN_MS)
        assert run_command(["declare", "Checkout failing"]) == 0
        qtbot.waitUntil(lambda: bool(room.state.situation.number), timeout=WITHIN_MS)
        log_line(qtbot, room, "pool is full")
        qtbot.waitUntil(
            lambda: (
                not room.state.pending
                and any(one.text == "pool is full" for one in room.state.timeline)
            ),
            timeout=WITHIN_MS,
        )
    served = tmp_path / "data" / "server"
    _let_newer_serve(served / "server.db")
    before = files_in(served)

    # when it is opened again by this version
    with open_own_room("priya") as room:
        _opened_read_only(qtbot, room)

        # then what was kept shows, read only; a profile would not help, another server would
        assert "--server" in room.newer.sheet.way_out.text()
        assert any(one.text == "pool is full" for one in room.state.timeline)
        assert room.sync.kind is SyncKind.READ_ONLY
        banner = room.view.banner.banner
        assert banner is not None
        assert "newer version" in banner.text
    assert files_in(served)["server.db"] == before["server.db"]


def _let_newer_serve(path: Path) -> None:
    connection = sqlcipher3.dbapi2.connect(str(path), isolation_level=None)
    connection.execute(RAISED)
    connection.close()
