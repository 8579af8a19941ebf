"""A console with a server of its own, and one in an exercise: what the sync cell says."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli import main as run_command
from app.console.options import Options
from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.work import NoteWritten
from app.protocol.bodies import ReadyLine
from app.protocol.sync_status import SyncKind
from app.sync.places import known_servers, target
from app.views.banner import BannerKind
from tests.console.rooms import WITHIN_MS, OpenOwnRoom, OpenRoom, log_line, opened_room
from tests.e2e.programs import STORY, say, serve
from tests.scenarios.onlooker import newest_incident, onlookers

pytestmark = pytest.mark.real


def _says(qtbot: QtBot, room: Room, kind: SyncKind) -> None:
    """Wait until the sync cell says this."""
    qtbot.waitUntil(lambda: room.sync.kind is kind, timeout=WITHIN_MS)


def _until_declared(qtbot: QtBot, room: Room, *words: str) -> ReadyLine:
    """Declare an incident from a terminal at the room's own server; where that is."""
    qtbot.waitUntil(lambda: bool(known_servers()), timeout=WITHIN_MS)
    (server,) = known_servers()
    assert run_command(["declare", "Checkout failing", *words]) == 0
    qtbot.waitUntil(lambda: bool(room.state.situation.number), timeout=WITHIN_MS)
    return server


def _until_alone(qtbot: QtBot, room: Room) -> ReadyLine:
    """Declare one there that nobody else has; where that is."""
    server = _until_declared(qtbot, room)
    _says(qtbot, room, SyncKind.LOCAL_ONLY)
    return server


def _own_server() -> int:
    """The process id of the server that the console of this process started."""
    children = Path("/proc/self/task").glob("*/children")
    for pid in (int(word) for one in children for word in one.read_text().split()):
        if b"--child" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return pid
    raise AssertionError("there is no server of this console's own")


@pytest.fixture
def stays_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of one's own that is gone is not started again."""
    monkeypatch.setattr("app.console.embedded._RESTART_SECONDS", 3_600.0)


def test_alone_at_a_server_of_its_own_it_says_so_until_another_console_is_there(
    qapp: QApplication, qtbot: QtBot, open_own_room: OpenOwnRoom
) -> None:
    with open_own_room() as room:
        server = _until_alone(qtbot, room)
        log_line(qtbot, room, "pool is full")
        qtbot.waitUntil(lambda: room.state.timeline[-1].text == "pool is full", timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: not room.state.pending, timeout=WITHIN_MS)
        _says(qtbot, room, SyncKind.LOCAL_ONLY)
        room.apart.open()
        assert "on this device only" in room.apart.queue_sheet.summary.text()

        joins = Options(
            server=server.url,
            token_file=Path(server.token_file),
            profile="laptop",
            theme="dark",
        )
        with opened_room(qapp, joins) as second:
            _says(qtbot, room, SyncKind.LIVE)
            _says(qtbot, second, SyncKind.LIVE)
            assert "has everything" in room.apart.queue_sheet.summary.text()
        _says(qtbot, room, SyncKind.LOCAL_ONLY)


def test_who_wrote_with_it_has_what_is_written_also_when_they_are_gone(
    qtbot: QtBot, tmp_path: Path, open_own_room: OpenOwnRoom
) -> None:
    with open_own_room() as room:
        server = _until_alone(qtbot, room)

        url, token = target(server.url, Path(server.token_file))
        incident = newest_incident(url, token)
        with onlookers(url, token, incident, ["tom"], tmp_path) as (tom,):
            tom.write(Draft(fact=NoteWritten(text="pool is full")))
            _says(qtbot, room, SyncKind.LIVE)
        log_line(qtbot, room, "cache warmed")
        qtbot.waitUntil(lambda: room.state.timeline[-1].text == "cache warmed", timeout=WITHIN_MS)

        assert room.sync.kind is SyncKind.LIVE
    with open_own_room() as again:  # and after the console was closed
        _says(qtbot, again, SyncKind.LIVE)


@pytest.mark.usefixtures("stays_down")
@pytest.mark.parametrize("words", [(), ("--exercise",)])
def test_when_its_own_server_is_gone_it_is_offline(
    qtbot: QtBot, open_own_room: OpenOwnRoom, words: tuple[str, ...]
) -> None:
    calm = SyncKind.SANDBOX if words else SyncKind.LOCAL_ONLY
    with open_own_room() as room:
        _until_declared(qtbot, room, *words)
        _says(qtbot, room, calm)

        os.kill(_own_server(), signal.SIGKILL)  # as a crash ends it

        _says(qtbot, room, SyncKind.OFFLINE)


def test_an_exercise_is_a_sandbox_on_every_console_and_at_every_moment(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    def shows(room: Room) -> Callable[[], bool]:
        return lambda: "Sync Sandbox" in room.view.header.accessibleDescription()

    with serve(tmp_path / "server") as server:
        say("declare", "Checkout drill", "--exercise", server=server)
        with open_room(server, "priya") as priya, open_room(server, "tom") as tom:
            for room in (priya, tom):
                _says(qtbot, room, SyncKind.SANDBOX)
                qtbot.waitUntil(shows(room), timeout=WITHIN_MS)
                banner = room.view.banner.banner
                assert banner is not None
                assert banner.kind is BannerKind.EXERCISE
            log_line(qtbot, priya, "pool is full")
            qtbot.waitUntil(
                lambda: tom.state.timeline[-1].text == "pool is full", timeout=WITHIN_MS
            )

            first = tom.state.timeline[0].recorded_at
            tom.view.body.timeline.travel.seek(first)
            qtbot.waitUntil(lambda: tom._clock.viewed is not None, timeout=WITHIN_MS)
            assert shows(tom)()
            tom.view.body.timeline.travel.go_live()

            server.kill()
            _says(qtbot, priya, SyncKind.OFFLINE)
            with serve(tmp_path / "server", port=server.port):
                _says(qtbot, priya, SyncKind.SANDBOX)


def test_the_demo_whose_cast_writes_from_other_devices_says_live(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))
    with opened_room(qapp, Options(profile="demo", story=STORY, theme="dark")) as room:
        qtbot.waitUntil(lambda: room.state.situation.number == "INC-2417", timeout=WITHIN_MS)

        _says(qtbot, room, SyncKind.LIVE)


def test_a_console_that_closes_waits_for_its_own_server_to_end(
    qtbot: QtBot, open_own_room: OpenOwnRoom
) -> None:
    with open_own_room() as room:
        _until_alone(qtbot, room)
        server = _own_server()

    assert not Path(f"/proc/{server}").exists()
