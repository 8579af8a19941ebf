"""What a console says of a server that answers for less than everything."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import ORGANISATION_LOG
from app.protocol.sync_status import SyncKind
from app.views.freeze_panel import NOT_REACHABLE
from app.views.roster_panel import DIRECTORY_NOT_REACHABLE
from tests.console.one_log_out import relayed
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import RunningServer, say, serve

pytestmark = pytest.mark.real

CONTROL = Qt.KeyboardModifier.ControlModifier


def _over_roster(room: Room) -> str:
    return room.view.body.roster.trouble.text


def _over_freeze(room: Room) -> str:
    return room.view.body.freeze.trouble.text


def _ask_gate(server: RunningServer) -> None:
    """A pipeline with a token of its own asks whether it may deploy."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        owner = {"Authorization": f"Bearer {server.token}"}
        issued = client.post("/v1/tokens", headers=owner, json={"actor": "integration:ci"})
        pipeline = {"Authorization": f"Bearer {issued.json()['token']}"}
        answer = client.get("/v1/deploy-gate", headers=pipeline, params={"service": "checkout"})
        assert answer.status_code == 200, answer.text


def test_where_only_the_organisation_is_out_of_reach_the_roster_says_so_until_it_is_back(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.console.directory_watch.UNREACHABLE_AFTER", timedelta(seconds=1))
    with serve(tmp_path / "server") as server, relayed(server) as (relay, through):
        say("declare", "Checkout failing", server=server)
        with open_room(through, "priya") as room:
            directory = room._progress
            qtbot.waitUntil(lambda: directory["organisation"].is_connected, timeout=WITHIN_MS)
            assert _over_roster(room) == ""

            relay.refused = ORGANISATION_LOG
            qtbot.waitUntil(
                lambda: _over_roster(room) == DIRECTORY_NOT_REACHABLE, timeout=WITHIN_MS
            )
            assert room.sync.kind is SyncKind.LIVE
            log_line(qtbot, room, "the incident goes on")
            qtbot.waitUntil(
                lambda: (
                    room.state.timeline[-1].text == "the incident goes on"
                    and not room.state.pending
                ),
                timeout=WITHIN_MS,
            )

            relay.refused = ""
            room.worker.try_at_once()
            qtbot.waitUntil(lambda: _over_roster(room) == "", timeout=WITHIN_MS)


def test_offline_altogether_the_roster_says_nothing_of_the_directory(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            said: list[str] = []
            room._clock.ticked.connect(lambda: said.append(_over_roster(room)))
            server.kill()
            qtbot.waitUntil(lambda: room.sync.is_offline, timeout=WITHIN_MS)
            so_far = len(said)
            qtbot.waitUntil(lambda: len(said) >= so_far + 3, timeout=WITHIN_MS)

            assert set(said) <= {""}


def test_a_freeze_is_called_a_notice_until_a_pipeline_asks_the_gate(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            assert _over_freeze(room) == ""
            log_line(qtbot, room, "/r ic @me")
            qtbot.waitUntil(lambda: room.state.commander is not None, timeout=WITHIN_MS)
            log_line(qtbot, room, "/f full prod-eu +2h")
            qtbot.waitUntil(lambda: _over_freeze(room) == NOT_REACHABLE, timeout=WITHIN_MS)

            _ask_gate(server)
            qtbot.waitUntil(lambda: _over_freeze(room) == "", timeout=WITHIN_MS)

        with open_room(server, "priya") as again:
            qtbot.waitUntil(lambda: bool(again.state.freeze.freezes), timeout=WITHIN_MS)
            qtbot.waitUntil(
                lambda: again._progress["organisation"].is_connected, timeout=WITHIN_MS
            )
            assert _over_freeze(again) == ""


def test_alone_one_takes_command_with_the_line_that_the_roster_names(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            roster = room.view.body.roster.list
            alone = "You are the only one here. /r ic @you takes command."
            qtbot.waitUntil(lambda: roster.accessibleDescription() == alone, timeout=WITHIN_MS)

            log_line(qtbot, room, "/r ic @you")

            qtbot.waitUntil(lambda: room.state.commander is not None, timeout=WITHIN_MS)
            assert room.state.commander is not None
            assert room.state.commander.person == "priya"
            assert "you" not in room.state.timeline[-1].text.split()


def test_control_u_starts_a_draft_and_then_reviews_it(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            panel, field = room.view.body.update_panel, room.view.capture.field
            assert panel.box.accessibleDescription() == "No draft. Ctrl+U starts one."
            room.window.activateWindow()
            field.setFocus()

            qtbot.keyClick(field, Qt.Key.Key_U, CONTROL)
            qtbot.keyClicks(field, "We are rolling back %status-page")
            qtbot.keyClick(field, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: bool(room.state.updates.drafts), timeout=WITHIN_MS)
            assert panel.box.accessibleDescription() == "We are rolling back"

            qtbot.keyClick(field, Qt.Key.Key_U, CONTROL)
            assert room.view.update_sheet.isVisible()
