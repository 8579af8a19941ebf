"""The settle sheet: versions side by side, one key to choose, and a reason for who must wait."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.incident.contested import Contested, Matter, contested
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.settle_sheet import SettleSheet, reason_to_wait
from tests.views.checkout_apart import contested_state


@pytest.fixture
def matters(desk: Desk) -> tuple[Contested, ...]:
    """A scribe named twice, and D-7 decided two ways."""
    return contested(contested_state(), desk.times.zone)


@pytest.fixture
def names(matters: tuple[Contested, ...]) -> dict[str, str]:
    """The names of all who settle."""
    state = contested_state()
    return {one: state.name_of(one) for matter in matters for one in matter.settlers}


@pytest.fixture
def sheet(
    desk: Desk, view: CommanderView, matters: tuple[Contested, ...], names: dict[str, str]
) -> SettleSheet:
    """An open settle sheet, with Priya in command."""
    sheet = SettleSheet(desk, view)
    sheet.show_matters(matters, names)
    sheet.open()
    return sheet


def test_both_versions_stand_side_by_side_with_author_and_time(sheet: SettleSheet) -> None:
    _, verdicts = sheet.cards
    shown = [(one.text.text(), one.author.text()) for one in verdicts.versions]

    assert shown == [("Go", "Priya Raman 14:38:50"), ("No-go", "Tom Okafor 14:38:58")]


def test_a_digit_chooses_a_version_of_the_current_matter(
    sheet: SettleSheet, matters: tuple[Contested, ...], qtbot: QtBot
) -> None:
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    with qtbot.waitSignal(sheet.chosen) as chosen:
        qtbot.keyClick(sheet, Qt.Key.Key_2)

    assert matters[1].matter is Matter.VERDICT
    assert chosen.args == [matters[1], matters[1].choices[1].key]


def test_who_does_not_settle_reads_the_reason_and_can_choose_nothing(
    desk: Desk,
    sheet: SettleSheet,
    matters: tuple[Contested, ...],
    names: dict[str, str],
    qtbot: QtBot,
) -> None:
    sheet.dismiss()
    desk.me = "jae"
    sheet.open()

    assert sheet.cards[1].reason == "This is for Priya Raman to settle."
    assert not any(one.button.isVisible() for one in sheet.cards[1].versions)
    with qtbot.assertNotEmitted(sheet.chosen):
        qtbot.keyClick(sheet, Qt.Key.Key_1)
    assert reason_to_wait(matters[0], "priya", names) == ""


def test_the_sheet_closes_when_nothing_is_left_to_settle(sheet: SettleSheet) -> None:
    sheet.show_matters((), {})

    assert not sheet.isVisible()
