"""A console that finds a log of a newer version asks, and shows it read only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.newer_log import TypedQuestion
from app.console.options import Options
from app.console.room import Room
from app.log.profile_key import profile_key
from app.protocol.sync_status import SyncKind
from app.views.banner import BannerKind
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line, opened_room
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
