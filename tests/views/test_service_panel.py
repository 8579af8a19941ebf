"""The panel of the map while there are no services, no health, or no readable catalogue."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.incident.state import IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.catalogue_strip import LONGEST
from app.views.catalogue_words import CatalogueWord
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.service_panel import ServicePanel
from tests.views.checkout_incident import NOW

LOADING = "Health loading"


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk, state: IncidentState) -> ServicePanel:
    """The panel of the checkout incident, with a map in it."""
    panel = ServicePanel(desk, QWidget())
    qtbot.addWidget(panel)
    panel.resize(950, 480)
    service_map = QWidget()
    service_map.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    panel.use_map(service_map)
    panel.show_state(state)
    panel.show_total(24)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    return panel


def test_without_services_two_buttons_stand_where_the_map_was(
    qtbot: QtBot, panel: ServicePanel
) -> None:
    panel.offer_services(is_offering=True)

    assert panel.empty.isVisible()
    assert not panel.map.isVisible()
    assert panel.empty.words.text() == "No services yet. Import a catalogue or start the demo."
    names = [one.accessibleName() for one in (panel.empty.bring, panel.empty.demo)]
    assert names == ["Import a catalogue", "Start the demo"]

    panel.take_focus()
    assert panel.empty.bring.hasFocus()
    with qtbot.waitSignal(panel.import_requested):
        qtbot.keyClick(panel.empty.bring, Qt.Key.Key_Space)
    qtbot.keyClick(panel.empty.bring, Qt.Key.Key_Tab)
    assert panel.empty.demo.hasFocus()
    with qtbot.waitSignal(panel.demo_requested):
        qtbot.keyClick(panel.empty.demo, Qt.Key.Key_Space)


def test_the_map_that_comes_takes_the_keyboard_over(panel: ServicePanel) -> None:
    panel.offer_services(is_offering=True)
    panel.take_focus()

    panel.offer_services(is_offering=False)

    assert panel.map.isVisible()
    assert not panel.empty.isVisible()
    assert panel.map.hasFocus()


def test_a_map_that_is_put_in_while_there_are_no_services_waits_for_them(
    qtbot: QtBot, desk: Desk
) -> None:
    panel = ServicePanel(desk, QWidget())
    qtbot.addWidget(panel)
    panel.show()
    panel.offer_services(is_offering=True)

    panel.use_map(QWidget())

    assert panel.empty.isVisible()
    assert not panel.map.isVisible()


def test_another_catalogue_is_asked_for_from_the_map_by_key(
    qtbot: QtBot, panel: ServicePanel, clock: FrozenClock
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(panel.import_requested):
        qtbot.keyClick(panel.map, Qt.Key.Key_O, control)

    clock.view(NOW)  # the past is only read
    with qtbot.assertNotEmitted(panel.import_requested):
        qtbot.keyClick(panel.map, Qt.Key.Key_O, control)


def test_while_health_is_loading_nothing_is_counted(panel: ServicePanel) -> None:
    assert "3 failing" in panel.counts.accessibleName()

    panel.show_loading(is_loading=True)

    assert panel.heading.count == LOADING
    assert panel.counts.accessibleName() == LOADING

    panel.show_loading(is_loading=False)

    assert panel.heading.count == "24 services"
    assert "3 failing" in panel.counts.accessibleName()


def test_offline_from_the_start_health_is_as_of_what_was_left(panel: ServicePanel) -> None:
    panel.show_sync(SyncStatus(kind=SyncKind.OFFLINE))
    panel.show_measured_at(datetime(2026, 3, 9, 14, 36, tzinfo=UTC))

    assert panel.heading.accessibleDescription() == "Health as of 14:36"


def test_a_broken_catalogue_is_said_until_it_is_dismissed(
    qtbot: QtBot, panel: ServicePanel
) -> None:
    good = datetime(2026, 3, 9, 13, 2, tzinfo=UTC)
    text = "Catalogue cannot be read: shop.yaml, line 14: <b>bold</b>."
    panel.strip.show_word(CatalogueWord(text=text, is_trouble=True, last_good=good))

    assert panel.strip.isVisible()
    assert panel.strip.words.text() == f"{text} Showing the last good one from 13:02."
    assert panel.strip.words.textFormat() is Qt.TextFormat.PlainText
    with qtbot.waitSignal(panel.import_requested):
        qtbot.keyClick(panel.strip.again, Qt.Key.Key_Space)
    with qtbot.waitSignal(panel.strip.dismissed):
        qtbot.keyClick(panel.strip.dismiss, Qt.Key.Key_Space)

    panel.strip.show_word(None)

    assert not panel.strip.isVisible()


def test_what_was_left_out_needs_no_other_catalogue(panel: ServicePanel) -> None:
    panel.strip.show_word(CatalogueWord(text="shop.csv:1: tier0: no known column."))

    assert panel.strip.isVisible()
    assert not panel.strip.again.isVisible()


def test_a_very_long_complaint_leaves_room_for_the_map(panel: ServicePanel) -> None:
    panel.strip.show_word(CatalogueWord(text="no known column " * 200, is_trouble=True))

    assert len(panel.strip.words.text()) <= LONGEST + 1
    assert panel.strip.words.toolTip().count("no known column") > LONGEST // 16
    assert panel.map.height() >= 160


def test_the_tab_key_goes_from_the_map_through_the_buttons_to_the_timeline(
    qtbot: QtBot, view: CommanderView
) -> None:
    view.activateWindow()
    services = view.body.services
    services.use_map(QWidget())
    services.offer_services(is_offering=True)
    services.take_focus()
    assert services.empty.bring.hasFocus()

    qtbot.keyClick(services.empty.bring, Qt.Key.Key_Tab)
    assert services.empty.demo.hasFocus()
