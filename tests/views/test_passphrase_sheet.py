"""The passphrase sheet: what may be chosen, what is said about it, and that it forgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.passphrase_sheet import PassphraseSheet

SHORTEST = 12
GOOD = "correct horse battery"


@pytest.fixture
def sheet(desk: Desk, view: CommanderView) -> PassphraseSheet:
    """A sheet that was not asked yet."""
    return PassphraseSheet(desk, view, SHORTEST)


def test_a_new_passphrase_counts_once_it_is_long_enough_and_typed_twice_the_same(
    sheet: PassphraseSheet, qtbot: QtBot
) -> None:
    sheet.offer_choice()
    usable = []
    for field, typed in (
        (sheet.first, GOOD[: SHORTEST - 1]),
        (sheet.first, GOOD[SHORTEST - 1 :]),
        (sheet.second, GOOD[:-1]),
        (sheet.second, GOOD[-1]),
        (sheet.second, "x"),
    ):
        qtbot.keyClicks(field, typed)
        usable.append((sheet.answer.isEnabled(), sheet.trouble.text()))

    assert usable == [
        (False, "12 characters or more. Four words are easy to remember."),
        (False, ""),
        (False, ""),
        (True, ""),
        (False, "The two are not the same."),
    ]


def test_enter_goes_from_field_to_field_and_then_gives_the_choice(
    sheet: PassphraseSheet, qtbot: QtBot
) -> None:
    sheet.offer_choice()
    qtbot.keyClicks(sheet.first, GOOD)
    qtbot.keyClick(sheet.first, Qt.Key.Key_Return)
    qtbot.keyClicks(sheet.second, GOOD)

    with qtbot.waitSignal(sheet.given) as given:
        qtbot.keyClick(sheet.second, Qt.Key.Key_Return)

    assert given.args == [GOOD]
    assert not sheet.isVisible()


def test_enter_gives_nothing_that_may_not_be_chosen(sheet: PassphraseSheet, qtbot: QtBot) -> None:
    sheet.offer_choice()
    qtbot.keyClicks(sheet.second, GOOD)

    with qtbot.assertNotEmitted(sheet.given):
        qtbot.keyClick(sheet.second, Qt.Key.Key_Return)

    assert sheet.isVisible()


def test_escape_does_without_a_new_passphrase(sheet: PassphraseSheet, qtbot: QtBot) -> None:
    sheet.offer_choice()

    with qtbot.waitSignal(sheet.given) as given:
        qtbot.keyClick(sheet.first, Qt.Key.Key_Escape)

    assert given.args == [""]


def test_escape_leaves_a_profile_closed(sheet: PassphraseSheet, qtbot: QtBot) -> None:
    sheet.ask_for("priya", is_again=False)

    with qtbot.waitSignal(sheet.left), qtbot.assertNotEmitted(sheet.given):
        qtbot.keyClick(sheet.first, Qt.Key.Key_Escape)


def test_what_was_typed_is_hidden_and_forgotten_when_it_was_given(
    sheet: PassphraseSheet, qtbot: QtBot
) -> None:
    sheet.ask_for("priya", is_again=False)
    qtbot.keyClicks(sheet.first, GOOD)
    assert sheet.first.echoMode() is QLineEdit.EchoMode.Password

    qtbot.keyClick(sheet.first, Qt.Key.Key_Return)

    assert (sheet.first.text(), sheet.second.text()) == ("", "")
