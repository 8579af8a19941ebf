"""Every icon in the table can be drawn, and differs from the placeholder."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.views.icon_drawings import drawings
from app.views.icons import Icon, IconStore


@pytest.mark.parametrize("icon", list(Icon))
def test_every_icon_is_drawn_in_its_colour(qtbot: QtBot, icon: Icon) -> None:
    image = IconStore().pixmap(icon, QColor("#FF0000"), 24, cut=QColor("#FF0000")).toImage()

    painted = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    ]

    assert painted
    assert all(colour.red() > 200 and colour.green() < 60 for colour in painted)


@pytest.mark.parametrize("icon", [icon for icon in Icon if icon is not Icon.FAILING])
def test_every_drawing_is_the_one_lucide_gives_out(icon: Icon) -> None:
    import lucide

    given_out = _shapes(lucide.lucide_icon(icon.value))

    assert given_out
    assert _shapes(drawings([icon.value])[icon.value]) == given_out


def _shapes(svg: str) -> list[tuple[str, dict[str, str]]]:
    return [(shape.tag, dict(shape.attrib)) for shape in ElementTree.fromstring(svg)]


def test_a_pixmap_is_drawn_once_per_size_and_pixel_ratio(qtbot: QtBot) -> None:
    icons = IconStore()

    first = icons.pixmap(Icon.FREEZE, QColor("white"), 12)

    assert icons.pixmap(Icon.FREEZE, QColor("white"), 12) is first
    assert icons.pixmap(Icon.FREEZE, QColor("white"), 12, ratio=2.0).width() == 24
