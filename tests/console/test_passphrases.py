"""A profile under a passphrase: chosen in the window, asked for there, and never shown without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.options import Options
from app.console.room import Room
from app.log.key_record import read_record
from app.log.profile_key import RECORD_NAME, Keeper
from app.views.passphrase_sheet import PassphraseSheet
from tests.console.rooms import WITHIN_MS, log_line, opened_room
from tests.e2e.programs import RunningServer, say, serve

pytestmark = pytest.mark.real

PASSPHRASE = "correct horse battery"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server with an incident."""
    with serve(tmp_path / "server") as running:
        say("declare", "Checkout failing", server=running)
        yield running


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where profiles are."""
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@contextmanager
def room_at(
    application: QApplication, server: RunningServer, *, passphrase: bool = False
) -> Iterator[Room]:
    """The room of priya at a server."""
    options = Options(
        server=server.url,
        token_file=server.token_file,
        profile="priya",
        theme="dark",
        passphrase=passphrase,
    )
    with opened_room(application, options) as room:
        yield room


def asked(qtbot: QtBot, room: Room) -> PassphraseSheet:
    """The sheet, once it asks."""
    found: list[PassphraseSheet] = []

    def is_up() -> bool:
        found[:] = [one for one in room.view.findChildren(PassphraseSheet) if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(is_up, timeout=WITHIN_MS)
    return found[0]


def shows_the_incident(qtbot: QtBot, room: Room) -> None:
    qtbot.waitUntil(lambda: bool(room.state.situation.number), timeout=WITHIN_MS)


def choose(qtbot: QtBot, sheet: PassphraseSheet, passphrase: str = PASSPHRASE) -> None:
    """Type a new passphrase twice and press Enter."""
    for field in (sheet.first, sheet.second):
        qtbot.keyClicks(field, passphrase)
        qtbot.keyClick(field, Qt.Key.Key_Return)


def give(qtbot: QtBot, sheet: PassphraseSheet, passphrase: str) -> None:
    """Type a passphrase and press Enter."""
    qtbot.keyClicks(sheet.first, passphrase)
    qtbot.keyClick(sheet.first, Qt.Key.Key_Return)


def seal(application: QApplication, qtbot: QtBot, server: RunningServer) -> None:
    """Open the profile once, choosing a passphrase for it."""
    with room_at(application, server, passphrase=True) as room:
        choose(qtbot, asked(qtbot, room))
        shows_the_incident(qtbot, room)


def keeper(data: Path) -> str:
    record = read_record(data / "profiles" / "priya" / RECORD_NAME)
    assert record is not None
    return record.keeper


def test_a_new_profile_is_sealed_with_the_passphrase_that_is_chosen_and_opens_with_it(
    qapp: QApplication, qtbot: QtBot, server: RunningServer, data: Path
) -> None:
    with room_at(qapp, server, passphrase=True) as room:
        choose(qtbot, asked(qtbot, room))
        shows_the_incident(qtbot, room)
        log_line(qtbot, room, "pool is full")
        qtbot.waitUntil(lambda: bool(room.state.timeline), timeout=WITHIN_MS)
    assert keeper(data) == Keeper.SEALED
    server.kill()

    with room_at(qapp, server) as room:
        sheet = asked(qtbot, room)
        assert not room.state.situation.number
        give(qtbot, sheet, PASSPHRASE)

        shows_the_incident(qtbot, room)
        assert room.state.timeline[-1].text == "pool is full"
        assert not sheet.isVisible()


def test_another_passphrase_is_asked_for_again_and_changes_nothing(
    qapp: QApplication, qtbot: QtBot, server: RunningServer, data: Path
) -> None:
    seal(qapp, qtbot, server)

    with room_at(qapp, server) as room:
        sheet = asked(qtbot, room)
        give(qtbot, sheet, PASSPHRASE.upper())
        qtbot.waitUntil(lambda: bool(sheet.trouble.text()), timeout=WITHIN_MS)
        assert sheet.trouble.text() == "That one does not open it. Capital letters count."
        assert sheet.first.text() == ""

        give(qtbot, sheet, PASSPHRASE)
        shows_the_incident(qtbot, room)


def test_a_key_that_lay_open_is_sealed_and_what_was_kept_stays(
    qapp: QApplication, qtbot: QtBot, server: RunningServer, data: Path
) -> None:
    with room_at(qapp, server) as room:
        shows_the_incident(qtbot, room)
    assert keeper(data) == Keeper.OWN_FILE

    seal(qapp, qtbot, server)

    assert keeper(data) == Keeper.SEALED
    folder = data / "profiles" / "priya"
    records = [(folder / name).read_text() for name in (RECORD_NAME, f"{RECORD_NAME}.copy")]
    assert all('"key":""' in one or '"key"' not in one for one in records)


def test_who_wants_no_passphrase_has_the_key_in_a_file_and_is_told(
    qapp: QApplication, qtbot: QtBot, server: RunningServer, data: Path
) -> None:
    with room_at(qapp, server, passphrase=True) as room:
        with qtbot.waitSignal(room.noticed, timeout=WITHIN_MS) as told:
            qtbot.keyClick(asked(qtbot, room), Qt.Key.Key_Escape)
        shows_the_incident(qtbot, room)

    assert "the key lies in a file" in told.args[0]
    assert keeper(data) == Keeper.OWN_FILE


def test_leaving_the_question_closes_the_window(
    qapp: QApplication, qtbot: QtBot, server: RunningServer, data: Path
) -> None:
    seal(qapp, qtbot, server)

    with room_at(qapp, server) as room:
        qtbot.keyClick(asked(qtbot, room), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not room.window.isVisible(), timeout=WITHIN_MS)
    assert keeper(data) == Keeper.SEALED
