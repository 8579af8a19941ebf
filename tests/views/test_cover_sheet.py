"""Sheets in the middle of the window: they cover all of it, and give the keyboard back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.incident.contested import contested
from app.incident.projections.reporting import DraftUpdate
from app.views.commander_view import CommanderView
from app.views.cover_sheet import CoverSheet
from app.views.desk import Desk
from app.views.newer_sheet import NewerSheet
from app.views.settle_sheet import SettleSheet
from tests.views.checkout_apart import contested_state
from tests.views.checkout_incident import at


def _keyboard_map(view: CommanderView, _desk: Desk) -> CoverSheet:
    view.keyboard_map.toggle()
    return view.keyboard_map


def _update(view: CommanderView, _desk: Desk) -> CoverSheet:
    draft = DraftUpdate(audience="Customers", text="We are on it.", drafted_at=at("14:30"))
    view.update_sheet.review((draft,))
    return view.update_sheet


def _settle(view: CommanderView, desk: Desk) -> CoverSheet:
    sheet = SettleSheet(desk, view)
    sheet.show_matters(contested(contested_state(), desk.times.zone), {})
    sheet.open()
    return sheet


def _newer(view: CommanderView, desk: Desk) -> CoverSheet:
    sheet = NewerSheet(desk, view)
    sheet.ask("Nothing is changed.", "To write again, install the newer version.")
    return sheet


OPENED = pytest.mark.parametrize("opened", [_keyboard_map, _update, _settle, _newer])
Opened = Callable[[CommanderView, Desk], CoverSheet]


@OPENED
def test_a_sheet_goes_on_covering_a_window_that_changes_its_size(
    qtbot: QtBot, view: CommanderView, desk: Desk, opened: Opened
) -> None:
    sheet = opened(view, desk)

    view.resize(1200, 720)

    qtbot.waitUntil(lambda: sheet.geometry() == view.rect())
    around = view.rect().toRectF()
    assert around.contains(sheet.sheet)
    assert sheet.sheet.center() == around.center()


@OPENED
def test_escape_closes_a_sheet_and_gives_the_keyboard_back(
    qtbot: QtBot, view: CommanderView, desk: Desk, opened: Opened
) -> None:
    before = view.body.work.list
    before.setFocus()
    sheet = opened(view, desk)
    assert view.focusWidget() is not before

    qtbot.keyClick(sheet, Qt.Key.Key_Escape)

    assert not sheet.isVisible()
    assert view.focusWidget() is before
