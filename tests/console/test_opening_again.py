"""A console that was here before shows what it knew and takes entries before a server answers."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.introduction import KEY_VALUE
from app.log.profile import open_profile
from app.log.profile_key import profile_key
from app.proof.signatures import ConsoleKey
from app.views.header_strip import HeaderStrip
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import say, serve

pytestmark = pytest.mark.real


def test_without_its_server_a_console_opens_with_what_it_knew_and_writes_on(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server):
            pass
        server.kill()

        with open_room(server) as room:
            assert room.state.situation.title == "Checkout failing"
            log_line(qtbot, room, "pool is full")
            qtbot.waitUntil(
                lambda: any(row.text == "pool is full" for row in room.state.timeline),
                timeout=WITHIN_MS,
            )
            assert room.state.timeline[-1].is_pending
            assert room.state.timeline[-1].actor == "person:priya"

            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(lambda: room.state.pending == 0, timeout=WITHIN_MS)
                assert room.state.timeline[-1].text == "pool is full"


def test_a_console_the_server_never_saw_registers_itself_when_it_comes(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    # given a profile whose signing key no server knows, and no server
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server):
            pass
        server.kill()
        _give_another_key(tmp_path / "data" / "profiles" / "priya")

        # when somebody writes there, and the server comes
        with open_room(server) as room:
            log_line(qtbot, room, "pool is full")
            qtbot.waitUntil(lambda: room.state.pending == 1, timeout=WITHIN_MS)
            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(lambda: room.state.pending == 0, timeout=WITHIN_MS)

                # then it is recorded, and counts
                (row,) = [one for one in room.state.timeline if one.text == "pool is full"]
                assert not row.is_pending
                assert not room.sync.queued


def test_a_console_that_was_never_at_a_server_waits_for_it(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        server.kill()
        said: list[str] = []
        with ExitStack() as later:

            def start_again() -> None:
                said.extend(_headers())
                later.enter_context(serve(tmp_path / "server", port=server.port))

            QTimer.singleShot(1_500, start_again)
            with open_room(server) as room:
                assert room.state.situation.title == "Checkout failing"
        assert [words for words in said if "Sync Connecting" in words] == said != []


def _headers() -> list[str]:
    """What the header of every open window says."""
    shown = [one for one in QApplication.allWidgets() if isinstance(one, HeaderStrip)]
    return [one.accessibleDescription() for one in shown if one.isVisible()]


def _give_another_key(folder: Path) -> None:
    key = profile_key(folder, profile="priya", ask_passphrase=None, environment=os.environ)
    with open_profile(folder / "profile.db", key.key, clock=lambda: datetime.now(UTC)).log as log:
        log.set_value(KEY_VALUE, ConsoleKey.generate().private_bytes())
