"""The header strip gives every value the room it needs."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.header_cells import sync_cell
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


@pytest.mark.parametrize("width", [1024, 1280, 1600])
@pytest.mark.parametrize("kind", SyncKind)
def test_every_sync_state_is_said_whole_in_every_window(
    view: CommanderView, desk: Desk, kind: SyncKind, width: int
) -> None:
    view.resize(width, 700)
    status = SyncStatus(kind=kind, queued=123, reading=4_567, behind_seconds=48.0, to_settle=12)

    view.show_sync(status)

    icon = desk.theme.px(20)
    words = desk.theme.width(sync_cell(status, desk.clock.now()).value, TypeStyle.STRONG)
    assert view.header.cell_rect("sync").width() >= words + icon
