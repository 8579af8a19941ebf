"""Rooms for the tests of the console, each with a profile of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.options import Options
from app.console.room import Room
from tests.console.rooms import WITHIN_MS, OpenOwnRoom, OpenRoom, opened_room
from tests.e2e.programs import RunningServer


@pytest.fixture
def open_room(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenRoom]:
    """Opens a room with a profile of its own at a server, until it shows the incident.

    At a server that runs, it has heard it by then; without one it shows what is on its disk.
    """
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))

    @contextmanager
    def opened(server: RunningServer, profile: str = "priya") -> Iterator[Room]:
        options = Options(
            server=server.url, token_file=server.token_file, profile=profile, theme="dark"
        )
        with opened_room(qapp, options) as room:
            qtbot.waitUntil(lambda: bool(room.state.situation.number), timeout=WITHIN_MS)
            if server.process.poll() is None:
                qtbot.waitUntil(lambda: room._progress["incident"].is_connected, timeout=WITHIN_MS)
            yield room

    yield opened
    qapp.setStyleSheet("")


@pytest.fixture
def open_own_room(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenOwnRoom]:
    """Opens the room of a person whose console starts a server of its own."""
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))

    def opened(person: str = "priya") -> AbstractContextManager[Room]:
        return opened_room(qapp, Options(person=person, profile=person, theme="dark"))

    yield opened
    qapp.setStyleSheet("")
