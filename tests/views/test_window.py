"""The window says the worst in its title and comes back as it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.incident.state import IncidentState
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.tokens import dark_tokens, light_tokens
from app.views.window import DEFAULT, Window, opening_size
from tests.views.checkout_incident import at


def settings_in(folder: Path) -> QSettings:
    return QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)


def window_of(qtbot: QtBot, desk: Desk, folder: Path) -> Window:
    window = Window(desk.theme.tokens, settings_in(folder))
    window.furnish(desk, CommanderView(desk, QWidget()))
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_title_tells_what_a_task_bar_can(
    qtbot: QtBot, desk: Desk, state: IncidentState, clock: FrozenClock, tmp_path: Path
) -> None:
    window = window_of(qtbot, desk, tmp_path)
    assert window.windowTitle() == "Watchfloor"

    window.show_state(state)
    assert window.windowTitle() == "(3) SEV1 03:49 — INC-2417"

    clock.show(at("14:45:23"))
    assert "overdue −02:10" in window.windowTitle()


def test_the_layout_survives_a_restart(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    first = window_of(qtbot, desk, tmp_path)
    first.view.body.across.setSizes([300, 900, 398])
    first.view.body.across.splitterMoved.emit(300, 1)
    first.switch_theme()
    first.close()
    across = first.view.body.sizes()[0]
    desk.theme.use_tokens(light_tokens())

    second = window_of(qtbot, desk, tmp_path)
    second.resize(1600, 1000)
    QApplication.processEvents()

    assert second.view.body.sizes()[0] == across
    assert not desk.theme.tokens.is_dark


def test_a_layout_of_another_version_gives_the_default(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    first = window_of(qtbot, desk, tmp_path)
    first.close()
    settings = settings_in(tmp_path)
    for key in settings.allKeys():
        if key.endswith("version"):
            settings.setValue(key, 999)
    settings.sync()

    second = window_of(qtbot, desk, tmp_path)

    assert (second.width(), second.height()) == (1600, 1000)


@pytest.mark.parametrize(
    ("screen", "opened"),
    [((1920, 1080), DEFAULT), ((1600, 1000), (1592, 952)), ((1280, 800), (1272, 752))],
)
def test_a_window_first_opens_so_that_all_of_it_is_on_the_screen(
    screen: tuple[int, int], opened: tuple[int, int]
) -> None:
    assert opening_size(QSize(*screen)).toTuple() == opened


def test_a_window_without_a_kept_layout_opens_in_the_room_of_its_screen(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")

    window = Window(desk.theme.tokens)
    qtbot.addWidget(window)

    room = window.screen().availableSize()
    assert window.size() == opening_size(room)
    assert window.size().toTuple() != DEFAULT


def test_closing_is_announced_before_the_window_goes(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    window = window_of(qtbot, desk, tmp_path)

    with qtbot.waitSignal(window.closing):
        window.close()


def test_an_opening_window_is_where_and_as_the_person_left_it_before_anything_is_loaded(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    first = window_of(qtbot, desk, tmp_path)
    first.resize(1300, 820)
    first.switch_theme()
    first.close()

    opening = Window(dark_tokens(), settings_in(tmp_path))
    qtbot.addWidget(opening)
    opening.show()
    picture = opening.grab().toImage()

    assert opening.size().toTuple() != DEFAULT  # as far as the screen here is large enough
    assert picture.pixelColor(650, 400) == light_tokens().bg0
    assert picture.pixelColor(650, 30) == light_tokens().bg1


def test_an_opening_window_that_is_closed_keeps_the_layout_as_it_was(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    window_of(qtbot, desk, tmp_path).close()
    before = settings_in(tmp_path).allKeys()

    opening = Window(dark_tokens(), settings_in(tmp_path))
    qtbot.addWidget(opening)
    opening.show()
    opening.close()

    assert settings_in(tmp_path).allKeys() == before


def test_a_window_that_opens_gives_the_keyboard_to_no_panel_so_that_typing_begins_a_line(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    window = Window(desk.theme.tokens, settings_in(tmp_path))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    QApplication.processEvents()

    window.furnish(desk, CommanderView(desk, QWidget()))
    QApplication.processEvents()

    assert window.focusWidget() is window.view
    qtbot.keyClicks(window.view, "p")
    assert window.view.capture.field.line == "p"
