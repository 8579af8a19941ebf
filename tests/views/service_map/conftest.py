"""A canvas in a window that is closed again."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.views.service_map.canvas import MapCanvas
from app.views.theme import Theme
from app.views.typography import load_fonts
from tests.views.service_map.small_estate import shop_picture


@pytest.fixture
def theme(qapp: object) -> Theme:
    """The dark theme with its fonts."""
    load_fonts()
    return Theme()


@pytest.fixture
def canvas(qtbot: QtBot, theme: Theme) -> MapCanvas:
    """An empty map of the size it has in the commander view."""
    shown = MapCanvas(theme)
    qtbot.addWidget(shown)
    shown.resize(951, 392)
    shown.show()
    return shown


@pytest.fixture
def shop_canvas(canvas: MapCanvas) -> MapCanvas:
    """The map of the shop, painted to the end."""
    canvas.show_picture(shop_picture())
    canvas.finish_painting()
    return canvas
