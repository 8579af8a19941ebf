"""A real room at a real server, left and opened again: what others logged meanwhile is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.decisions import DecisionProposed
from app.incident.kinds.work import NoteWritten
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve
from tests.scenarios.onlooker import newest_incident, onlookers

pytestmark = pytest.mark.real


def _attend(qtbot: QtBot, room: Room) -> None:
    """Look at the window until all of the log that shows counts as seen."""
    room.window.activateWindow()

    def has_seen() -> bool:
        attendance = room.away._attendance
        return attendance is not None and attendance.seen.position == room.state.position

    qtbot.waitUntil(has_seen, timeout=WITHIN_MS)


def test_what_was_seen_outlasts_the_console_and_the_next_one_offers_the_rest(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        incident = newest_incident(server.url, server.token)
        with onlookers(server.url, server.token, incident, ("tom",), tmp_path) as (tom,):
            # given a console that has seen everything, and is closed
            with open_room(server) as room:
                _attend(qtbot, room)
                room.view.capture.tell("")

            # when somebody else goes on
            tom.write(Draft(fact=DecisionProposed(title="roll back checkout")))
            tom.write(Draft(fact=NoteWritten(text="pool is full")))
            qtbot.waitUntil(
                lambda: any(
                    row.text == "pool is full" and not row.is_pending for row in tom.state.timeline
                ),
                timeout=WITHIN_MS,
            )

            # then the next console offers that, and F3 tells it
            with open_room(server) as room:
                room.window.activateWindow()
                qtbot.waitUntil(
                    lambda: room.view.capture.parse_line.message.endswith(
                        ": 1 decision, 2 entries. F3 reads them."
                    ),
                    timeout=WITHIN_MS,
                )
                qtbot.keyClick(room.view, Qt.Key.Key_F3)
                qtbot.waitUntil(room.away.sheet.isVisible, timeout=WITHIN_MS)
                texts = [row.text for row in room.away.sheet.model.rows]
                assert any(text.endswith("D-1 proposed: roll back checkout") for text in texts)
                assert "1 other entry" in texts
