"""What does not work is said over the panel it concerns, and only there and then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.incident.enforcement import SILENT_AFTER
from app.incident.state import IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.freeze_panel import FreezePanel
from app.views.trouble_line import TroubleLine
from tests.views.checkout_incident import NOW

NOTICE = "Deploy system not reachable. This freeze is a notice, not a lock."


@pytest.fixture
def unasked(state: IncidentState) -> IncidentState:
    """The checkout incident, frozen, of which no deploy system has said a word."""
    return replace(state, freeze=replace(state.freeze, changes=()))


@pytest.fixture
def panel(view: CommanderView, unasked: IncidentState) -> FreezePanel:
    """The freeze panel that shows it; the gate is not heard of yet."""
    view.show_state(unasked)
    return view.body.freeze


def test_before_the_server_was_heard_nothing_is_said_of_the_gate(panel: FreezePanel) -> None:
    assert panel.trouble.text == ""


def test_a_freeze_that_no_pipeline_asks_for_is_called_a_notice(panel: FreezePanel) -> None:
    panel.show_gate(None, is_known=True)

    assert panel.trouble.text == panel.trouble.accessibleName() == NOTICE
    assert panel.trouble.isVisible()


def test_a_pipeline_that_asks_takes_the_sentence_away(panel: FreezePanel) -> None:
    panel.show_gate(None, is_known=True)
    panel.show_gate(NOW - timedelta(hours=1), is_known=True)

    assert not panel.trouble.isVisible()


def test_a_day_after_the_last_question_the_sentence_comes_with_the_clock(
    panel: FreezePanel, clock: FrozenClock
) -> None:
    panel.show_gate(NOW, is_known=True)
    clock.show(NOW + SILENT_AFTER - timedelta(seconds=1))
    assert panel.trouble.text == ""

    clock.show(NOW + SILENT_AFTER)

    assert panel.trouble.text == NOTICE


def test_without_a_freeze_that_holds_there_is_nothing_to_enforce(
    panel: FreezePanel, view: CommanderView, unasked: IncidentState
) -> None:
    panel.show_gate(None, is_known=True)

    view.show_state(replace(unasked, freeze=replace(unasked.freeze, freezes=())))

    assert panel.trouble.text == ""


def test_deploys_that_were_held_are_word_enough(
    panel: FreezePanel, view: CommanderView, state: IncidentState
) -> None:
    panel.show_gate(None, is_known=True)

    view.show_state(state)

    assert panel.trouble.text == ""


def test_offline_the_panel_says_as_of_when_and_nothing_of_the_gate(
    panel: FreezePanel, view: CommanderView
) -> None:
    panel.show_gate(None, is_known=True)

    view.show_sync(SyncStatus(kind=SyncKind.OFFLINE, since=NOW, as_of=NOW))
    panel.show_gate(None, is_known=False)

    assert panel.trouble.text == ""


def test_the_sentence_is_shown_in_full_in_a_narrow_column(
    qtbot: QtBot, panel: FreezePanel, view: CommanderView
) -> None:
    panel.show_gate(None, is_known=True)
    high = panel.trouble.height()

    narrow = TroubleLine(panel.desk)
    qtbot.addWidget(narrow)
    narrow.show_text(NOTICE)
    narrow.resize(190, narrow.height())
    QApplication.processEvents()

    assert narrow.height() > high
    assert panel.needed_height() > panel.heading.height() + high


def test_a_directory_out_of_reach_is_said_over_the_roster(view: CommanderView) -> None:
    roster = view.body.roster
    assert not roster.trouble.isVisible()

    roster.show_directory(is_reachable=False)

    assert roster.trouble.isVisible()
    assert roster.trouble.accessibleName() == (
        "Directory not reachable. People from the last sync are shown."
    )
    assert roster.model.rows  # the people stay
    roster.show_directory(is_reachable=True)
    assert not roster.trouble.isVisible()
