"""With the table in front the keys of the map and of its pages still work."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.graph.topology import topology_of
from app.views.desk import Desk
from app.views.inspector import Page
from app.views.service_map.depiction import picture_of
from app.views.service_map.service_map import ServiceMap
from app.views.service_panel import ServicePanel
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import NOW, checkout_state


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> ServicePanel:
    """The panel of the map, the table in front and the keyboard in it."""
    panel = ServicePanel(desk, ServiceMap(desk.theme))
    qtbot.addWidget(panel)
    panel.resize(1000, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    topology = topology_of(shop_organisation())
    panel.map.show_picture(picture_of(checkout_state(), topology, now=NOW))
    panel.map.toggle_table()
    return panel


@pytest.mark.parametrize(
    ("key", "page"),
    [
        (Qt.Key.Key_E, Page.EVIDENCE),
        (Qt.Key.Key_W, Page.WHAT_NEXT),
        (Qt.Key.Key_G, Page.GAPS),
    ],
)
def test_the_letters_of_the_pages_open_them_from_the_table(
    qtbot: QtBot, panel: ServicePanel, key: Qt.Key, page: Page
):
    with qtbot.waitSignal(panel.page_requested) as asked:
        QTest.keyClick(panel.map.table, key)

    assert asked.args == [page]


def test_n_goes_to_the_next_service_that_is_not_well(panel: ServicePanel):
    QTest.keyClick(panel.map.table, Qt.Key.Key_N)
    first = panel.map.canvas.selected
    QTest.keyClick(panel.map.table, Qt.Key.Key_N)

    assert first
    assert panel.map.canvas.selected not in ("", first)
    row = panel.map.table.currentIndex().row()
    assert panel.map.model.service_at(row) == panel.map.canvas.selected


def test_other_letters_are_type_ahead_in_the_table(panel: ServicePanel):
    QTest.keyClick(panel.map.table, Qt.Key.Key_P)

    row = panel.map.table.currentIndex().row()
    assert panel.map.model.service_at(row).startswith("p")


def test_without_letter_keys_all_of_them_are_type_ahead(qtbot: QtBot, panel: ServicePanel):
    panel.map.table.has_letter_keys = panel.map.canvas.has_letter_keys = False
    panel.has_letter_keys = False

    with qtbot.assertNotEmitted(panel.page_requested):
        QTest.keyClick(panel.map.table, Qt.Key.Key_E)

    row = panel.map.table.currentIndex().row()
    assert panel.map.model.service_at(row).startswith("e")


def test_l_asks_for_a_layout_that_fills_the_room(qtbot: QtBot, panel: ServicePanel):
    panel.map.toggle_table()
    canvas = panel.map.canvas

    with qtbot.waitSignal(canvas.relayout_requested) as asked:
        QTest.keyClick(canvas, Qt.Key.Key_L)

    assert asked.args == [canvas.focus_size]
