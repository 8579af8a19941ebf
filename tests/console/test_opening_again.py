"""A console that was here before shows what it knew and takes entries before a server answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


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
            room.view.capture.begin("pool is full")
            qtbot.keyClick(room.view.capture.field, Qt.Key.Key_Return)
            qtbot.waitUntil(
                lambda: any(row.text == "pool is full" for row in room.state.timeline),
                timeout=WITHIN_MS,
            )
            assert room.state.timeline[-1].is_pending
            assert room.state.timeline[-1].actor == "person:priya"

            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(lambda: room.state.pending == 0, timeout=60_000)
                assert room.state.timeline[-1].text == "pool is full"
