"""What the reader sees and does on the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.views.service_map.canvas import MapCanvas
from app.views.service_map.cards import FADED
from app.views.service_map.modes import MapMode
from app.views.theme import Theme
from app.views.tokens import mixed
from tests.views.service_map.looking import click, fill_of, near, on_screen, press
from tests.views.service_map.small_estate import (
    FAILING,
    NORMAL,
    SILENT,
    with_health,
)


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
