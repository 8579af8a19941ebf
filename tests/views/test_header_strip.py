"""The header strip gives every value the room it needs."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.typography import TypeStyle
from tests.views.checkout_incident import at


def test_an_update_that_is_hours_away_is_said_whole(
    qtbot: QtBot, view: CommanderView, desk: Desk, clock: FrozenClock
) -> None:
    short = view.header.cell_rect("update").width()

    clock.show(at("11:30"))

    assert "Next update 03:13:13" in view.header.accessibleDescription()
    room = view.header.cell_rect("update").width()
    assert room > short
    assert room >= desk.theme.width("03:13:13", TypeStyle.DISPLAY)
