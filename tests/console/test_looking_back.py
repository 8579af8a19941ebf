"""A room at a real server goes back in time, and comes back to what happened meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.state import IncidentState
from app.views.service_map.canvas import MapCanvas
from tests.console.rooms import WITHIN_MS, OpenRoom, charted_room, log_line
from tests.e2e.programs import say, serve

pytestmark = pytest.mark.real

CALLS = "caller,callee\nweb,checkout\ncheckout,payments\n"
CONTROL = Qt.KeyboardModifier.ControlModifier


def _log(qtbot: QtBot, room: Room, line: str) -> None:
    known = room.state.position
    log_line(qtbot, room, line)
    qtbot.waitUntil(lambda: room.state.position > known, timeout=WITHIN_MS)


def _step_back(qtbot: QtBot, room: Room) -> IncidentState:
    """Go back by one event; the state that shows then."""
    before = _viewed(room)
    qtbot.keyClick(room.view.body.timeline.list, Qt.Key.Key_Left, CONTROL)
    qtbot.waitUntil(lambda: _viewed(room) != before, timeout=WITHIN_MS)
    return room.view._state


def _viewed(room: Room) -> datetime | None:
    return room._clock.viewed


def test_one_key_goes_back_event_by_event_through_what_this_console_showed(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            lived: dict[int, IncidentState] = {}
            for line in ("pool is full", "/d roll back checkout", "/a restart web @priya"):
                _log(qtbot, room, line)
                qtbot.waitUntil(lambda: not room.state.pending, timeout=WITHIN_MS)
                lived[room.state.position] = room.state
            room.view.focus_panel(4)

            seen = [_step_back(qtbot, room) for _ in range(3)]

            positions = [one.position for one in seen]
            assert positions == sorted(positions, reverse=True)
            compared = [one for one in seen if one.position in lived]
            assert compared
            assert all(one == lived[one.position] for one in compared)
            verbs = ("Page", "Request", "Decide", "No-go", "Open poll", "Review", "Rule")
            buttons = room.view.findChildren(QPushButton)
            left = [one.text() for one in buttons if one.isVisible()]
            assert not [text for text in left if text.startswith(verbs)]


def test_what_is_logged_while_looking_back_is_of_now_and_moves_nothing(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            _log(qtbot, room, "pool is full")
            view, rows = room.view, room.view.body.timeline.list
            view.focus_panel(4)
            shown = _step_back(qtbot, room)
            moment, known = _viewed(room), len(room.state.timeline)

            _log(qtbot, room, "seen from the past")

            assert _viewed(room) == moment
            assert view._state is shown
            assert view.banner.banner is not None
            assert view.banner.banner.text.startswith("Viewing ")
            assert "1 new." in view.banner.banner.text
            logged = room.state.timeline[-1]
            assert logged.text == "seen from the past"
            assert abs(logged.at - room._clock.live()) < timedelta(minutes=1)

            view.focus_panel(4)
            qtbot.keyClick(rows, Qt.Key.Key_End)

            assert _viewed(room) is None
            assert view.banner.banner is None
            assert view._state is room.state
            assert len(room.state.timeline) == known + 1


def test_an_answer_that_comes_after_the_return_is_dropped(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            _log(qtbot, room, "pool is full")
            room.view.focus_panel(4)
            with qtbot.waitSignal(room._bridge.looked, timeout=WITHIN_MS):
                qtbot.keyClick(room.view.body.timeline.list, Qt.Key.Key_Home)
                qtbot.keyClick(room.view.body.timeline.list, Qt.Key.Key_End)
            qtbot.wait(0)

            assert _viewed(room) is None


def test_a_moment_of_the_past_shows_who_was_suspected_then(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with charted_room(qtbot, tmp_path, open_room, CALLS) as (room, canvas, tom):
        tom.write(Draft(fact=HealthChanged(service="payments", health=Health.FAILING)))
        qtbot.waitUntil(lambda: len(room.state.signals.services) == 1, timeout=WITHIN_MS)
        tom.write(Draft(fact=HealthChanged(service="checkout", health=Health.FAILING)))
        qtbot.waitUntil(lambda: _suspects(canvas) >= {"payments", "checkout"}, timeout=WITHIN_MS)
        room.view.focus_panel(4)

        past = _step_back(qtbot, room)
        while len(past.signals.services) > 1:
            past = _step_back(qtbot, room)

        assert [one.service for one in past.signals.services] == ["payments"]
        qtbot.waitUntil(lambda: _suspects(canvas) == {"payments"}, timeout=WITHIN_MS)
        room.view.body.timeline.travel.go_live()
        qtbot.waitUntil(lambda: _suspects(canvas) >= {"payments", "checkout"}, timeout=WITHIN_MS)


def _suspects(canvas: MapCanvas) -> set[str]:
    picture = canvas.stage.picture
    return set() if picture is None else {one.service_id for one in picture.suspicions}
