"""Wheel, drag, motion, letters and sizes: the map under a person's hands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.graph.layout.focus import FocusSize, lay_out_focus
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.modes import MapMode
from app.views.theme import Theme
from app.views.tokens import light_tokens
from tests.views.service_map.looking import fill_of, near, on_screen, press
from tests.views.service_map.small_estate import (
    FAILING,
    shop_picture,
    with_health,
)


def test_letters_can_be_switched_off(shop_canvas: MapCanvas) -> None:
    shop_canvas.has_letter_keys = False

    press(shop_canvas, "nobt")

    assert shop_canvas.selected == ""
    assert shop_canvas.mode is MapMode.IMPACT


def test_a_zoom_keeps_the_place_under_the_pointer(shop_canvas: MapCanvas) -> None:
    at = QPointF(300, 200)
    before = shop_canvas.viewport.camera.to_world(at)

    shop_canvas.viewport.zoom(1.5, at)

    after = shop_canvas.viewport.camera.to_world(at)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.5)


def turn_wheel(canvas: MapCanvas, modifiers: Qt.KeyboardModifier) -> None:
    at = QPointF(300, 200)
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_moves_and_with_control_it_zooms(shop_canvas: MapCanvas) -> None:
    turn_wheel(shop_canvas, Qt.KeyboardModifier.NoModifier)
    assert (shop_canvas.viewport.camera.scale, shop_canvas.viewport.camera.top) == (1.0, 60.0)

    turn_wheel(shop_canvas, Qt.KeyboardModifier.ControlModifier)
    assert shop_canvas.viewport.camera.scale > 1.1


def test_dragging_the_ground_moves_the_picture(shop_canvas: MapCanvas) -> None:
    start = QPoint(3, 380)
    QTest.mousePress(shop_canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(shop_canvas, start + QPoint(40, -20))
    QTest.mouseRelease(shop_canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, -20))

    camera = shop_canvas.viewport.camera
    assert (camera.left, camera.top) == (40.0, -20.0)


def test_an_unknown_service_cannot_be_selected(shop_canvas: MapCanvas) -> None:
    shop_canvas.select("order")

    shop_canvas.select("nobody")

    assert shop_canvas.selected == "order"


def test_a_tooltip_shows_markup_as_text(shop_canvas: MapCanvas) -> None:
    hostile = replace(FAILING, indicator="<img src=x>")
    shop_canvas.show_picture(with_health(shop_canvas.stage.now, cart=hostile))

    assert "&lt;img" in shop_canvas.tooltip_at(on_screen(shop_canvas, "cart"))
    assert shop_canvas.tooltip_at(QPointF(3, 380)) == ""


def test_fit_brings_everything_back(shop_canvas: MapCanvas) -> None:
    fitted = shop_canvas.viewport.camera
    shop_canvas.viewport.zoom(3.0, QPointF(10, 10))
    shop_canvas.viewport.pan(400, 100)

    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(shop_canvas, Qt.Key.Key_0, modifiers)

    assert shop_canvas.viewport.camera == fitted


def test_what_is_selected_out_of_sight_comes_into_sight(shop_canvas: MapCanvas) -> None:
    shop_canvas.viewport.zoom(4.0, QPointF(0, 0))

    shop_canvas.select("bank")

    place = on_screen(shop_canvas, "bank")
    assert shop_canvas.rect().contains(place.toPoint())


def test_the_selection_is_said_in_a_sentence(shop_canvas: MapCanvas) -> None:
    shop_canvas.select("checkout")

    assert shop_canvas.accessibleDescription() == (
        "checkout, failing, 41% err, v42 13:37, owned by Payments, 2 callers, 3 dependencies."
    )


def test_a_map_without_services_says_so(canvas: MapCanvas) -> None:
    assert canvas.accessibleDescription() == "No services yet."
    assert not canvas.grab().isNull()


def test_a_relayout_glides_and_can_be_undone(qtbot: QtBot, shop_canvas: MapCanvas) -> None:
    # given another layout of the same services
    old = shop_canvas.stage.now
    other = lay_out_focus(old.graph, FocusSize(width=500, height=600, gap=30))

    # when it is shown, cards are on their way and then there
    shop_canvas.show_picture(replace(old, focus=other))
    qtbot.waitUntil(lambda: not shop_canvas.is_moving)
    assert shop_canvas.stage.now.focus is other

    # and one step back returns the old places and says so
    with qtbot.waitSignal(shop_canvas.layout_restored) as told:
        QTest.keyClick(shop_canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [old.focus]
    assert shop_canvas.stage.now.focus is old.focus
    qtbot.waitUntil(lambda: not shop_canvas.is_moving)


def test_the_key_that_takes_back_is_the_windows_until_there_is_a_layout_to_take_back(
    qtbot: QtBot, shop_canvas: MapCanvas
) -> None:
    # given a window in which the key takes back what was logged
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), shop_canvas)
    undone = QSignalSpy(shortcut.activated)
    shop_canvas.activateWindow()
    shop_canvas.setFocus()
    qtbot.waitUntil(shop_canvas.hasFocus)

    # when nothing was laid out afresh, the window has it
    QTest.keyClick(shop_canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone.count() == 1

    # and the map has it after a layout, once
    shop_canvas.has_motion = False
    old = shop_canvas.stage.now
    other = lay_out_focus(old.graph, FocusSize(width=500, height=600, gap=30))
    shop_canvas.show_picture(replace(old, focus=other))
    QTest.keyClick(shop_canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (undone.count(), shop_canvas.stage.now.focus) == (1, old.focus)

    QTest.keyClick(shop_canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone.count() == 2


def test_without_motion_new_places_are_taken_at_once(shop_canvas: MapCanvas) -> None:
    shop_canvas.has_motion = False
    old = shop_canvas.stage.now

    shop_canvas.show_picture(
        replace(old, focus=lay_out_focus(old.graph, FocusSize(width=500, height=600, gap=30)))
    )

    assert not shop_canvas.is_moving


def test_a_part_of_the_estate_says_how_much_is_shown(qtbot: QtBot, shop_canvas: MapCanvas) -> None:
    old = shop_canvas.stage.now
    part = lay_out_focus(old.graph.subgraph(["checkout", "order", "orders-db"]))

    with qtbot.waitSignal(shop_canvas.shown_changed) as told:
        shop_canvas.show_picture(replace(old, focus=part))

    assert told.args == ["3 of 10 shown"]


def test_a_shows_all_services_and_takes_it_back(shop_canvas: MapCanvas) -> None:
    press(shop_canvas, "a")
    assert shop_canvas.stage.in_overview
    shop_canvas.finish_painting()
    assert shop_canvas.service_at(on_screen(shop_canvas, "bank")) == "bank"

    press(shop_canvas, "a")
    assert not shop_canvas.stage.in_overview


def test_another_theme_repaints_everything(shop_canvas: MapCanvas, theme: Theme) -> None:
    light = light_tokens()
    theme.use_tokens(light)
    shop_canvas.finish_painting()

    assert near(fill_of(shop_canvas, "checkout"), light.fail_fill)


def test_larger_letters_make_larger_cards(shop_canvas: MapCanvas, theme: Theme) -> None:
    shop_canvas.resize(1600, 800)
    theme.use_scale(1.5)

    assert shop_canvas.viewport.camera.scale == pytest.approx(1.5)


def test_text_from_outside_cannot_reorder_a_card(canvas: MapCanvas) -> None:
    picture = shop_picture()
    hostile = replace(picture, health={"cart": replace(FAILING, indicator="\u202e9% err<b>")})

    canvas.show_picture(hostile)

    assert "\u202e" not in canvas.stage.focus_painting().cards["cart"].second_line
