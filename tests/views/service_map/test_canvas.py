"""What the reader sees and does on the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.graph.layout.focus import FocusSize, lay_out_focus
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.cards import FADED
from app.views.service_map.modes import MapMode
from app.views.theme import Theme
from app.views.tokens import light_tokens, mixed
from tests.views.service_map.small_estate import (
    FAILING,
    NORMAL,
    SILENT,
    shop_picture,
    with_health,
)


def on_screen(canvas: MapCanvas, service_id: str) -> QPointF:
    """The middle of a service in the widget."""
    scene = canvas.stage.scene()
    return canvas.viewport.camera.to_screen(scene.centre(service_id))


def fill_of(canvas: MapCanvas, service_id: str) -> QColor:
    """The fill of a card, looked at near its right end where no letter is."""
    middle = on_screen(canvas, service_id)
    at = QPoint(round(middle.x()) + 66, round(middle.y()) + 12)
    return canvas.grab().toImage().pixelColor(at)


def near(one: QColor, other: QColor) -> bool:
    """Whether two colours are the same but for rounding."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= 3 for a, b in pairs)


def click(canvas: MapCanvas, service_id: str) -> None:
    QTest.mouseClick(
        canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, service_id).toPoint()
    )


def press(canvas: MapCanvas, keys: str) -> None:
    QTest.keyClicks(canvas, keys)


def test_failing_is_solid_and_normal_is_not(shop_canvas: MapCanvas, theme: Theme) -> None:
    assert near(fill_of(shop_canvas, "checkout"), theme.tokens.fail_fill)
    assert near(fill_of(shop_canvas, "web"), theme.tokens.warn_tint)
    assert near(fill_of(shop_canvas, "cart"), theme.tokens.bg2)


def test_old_health_does_not_look_live(shop_canvas: MapCanvas, theme: Theme) -> None:
    shop_canvas.show_picture(replace(shop_canvas.stage.now, is_stale=True))
    shop_canvas.finish_painting()

    assert not near(fill_of(shop_canvas, "checkout"), theme.tokens.fail_fill)


def test_a_health_change_shows_at_once(shop_canvas: MapCanvas, theme: Theme) -> None:
    shop_canvas.show_picture(with_health(shop_canvas.stage.now, cart=FAILING))

    assert near(fill_of(shop_canvas, "cart"), theme.tokens.fail_fill)


def test_repainting_what_changed_gives_the_picture_a_full_repaint_gives(
    qtbot: QtBot, shop_canvas: MapCanvas, theme: Theme
) -> None:
    # given a map that learnt of changes one by one
    for change in ({"cart": FAILING}, {"checkout": NORMAL}, {"price": FAILING, "cart": NORMAL}):
        shop_canvas.show_picture(with_health(shop_canvas.stage.now, **change))

    # and one that knew them from the start
    fresh = MapCanvas(theme)
    qtbot.addWidget(fresh)
    fresh.resize(shop_canvas.size())
    fresh.show()
    fresh.show_picture(shop_canvas.stage.now)

    # then both look the same
    shop_canvas.clearFocus()
    fresh.clearFocus()
    shop_canvas.finish_painting()
    fresh.finish_painting()
    assert largest_difference(shop_canvas.grab().toImage(), fresh.grab().toImage()) <= 4


def largest_difference(one: QImage, other: QImage) -> int:
    """The largest difference of any channel; clipping alone moves some by a level or two."""
    return int(np.abs(channels(one) - channels(other)).max())


def channels(image: QImage) -> NDArray[np.int16]:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), dtype=np.uint8).astype(np.int16)


def test_only_the_changed_cards_are_painted_again(shop_canvas: MapCanvas) -> None:
    before = shop_canvas.grab().toImage()

    shop_canvas.show_picture(with_health(shop_canvas.stage.now, bank=SILENT))
    after = shop_canvas.grab().toImage()

    changed = np.abs(channels(before) - channels(after)).reshape(before.height(), -1, 4).max(2)
    assert np.flatnonzero(changed.any(axis=0)).min() > on_screen(shop_canvas, "bank").x() - 80


def test_a_click_selects_and_says_so(qtbot: QtBot, shop_canvas: MapCanvas) -> None:
    with qtbot.waitSignal(shop_canvas.service_selected) as told:
        click(shop_canvas, "order")

    assert told.args == ["order"]
    assert shop_canvas.selected == "order"


def test_a_double_click_opens(qtbot: QtBot, shop_canvas: MapCanvas) -> None:
    with qtbot.waitSignal(shop_canvas.service_opened) as told:
        QTest.mouseDClick(
            shop_canvas, Qt.MouseButton.LeftButton, pos=on_screen(shop_canvas, "bank").toPoint()
        )

    assert told.args == ["bank"]


def test_a_click_between_cards_clears_the_selection(shop_canvas: MapCanvas) -> None:
    shop_canvas.select("order")

    QTest.mouseClick(shop_canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 380))

    assert shop_canvas.selected == ""


