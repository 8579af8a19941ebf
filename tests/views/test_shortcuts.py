"""The window's shortcuts work from the capture field too, where most of the typing is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.capture.subjects import update_words
from app.incident.kinds.decisions import Verdict
from app.incident.state import IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.banner import BannerKind, standing_banner
from app.views.commander_view import CommanderView
from app.views.intentions import AndThen
from tests.views.checkout_incident import LogWriter

CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def typing(qtbot: QtBot, view: CommanderView) -> CommanderView:
    """The view with the keyboard in the capture field."""
    view.activateWindow()
    view.capture.field.setFocus()
    qtbot.waitUntil(view.capture.field.hasFocus)
    return view


@pytest.mark.parametrize(
    ("key", "modifiers", "line"),
    [
        (Qt.Key.Key_D, CONTROL, "/d "),
        (Qt.Key.Key_A, CONTROL_SHIFT, "/a "),
        (Qt.Key.Key_F, CONTROL_SHIFT, "/ex "),
    ],
)
def test_a_command_key_begins_its_line(
    qtbot: QtBot,
    typing: CommanderView,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    line: str,
) -> None:
    qtbot.keyClick(typing.capture.field, key, modifiers)

    assert typing.capture.field.line == line


def test_a_number_key_leaves_the_field_for_its_panel(qtbot: QtBot, typing: CommanderView) -> None:
    qtbot.keyClick(typing.capture.field, Qt.Key.Key_4, CONTROL)

    assert typing.focusWidget() is typing.body.timeline.list


def test_the_update_key_opens_the_sheet(qtbot: QtBot, typing: CommanderView) -> None:
    qtbot.keyClick(typing.capture.field, Qt.Key.Key_U, CONTROL)

    assert typing.update_sheet.isVisible()


def test_without_a_draft_the_update_key_starts_one(
    qtbot: QtBot, typing: CommanderView, state: IncidentState
) -> None:
    panel = typing.body.update_panel
    without = replace(state, updates=replace(state.updates, drafts=()))
    typing.show_state(without)
    assert panel.box.accessibleDescription() == "No draft. Ctrl+U starts one."

    qtbot.keyClick(typing.capture.field, Qt.Key.Key_U, CONTROL)

    assert not typing.update_sheet.isVisible()
    assert typing.capture.field.line == "/u "
    qtbot.keyClicks(typing.capture.field, "we are rolling back")
    with qtbot.waitSignal(typing.line_logged) as logged:
        qtbot.keyClick(typing.capture.field, Qt.Key.Key_Return)
    assert logged.args is not None
    assert update_words(logged.args[0].entry) == "we are rolling back"


@pytest.mark.parametrize("is_offline", [False, True])
def test_without_a_draft_the_button_starts_one(
    qtbot: QtBot, typing: CommanderView, state: IncidentState, is_offline: bool
) -> None:
    panel = typing.body.update_panel
    kind = SyncKind.OFFLINE if is_offline else SyncKind.LIVE
    typing.show_sync(SyncStatus(kind=kind))
    typing.show_state(replace(state, updates=replace(state.updates, drafts=())))

    assert panel.button.accessibleName().startswith("Start draft")
    panel.button.click()

    assert typing.capture.field.line == "/u "


def test_control_enter_decides_with_an_empty_field_and_logs_with_a_line(
    qtbot: QtBot, typing: CommanderView
) -> None:
    field = typing.capture.field
    with qtbot.waitSignal(typing.decide_requested) as decided:
        qtbot.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert decided.args is not None
    assert decided.args[1] is Verdict.GO

    qtbot.keyClicks(field, "/d restart order ")
    with (
        qtbot.waitSignal(typing.line_logged) as logged,
        qtbot.assertNotEmitted(typing.decide_requested),
    ):
        qtbot.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert logged.args is not None
    assert logged.args[0].and_then is AndThen.DECIDE_GO


def test_a_slash_in_the_line_is_only_a_slash(qtbot: QtBot, typing: CommanderView) -> None:
    qtbot.keyClicks(typing.capture.field, "and/or")

    assert typing.capture.field.line == "and/or"


def test_a_slash_anywhere_else_begins_a_line(qtbot: QtBot, typing: CommanderView) -> None:
    typing.body.roster.list.setFocus()

    qtbot.keyClick(typing.body.roster.list, Qt.Key.Key_Slash)

    assert typing.capture.field.line == "/"
    assert typing.capture.field.hasFocus()


def test_an_exercise_says_so_above_everything() -> None:
    from app.incident.kinds.situation import IncidentDeclared
    from app.incident.replay import replay

    writer = LogWriter()
    declared = IncidentDeclared(number="INC-1", title="Drill", severity=2, is_exercise=True)
    writer.add("14:00", "priya", declared)

    banner = standing_banner(replay(writer.log))

    assert banner is not None
    assert banner.kind is BannerKind.EXERCISE
