"""The question about a log of a newer version, and what the window says afterwards."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.newer_sheet import QUESTION, NewerSheet
from app.views.times import TimeDisplay
from app.views.viewing import GO_LIVE, kept_banner
from tests.views.checkout_incident import NOW, checkout_state


@pytest.fixture
def sheet(view: CommanderView, desk: Desk) -> NewerSheet:
    sheet = NewerSheet(desk, view)
    sheet.ask("Nothing is changed.", "To write again, install the newer version.")
    return sheet


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_enter_and_escape_open_read_only_which_changes_nothing(
    qtbot: QtBot, sheet: NewerSheet, key: Qt.Key
) -> None:
    with qtbot.waitSignal(sheet.open_chosen):
        qtbot.keyClick(sheet.open_button, key)

    assert not sheet.isVisible()


def test_enter_on_close_closes_and_other_keys_do_nothing(qtbot: QtBot, sheet: NewerSheet) -> None:
    sheet.window().activateWindow()
    sheet.close_button.setFocus()
    qtbot.waitUntil(sheet.close_button.hasFocus)

    qtbot.keyClick(sheet.close_button, Qt.Key.Key_C)
    assert sheet.isVisible()
    with qtbot.waitSignal(sheet.close_chosen):
        qtbot.keyClick(sheet.close_button, Qt.Key.Key_Return)


def test_a_screen_reader_hears_the_question_and_what_it_means(sheet: NewerSheet) -> None:
    assert sheet.accessibleName() == QUESTION
    assert sheet.accessibleDescription() == (
        "Nothing is changed. To write again, install the newer version."
    )


def test_the_banner_says_why_and_how_far_before_the_end_one_looks() -> None:
    times = TimeDisplay(UTC)

    at_end = kept_banner(NOW, NOW, times)
    before = kept_banner(NOW - timedelta(minutes=7, seconds=14), NOW, times)

    assert f"as kept at {NOW:%Y-%m-%d %H:%M:%S} UTC" in at_end.text
    assert not at_end.button
    assert "7 min 14 s before its end" in before.text
    assert before.intent == GO_LIVE


def test_a_log_that_is_only_read_offers_nothing_that_writes(
    view: CommanderView, desk: Desk
) -> None:
    desk.clock.end_at(NOW)
    view.show_state(checkout_state())
    view.show_sync(SyncStatus(kind=SyncKind.READ_ONLY, since=NOW, as_of=NOW))

    card = view.body.decisions.card
    assert view.body.timeline.model.rowCount()
    assert card.decision is not None
    buttons = (card.go, card.no_go, card.third, view.body.freeze.button)
    assert not [one for one in (*buttons, view.body.update_panel.button) if one.isVisibleTo(view)]
    assert "Verbal poll" not in card.accessibleName()
    assert "nothing can be logged" in view.capture._note()
