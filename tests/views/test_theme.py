"""The theme gives Qt our fonts and colours, and follows a switch."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.desk import Desk
from app.views.drawing import elided, initials_of, text_width, wrapped
from app.views.panel import Button
from app.views.theme import Theme
from app.views.tokens import light_tokens
from app.views.typography import MONO, SANS, TypeStyle, load_fonts, suits_tabular_numbers


def test_the_packaged_fonts_are_found(qtbot: QtBot) -> None:
    assert {SANS, MONO} <= set(load_fonts())
    assert QFontInfo(Theme().font(TypeStyle.ID)).family() == MONO
    assert QFontInfo(Theme().font(TypeStyle.BODY)).family() == SANS


def test_digits_are_equally_wide_so_that_counters_do_not_wobble(qtbot: QtBot) -> None:
    load_fonts()
    metrics = QFontMetricsF(Theme().font(TypeStyle.DISPLAY))

    assert metrics.horizontalAdvance("11:11:11") == metrics.horizontalAdvance("00:58:24")


def test_hyphenated_names_go_without_tabular_punctuation() -> None:
    assert not suits_tabular_numbers("Full · prod-eu")
    assert suits_tabular_numbers("14:39:24")
    assert not suits_tabular_numbers("13:52, D-2")


def test_a_switch_of_theme_reaches_the_palette_and_the_panels(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme()

    with qtbot.waitSignal(theme.changed):
        theme.use_tokens(light_tokens())

    assert qapp.palette().color(QPalette.ColorRole.Base) == light_tokens().bg1


@pytest.mark.parametrize("variant", ["", "primary", "warn"])
def test_a_button_that_cannot_be_pressed_looks_so(qtbot: QtBot, desk: Desk, variant: str) -> None:
    button = Button(desk, "Export", variant=variant)
    qtbot.addWidget(button)

    button.setEnabled(False)

    picture = button.grab().toImage()
    ground = picture.pixelColor(picture.width() // 2, 3)
    assert ground == desk.theme.tokens.bg3


def test_lengths_and_fonts_follow_the_font_scale_within_limits(qtbot: QtBot) -> None:
    theme = Theme()

    theme.use_scale(9.0)

    assert theme.scale == 2.0
    assert theme.px(14) == 28
    assert theme.font(TypeStyle.BODY).pixelSize() == 26
    theme.use_scale(1.0)


def test_long_text_is_elided_and_wrapped_within_its_width(qtbot: QtBot) -> None:
    theme = Theme()
    text = "Error rate 41%, pool leak began at v42 deploy. Owner Maria Silva."

    lines = wrapped(theme, text, TypeStyle.ROW, 200, 9)

    assert " ".join(lines) == text
    assert all(text_width(theme, line, TypeStyle.ROW) <= 200 for line in lines)
    assert elided(theme, text, TypeStyle.ROW, 80).endswith("…")


def test_initials_are_of_the_first_and_last_word() -> None:
    assert initials_of("Priya Raman") == "PR"
    assert initials_of("Maria del Mar Silva") == "MS"
    assert initials_of("Monitor") == "M"
    assert initials_of("  ") == "?"
