"""Everything that can be focused has a name; nothing is clipped when the type is large."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.drawing import text_width
from app.views.service_map.look import HEADING_ROOM
from app.views.typography import TypeStyle


def test_every_focusable_control_has_a_name(view: CommanderView) -> None:
    controls = [
        widget
        for widget in view.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    unnamed = [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in controls
        if not one.accessibleName()
    ]

    assert controls
    assert unnamed == []


def test_tab_visits_every_panel_and_ends_in_the_bar(view: CommanderView) -> None:
    body = view.body
    visited: list[QWidget] = []
    widget: QWidget = view.header
    for _ in range(400):
        visited.append(widget)
        widget = widget.nextInFocusChain()
        if widget is view.header:
            break
    places = [
        visited.index(one)
        for one in (
            view.header,
            body.roster.list,
            body.timeline.list,
            body.decisions.card.go,
            body.decisions.list,
            body.work.list,
            view.capture.field,
        )
    ]

    assert places == sorted(places)


def test_the_header_reads_as_one_sentence(view: CommanderView) -> None:
    sentence = view.header.accessibleDescription()

    assert sentence.startswith("SEV 1, Checkout failing for EU shoppers, mitigating")
    assert "Commander Priya Raman" in sentence
    assert "Change freeze Full · prod-eu" in sentence


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_no_button_is_narrower_than_its_text(
    view: CommanderView, desk: Desk, scale: float, size: tuple[int, int]
) -> None:
    desk.theme.use_scale(scale)
    view.resize(*size)
    QApplication.processEvents()

    clipped = [
        button.text()
        for button in view.findChildren(QAbstractButton)
        if button.isVisible()
        and button.fontMetrics().horizontalAdvance(button.text()) > button.width()
    ]
    desk.theme.use_scale(1.0)

    assert clipped == []


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_region_keeps_a_height(view: CommanderView, desk: Desk, scale: float) -> None:
    desk.theme.use_scale(scale)
    QApplication.processEvents()

    timeline = view.body.timeline
    shown = timeline.chart if timeline.chart.isVisible() else timeline.list
    bottom = shown.mapTo(timeline, shown.rect().bottomLeft()).y()
    fits = shown.isVisible() and bottom <= timeline.height()
    bar_bottom = view.capture.geometry().bottom()
    desk.theme.use_scale(1.0)

    assert fits
    assert bar_bottom < view.height()


@pytest.mark.parametrize(
    ("scale", "size"), [(1.0, (1280, 800)), (1.5, (1280, 800)), (2.0, (1600, 1000))]
)
def test_the_map_has_room_for_the_names_of_its_services(
    view: CommanderView, desk: Desk, scale: float, size: tuple[int, int]
) -> None:
    desk.theme.use_scale(scale)
    view.resize(*size)
    QApplication.processEvents()

    below_headings = view.body.services.map.height() - HEADING_ROOM * scale
    desk.theme.use_scale(1.0)

    assert below_headings >= 165.0  # six rows of cards, none of them too small for its name


def test_a_title_shrinks_before_it_loses_words(view: CommanderView, desk: Desk) -> None:
    header = view.header
    title = "Checkout failing for EU shoppers"
    room = text_width(desk.theme, title, TypeStyle.STRONG) + 1

    assert header.title_style(title, 1000.0) is TypeStyle.TITLE
    assert header.title_style(title, room) is TypeStyle.STRONG
    assert header.title_style(title * 9, room) is TypeStyle.ROW_STRONG