def test_the_selection_ring_keeps_a_gap(shop_canvas: MapCanvas, theme: Theme) -> None:
    shop_canvas.select("order")

    picture = shop_canvas.grab().toImage()
    left = on_screen(shop_canvas, "order").x() - 74
    below = round(on_screen(shop_canvas, "order").y()) + 14
    assert near(picture.pixelColor(round(left) - 2, below), theme.tokens.bg1)
    row = [picture.pixelColor(round(left) - away, below) for away in (3, 4, 5)]
    assert any(colour.blue() > 180 for colour in row)


@pytest.mark.parametrize(
    ("start", "key", "goal"),
    [
        ("web", Qt.Key.Key_Right, "checkout"),
        ("checkout", Qt.Key.Key_Right, "order"),
        ("order", Qt.Key.Key_Left, "checkout"),
        ("web", Qt.Key.Key_Down, "app"),
        ("app", Qt.Key.Key_Up, "web"),
    ],
)
def test_arrows_walk_along_edges_and_columns(
    shop_canvas: MapCanvas, start: str, key: Qt.Key, goal: str
) -> None:
    scene = shop_canvas.stage.focus_scene()
    if start == "web" and scene.centre("web").y() > scene.centre("app").y():
        key = {Qt.Key.Key_Down: Qt.Key.Key_Up}.get(key, key)
    elif start == "app" and scene.centre("web").y() > scene.centre("app").y():
        key = Qt.Key.Key_Down
    shop_canvas.select(start)

    QTest.keyClick(shop_canvas, key)

    assert shop_canvas.selected in neighbours(shop_canvas, start) | {goal}
    if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        assert shop_canvas.selected == goal


def neighbours(canvas: MapCanvas, service_id: str) -> set[str]:
    graph = canvas.stage.now.graph
    number = graph.index[service_id]
    near_by = [*graph.callers.of(number).tolist(), *graph.callees.of(number).tolist()]
    return {graph.services[other].id for other in near_by}


def test_n_goes_through_everything_abnormal_and_starts_again(shop_canvas: MapCanvas) -> None:
    seen = []
    for _ in range(6):
        press(shop_canvas, "n")
        seen.append(shop_canvas.selected)

    assert set(seen[:3]) == {"checkout", "order", "orders-db"}
    assert seen[3] == "web"
    assert seen[4] == "mail"
    assert seen[5] == seen[0]


def test_typing_after_f_finds_a_service(qtbot: QtBot, shop_canvas: MapCanvas) -> None:
    with qtbot.waitSignal(shop_canvas.find_requested):
        press(shop_canvas, "f")

    press(shop_canvas, "ban")
    assert shop_canvas.selected == "bank"

    QTest.keyClick(shop_canvas, Qt.Key.Key_Return)
    press(shop_canvas, "n")
    assert shop_canvas.selected != "bank"


def test_the_blast_radius_fades_the_rest(shop_canvas: MapCanvas, theme: Theme) -> None:
    shop_canvas.select("mail")
    press(shop_canvas, "b")
    shop_canvas.finish_painting()

    assert shop_canvas.stage.lit == {"mail", "order", "checkout", "web", "app"}
    assert near(fill_of(shop_canvas, "checkout"), theme.tokens.fail_fill)
    faded = mixed(theme.tokens.fail_fill, theme.tokens.bg1, FADED)
    assert near(fill_of(shop_canvas, "orders-db"), faded)


def test_hops_limit_the_blast_radius_and_escape_ends_it(shop_canvas: MapCanvas) -> None:
    shop_canvas.select("mail")

    press(shop_canvas, "1")
    assert shop_canvas.stage.lit == {"mail", "order"}
    press(shop_canvas, "2")
    assert shop_canvas.stage.lit == {"mail", "order", "checkout"}

    QTest.keyClick(shop_canvas, Qt.Key.Key_Escape)
    assert shop_canvas.stage.lit is None
    assert shop_canvas.selected == "mail"


def test_modes_change_what_cards_say_and_nothing_else(
    qtbot: QtBot, shop_canvas: MapCanvas
) -> None:
    scene = shop_canvas.stage.focus_scene()

    with qtbot.waitSignal(shop_canvas.mode_changed) as told:
        press(shop_canvas, "o")
    assert told.args == [MapMode.OWNERS]
    cards = shop_canvas.stage.focus_painting().cards
    assert (cards["cart"].second_line, cards["cart"].initials) == ("Shopping", "JP")
    assert cards["mail"].second_line == "no owner"

    press(shop_canvas, "c")
    assert shop_canvas.stage.focus_painting().cards["checkout"].tags == ("v42, 62 m",)
    press(shop_canvas, "s")
    card = shop_canvas.stage.focus_painting().cards["orders-db"]
    assert (card.second_line, card.tags) == ("full since 13:58", ("1",))
    press(shop_canvas, "i")
    assert shop_canvas.stage.focus_painting().cards["orders-db"].second_line == "41% err"
    assert shop_canvas.stage.focus_scene() is scene


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
