"""What the last session left is seen before the profile is opened for work."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.console import worker_link
from app.console.first_look import FirstLook, first_look
from app.console.options import Options
from app.log.profile import open_profile
from app.log.profile_key import profile_key
from app.protocol.kinds import full_codec
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve

pytestmark = pytest.mark.real


def _look(folder: Path, server: str, incident: str = "") -> FirstLook | None:
    options = Options(server=server, profile="priya", incident=incident)
    return first_look(folder, options, full_codec())


def test_recorded_waiting_and_half_typed_words_are_seen_and_nothing_is_changed(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a session that recorded, wrote without its server, and left words in the bar;
    # it closes without waiting for the others to be told, who cannot be
    monkeypatch.setattr(worker_link, "FAREWELL_SECONDS", 0.0)
    folder = tmp_path / "data" / "profiles" / "priya"
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server) as room:
            server.kill()
            field = room.view.capture.field
            room.view.capture.begin("pool is full")
            qtbot.keyClick(field, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: room.state.pending == 1, timeout=WITHIN_MS)
            qtbot.keyClicks(field, "second replica")
            before = room.state
    files = {file.name: file.read_bytes() for file in folder.iterdir()}

    # when somebody looks
    seen = _look(folder, server.url)

    # then everything is there, and the files are as they were
    assert seen is not None
    assert seen.incident.state == before
    assert [one.text for one in seen.incident.state.timeline if one.is_pending] == ["pool is full"]
    assert seen.arrival.person == "priya"
    assert seen.draft[0] == "second replica"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files

    # and another server, another incident or a key that is not there shows nothing of it
    assert _look(folder, "http://elsewhere.example") is None
    assert _look(folder, server.url, incident="INC-9") is None
    (folder / "profile.key").unlink()
    (folder / "profile.key.copy").unlink()
    assert _look(folder, server.url) is None


def test_a_profile_that_was_not_closed_is_left_to_those_who_open_it(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    folder = tmp_path / "data" / "profiles" / "priya"
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server):
            pass
    key = profile_key(folder, profile="priya", ask_passphrase=None, environment={})
    assert _look(folder, server.url) is not None

    # given a copy taken while it was open: a part of it is in the file beside it
    opened = open_profile(folder / "profile.db", key.key, clock=_noon).log
    opened.set_value("incident", b"another")
    shutil.copytree(folder, tmp_path / "copy")
    opened.close()

    # then a look at it shows nothing
    assert _look(tmp_path / "copy", server.url) is None


def _noon() -> datetime:
    return datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
