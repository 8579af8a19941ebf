"""The map as a table, and the way between the two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.incident.kinds.signals import Health
from app.views.service_map.service_map import ServiceMap
from app.views.service_map.speech import state_words
from app.views.service_map.table_twin import Field, ServiceTable
from app.views.theme import Theme
from tests.views.service_map.small_estate import DEGRADED, FAILING, shop_picture, with_health


@pytest.fixture
def table(qapp: object) -> ServiceTable:
    """The table of the shop."""
    model = ServiceTable()
    model.show_picture(shop_picture())
    return model


@pytest.fixture
def service_map(qtbot: QtBot, theme: Theme) -> ServiceMap:
    """The map of the shop with its table."""
    shown = ServiceMap(theme)
    qtbot.addWidget(shown)
    shown.resize(951, 392)
    shown.show()
    shown.show_picture(shop_picture())
    return shown


def row_of(table: ServiceTable, service_id: str) -> list[str]:
    row = table.row_of(service_id)
    assert row is not None
    return [str(table.index(row, field).data()) for field in Field]


def test_a_row_says_what_the_card_says(table: ServiceTable) -> None:
    assert row_of(table, "checkout") == [
        "checkout",
        "failing",
        "41% err",
        "Payments",
        "web, app",
        "order, price, bank",
        "Jae Park",
        "no runbook",
    ]
    assert row_of(table, "bank")[3] == "no owner"


def test_columns_have_names(table: ServiceTable) -> None:
    names = [table.headerData(field, Qt.Orientation.Horizontal) for field in Field]

    assert names == [
        "Service",
        "State",
        "Indicator",
        "Owner",
        "Callers",
        "Dependencies",
        "On call",
        "Missing",
    ]


def test_the_table_keeps_the_rules_of_its_kind(table: ServiceTable) -> None:
    tester = QAbstractItemModelTester(table)

    table.show_picture(with_health(shop_picture(), cart=FAILING))

    assert tester.model() is table


def test_a_health_change_touches_its_row_only(qtbot: QtBot, table: ServiceTable) -> None:
    changed: list[int] = []
    table.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    old = shop_picture()
    table.show_picture(old)
    changed.clear()

    table.show_picture(replace(old, health={**old.health, "cart": DEGRADED}))

    assert changed == [table.row_of("cart")]
    assert row_of(table, "cart")[1:3] == ["degraded", "9% err"]


def test_t_goes_to_the_table_and_back(service_map: ServiceMap) -> None:
    QTest.keyClick(service_map.canvas, Qt.Key.Key_T)
    assert service_map.shows_table

    QTest.keyClick(service_map.table, Qt.Key.Key_T)
    assert not service_map.shows_table


def test_map_and_table_have_one_selection(qtbot: QtBot, service_map: ServiceMap) -> None:
    service_map.canvas.select("order")
    assert service_map.table.currentIndex().row() == service_map.model.row_of("order")

    with qtbot.waitSignal(service_map.service_selected) as told:
        row = service_map.model.row_of("bank")
        service_map.table.setCurrentIndex(service_map.model.index(row or 0, 0))

    assert told.args == ["bank"]
    assert service_map.canvas.selected == "bank"


def test_enter_in_the_table_opens_a_service(qtbot: QtBot, service_map: ServiceMap) -> None:
    service_map.canvas.select("cart")
    service_map.toggle_table()

    with qtbot.waitSignal(service_map.service_opened) as told:
        QTest.keyClick(service_map.table, Qt.Key.Key_Return)

    assert told.args == ["cart"]


@pytest.mark.parametrize("width", [420, 951, 1600])
def test_a_state_is_never_cut_short(service_map: ServiceMap, width: int) -> None:
    service_map.resize(width, 392)
    service_map.toggle_table()
    QApplication.processEvents()

    table = service_map.table
    row = service_map.model.row_of("checkout")
    assert row is not None
    needed = table.sizeHintForIndex(service_map.model.index(row, Field.STATE)).width()
    assert table.columnWidth(Field.STATE) >= needed
    longest = max(Health, key=lambda one: len(state_words(one)))
    words = table.fontMetrics().horizontalAdvance(state_words(longest))
    assert table.columnWidth(Field.STATE) > words
