"""The map in a running console, by the keyboard alone: what if, what next, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.kinds.situation import Phase
from app.views.map_answers import MapAnswers
from app.views.service_map.canvas import MapCanvas
from tests.console.rooms import WITHIN_MS, OpenRoom, charted_room, log_line

pytestmark = pytest.mark.real

CALLS = "caller,callee\nweb,checkout\ncheckout,payments\npayments,ledger\n"


def _press(key: Qt.Key) -> None:
    """A key to whatever has the keyboard, as a person would press it."""
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key)


def _answers(room: Room) -> MapAnswers:
    found = room.view.findChild(MapAnswers)
    assert found is not None
    return found


def _texts(room: Room) -> list[str]:
    answers = _answers(room)
    sheet = answers.sheet if answers.sheet.isVisible() else answers.pages
    return [row.text for row in sheet.model.rows]


def _tab_to(qtbot: QtBot, words: str) -> None:
    for _ in range(20):
        focused = QApplication.focusWidget()
        if getattr(focused, "text", lambda: "")() == words:
            return
        _press(Qt.Key.Key_Tab)
        qtbot.wait(10)
    raise AssertionError(f"{words!r} cannot be reached with the Tab key")


def _ask_what_if(qtbot: QtBot, room: Room, canvas: MapCanvas) -> None:
    canvas.setFocus()
    canvas.select("payments")
    _press(Qt.Key.Key_Return)
    assert _answers(room).sheet.isVisible()
    _tab_to(qtbot, "What if it fails")
    _press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: _texts(room)[0].startswith("What if payments"), timeout=WITHIN_MS)
    assert "not an observation" in _texts(room)[0]
    assert any(one.startswith("checkout may be failing") for one in _texts(room))
    assert any(one.startswith("Would cut it: ") for one in _texts(room))
    _press(Qt.Key.Key_Escape)
    assert not _answers(room).sheet.isVisible()
    assert QApplication.focusWidget() is canvas


def _resolve(qtbot: QtBot, room: Room, line: str, holds: Callable[[], bool]) -> None:
    log_line(qtbot, room, line)
    qtbot.waitUntil(holds, timeout=WITHIN_MS)


def test_what_if_what_next_and_the_guard_of_resolving_by_keyboard_alone(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with charted_room(qtbot, tmp_path, open_room, CALLS) as (room, canvas, tom):
        _ask_what_if(qtbot, room, canvas)

        tom.write(Draft(fact=HealthChanged(service="ledger", health=Health.FAILING)))
        qtbot.waitUntil(lambda: bool(room.state.signals.services), timeout=WITHIN_MS)
        _press(Qt.Key.Key_W)
        qtbot.waitUntil(
            lambda: any(one.startswith("payments may be failing") for one in _texts(room)),
            timeout=WITHIN_MS,
        )
        _press(Qt.Key.Key_Escape)

        told = room.view.capture.parse_line
        guard = "ledger is still failing."
        _resolve(qtbot, room, "/s resolved", lambda: told.message.startswith(guard))
        situation = room.state.situation
        assert situation.phase is not Phase.RESOLVED
        line = "/s resolved because traffic moved away"
        _resolve(qtbot, room, line, lambda: room.state.situation.phase is Phase.RESOLVED)
