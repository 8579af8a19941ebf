"""The queue sheet by keyboard alone: what it lists and what it asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.queue_sheet import QueueSheet
from tests.views.checkout_apart import queue_rows

SUMMARY = "Offline since 14:36. Keep working. Everything is saved on this device."


@pytest.fixture
def sheet(desk: Desk, view: CommanderView) -> QueueSheet:
    """An open queue sheet over the commander view."""
    sheet = QueueSheet(desk, view)
    sheet.show_queue(queue_rows(), SUMMARY, 0)
    sheet.open()
    return sheet


def test_the_sheet_counts_what_is_in_it(sheet: QueueSheet) -> None:
    assert sheet.counts.text() == "2 waiting, 1 sent, 1 refused"
    assert sheet.summary.text() == SUMMARY
    assert sheet.model.sentence(queue_rows()[0]).endswith("log it in parts.")


def test_the_sheet_takes_the_keyboard_and_gives_it_back(
    view: CommanderView, sheet: QueueSheet, qtbot: QtBot
) -> None:
    sheet.dismiss()
    view.capture.field.setFocus()
    sheet.open()
    assert sheet.list.hasFocus()

    qtbot.keyClick(sheet.list, Qt.Key.Key_Escape)

    assert not sheet.isVisible()
    assert view.capture.field.hasFocus()


def test_a_letter_copies_the_words_of_the_event(sheet: QueueSheet, qtbot: QtBot) -> None:
    qtbot.keyClick(sheet.list, Qt.Key.Key_Down)
    qtbot.keyClick(sheet.list, Qt.Key.Key_C)

    assert QGuiApplication.clipboard().text() == queue_rows()[1].text


def test_letters_ask_for_export_and_import(sheet: QueueSheet, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sheet.export_requested):
        qtbot.keyClick(sheet.list, Qt.Key.Key_E)
    with qtbot.waitSignal(sheet.import_requested):
        qtbot.keyClick(sheet.list, Qt.Key.Key_I)


def test_only_what_logging_again_helps_can_be_logged_again(
    sheet: QueueSheet, qtbot: QtBot
) -> None:
    assert not sheet.repeat.isEnabled()
    with qtbot.assertNotEmitted(sheet.repeat_requested):
        qtbot.keyClick(sheet.list, Qt.Key.Key_A)


def test_nothing_waiting_can_be_exported(desk: Desk, sheet: QueueSheet) -> None:
    sheet.show_queue((), "The server has everything that was logged here.", 0)

    assert sheet.counts.text() == "nothing waits"
    assert not sheet.export.isEnabled()


def test_what_is_to_settle_is_one_key_away(sheet: QueueSheet, qtbot: QtBot) -> None:
    sheet.show_queue(queue_rows(), SUMMARY, 2)

    with qtbot.waitSignal(sheet.settle_requested):
        qtbot.keyClick(sheet.list, Qt.Key.Key_S)
    assert sheet.settle.text() == "Settle 2"
