"""Text from outside stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.views.safe_text import (
    PlainTextFilter,
    SafeMessageBox,
    TextLabel,
    set_tooltip,
    shown,
    shown_lines,
)

CANARY = QColor("#01FE02")


@pytest.fixture
def canary(tmp_path: Path) -> str:
    """Markup that, if it were read as such, would paint a square of one odd colour."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(CANARY)
    path = tmp_path / "canary.png"
    image.save(str(path))
    return f"<img src='{path}'>"


def canary_pixels(widget: QWidget) -> int:
    image = widget.grab().toImage()
    return sum(
        image.pixelColor(x, y) == CANARY
        for x in range(image.width())
        for y in range(image.height())
    )


def test_the_canary_sings_in_an_ordinary_label(qtbot: QtBot, canary: str) -> None:
    label = QLabel(canary)
    qtbot.addWidget(label)

    assert canary_pixels(label) > 0


def test_a_text_label_shows_markup_as_text(qtbot: QtBot, canary: str) -> None:
    label = TextLabel(canary)
    label.setTextFormat(Qt.TextFormat.RichText)
    qtbot.addWidget(label)

    assert canary_pixels(label) == 0


def test_the_filter_tames_labels_made_by_others(qtbot: QtBot, canary: str) -> None:
    plain = PlainTextFilter()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(plain)
    label = QLabel(canary)
    qtbot.addWidget(label)
    label.show()

    pixels = canary_pixels(label)
    application.removeEventFilter(plain)

    assert pixels == 0


def test_a_message_box_is_plain(qtbot: QtBot, canary: str) -> None:
    box = SafeMessageBox(title=canary, text=canary)
    qtbot.addWidget(box)

    assert canary_pixels(box) == 0


def test_a_tooltip_is_escaped(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)

    set_tooltip(widget, "<b>bold</b>\nsecond")

    assert widget.toolTip() == "&lt;b&gt;bold&lt;/b&gt;<br>second"


def test_characters_that_reorder_text_are_made_visible() -> None:
    assert shown("safe\u202etxt.exe") == "safe\ufffdtxt.exe"
    assert shown("a\x07b\u200bc") == "a\ufffdb\ufffdc"
    assert shown("two\nlines\tand a tab") == "two lines and a tab"
    assert shown("Zoë · 41 %") == "Zoë · 41 %"


def test_lines_stay_lines_where_they_may() -> None:
    assert shown_lines("one\ntwo\x00") == "one\ntwo\ufffd"


def test_a_flood_of_text_is_cut(qtbot: QtBot, canary: str) -> None:
    assert len(shown("x" * 1_000_000)) == 2_000
    label = QPixmap(10, 10)
    assert not label.isNull()
