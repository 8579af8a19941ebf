"""The metric sheet: curves of the incident and of a service, in words as well as drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.graph.service_history import ServiceHistory
from app.graph.suspects.inputs import Metric
from app.incident.kinds.signals import IndicatorSampled
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.metric_curves import MetricCurves
from app.views.metric_sheet import LOADING
from app.views.metric_words import step_words
from app.views.tokens import light_tokens
from tests.views.checkout_curves import (
    SERVICE,
    checkout_history,
    let_draw,
    open_checkout_curves,
)
from tests.views.checkout_incident import LogWriter, at, checkout_log
from tests.views.test_canary import canary_pixels, evil, evil_log

__all__ = ["evil"]


@pytest.fixture
def curves(desk: Desk, view: CommanderView, state: IncidentState) -> MetricCurves:
    """The open sheet over the checkout incident, with readings of checkout."""
    return open_checkout_curves(desk, view, state)


def test_the_key_opens_the_sheet_and_asks_for_the_readings(
    qtbot: QtBot, desk: Desk, view: CommanderView, state: IncidentState
) -> None:
    curves = MetricCurves(desk, view)
    curves.show_state(state)
    curves.choose_service(SERVICE, SERVICE)
    view.activateWindow()
    view.capture.field.setFocus()
    qtbot.waitUntil(view.capture.field.hasFocus)

    with qtbot.waitSignal(curves.wanted) as wanted:
        qtbot.keyClick(view.capture.field, Qt.Key.Key_F8)

    assert wanted.args == [SERVICE]
    assert curves.sheet.isVisible()
    assert curves.sheet.said.text() == LOADING

    qtbot.keyClick(curves.sheet.list, Qt.Key.Key_Escape)

    assert not curves.sheet.isVisible()
    assert view.capture.field.hasFocus()


def test_pressing_the_curve_of_the_timeline_opens_the_sheet(
    qtbot: QtBot, desk: Desk, view: CommanderView
) -> None:
    curves = MetricCurves(desk, view)

    qtbot.mouseClick(view.body.timeline.chart, Qt.MouseButton.LeftButton, pos=QPoint(200, 12))

    assert curves.sheet.isVisible()


def test_the_newest_values_are_said_with_their_time(curves: MetricCurves) -> None:
    words = curves.sheet.accessibleDescription()

    assert words.startswith("Errors: 41%, as of 14:39:15. Error share: 22.2%, as of 14:39:24.")
    plots = [block.plot for block in curves.sheet.blocks]
    assert [one.accessibleName() for one in plots] == ["Errors", "Error share", "Latency", "Rate"]
    assert plots[2].accessibleDescription() == "Latency: 819 ms, as of 14:39:24"


def test_the_words_come_at_once_and_the_curves_one_by_one(
    desk: Desk, view: CommanderView, state: IncidentState
) -> None:
    curves = MetricCurves(desk, view)
    curves.show_state(state)
    curves.choose_service(SERVICE, SERVICE)
    curves.toggle()

    curves.show_history(checkout_history())

    blocks = curves.sheet.blocks
    assert blocks[3].value.text().startswith("154 calls/s")
    due = [sum(block.is_due for block in blocks)]
    curves.sheet._turn.timeout.connect(
        lambda: due.append(sum(block.is_due for block in curves.sheet.blocks))
    )
    let_draw(curves)
    assert list(dict.fromkeys(due)) == [4, 3, 2, 1, 0]
    assert [bool(block.plot.curve.points) for block in blocks] == [True] * 4


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (40.0, "%", "40%"),
        (-4000.0, "%", "-4,000"),
        (0.25, "s", "0.25"),
        (12_000.0, "ms", "12,000"),
        (-12_000_000.0, "", "-12 M"),
        (3e-7, "", "3e-07"),
    ],
)
def test_a_number_beside_a_curve_is_short(value: float, unit: str, words: str) -> None:
    assert step_words(value, unit) == words


@pytest.mark.parametrize("values", [(-40.0, -10.0), (-40.0, 25.0), (3.0, 1.0)])
def test_an_indicator_below_zero_is_drawn_below_zero(
    desk: Desk, curves: MetricCurves, values: tuple[float, ...]
) -> None:
    writer = LogWriter()
    for minute, value in zip(("14:30", "14:39"), values, strict=True):
        sampled = IndicatorSampled(indicator="Change of orders", value=value, unit="%")
        writer.add(minute, "integration:monitor", sampled)

    curves.show_state(replay(writer.log))
    let_draw(curves)

    plot = curves.sheet.blocks[0].plot
    picture = plot.grab().toImage()
    colour = desk.theme.tokens.fail_border.name()
    columns = range(plot.width() // 2, plot.width())
    rows = [
        y
        for y in range(picture.height())
        if any(picture.pixelColor(x, y).name() == colour for x in columns)
    ]
    assert rows
    foot, top = plot.reach
    assert foot <= min(0.0, *values)
    assert top >= max(0.0, *values)


def test_times_follow_the_zone(desk: Desk, curves: MetricCurves) -> None:
    assert curves.sheet.reach.text() == "13:30 to 14:39 UTC"

    desk.times.use_local(True)

    assert curves.sheet.reach.text() == "14:30 to 15:39 local"
    assert "as of 15:39:15" in curves.sheet.blocks[0].value.text()


def test_a_moment_of_the_past_shows_nothing_later(
    desk: Desk, view: CommanderView, curves: MetricCurves
) -> None:
    moment = at("14:01")

    view.show_past(past_state("14:01"), moment)
    curves.show_state(past_state("14:01"))
    let_draw(curves)

    assert curves.sheet.reach.text() == "13:30 to 14:01 UTC, as known at 14:01:00, read only"
    for block in curves.sheet.blocks:
        assert all(when <= moment.timestamp() for when, _ in block.plot.curve.points)
    assert all(mark.at <= moment for mark in curves.sheet.model.rows)


def past_state(time: str) -> IncidentState:
    """The checkout incident as it was known at a time."""
    return replay([one for one in checkout_log() if one.received_at <= at(time)])


def test_new_samples_show_while_the_sheet_is_open(curves: MetricCurves) -> None:
    writer = LogWriter()
    sampled = IndicatorSampled(indicator="Errors", value=7, unit="%")
    writer.add("14:39", "integration:monitor", sampled)

    curves.show_state(replay(writer.log))

    assert curves.sheet.blocks[0].value.text() == "7%, as of 14:39:00"


def test_without_readings_the_sheet_says_so(curves: MetricCurves) -> None:
    curves.choose_service("search", "search")
    curves.show_history(ServiceHistory(service="search"))

    assert "No readings in this time." in curves.sheet.service.text()
    assert curves.sheet.blocks[1].value.text() == "no readings"


def test_readings_that_stopped_are_told_with_their_time(curves: MetricCurves) -> None:
    points = {Metric.ERRORS: ((at("14:20").timestamp(), 0.1),)}

    curves.show_history(ServiceHistory(service=SERVICE, points=points))

    assert "No readings since 14:20." in curves.sheet.service.text()
    assert curves.sheet.blocks[1].value.text() == "10%, as of 14:20:00"


def test_an_answer_about_another_service_is_dropped(curves: MetricCurves) -> None:
    curves.choose_service("search", "search")

    curves.show_history(checkout_history())
    let_draw(curves)

    assert curves.sheet.blocks[1].plot.curve.points == ()


def test_without_a_selection_only_the_indicator_shows(curves: MetricCurves) -> None:
    curves.choose_service("", "")

    assert "Select a service" in curves.sheet.service.text()
    assert [block.isVisible() for block in curves.sheet.blocks] == [True, False, False, False]


def test_the_list_of_marks_says_what_was_measured_then(qtbot: QtBot, curves: MetricCurves) -> None:
    sheet = curves.sheet
    qtbot.keyClick(sheet.list, Qt.Key.Key_Down)

    mark = sheet.model.rows[1]
    assert sheet.said.text().startswith(f"{mark.at:%H:%M:%S}  Errors ")
    assert sheet.list.current_row() is mark


def test_the_mouse_over_a_mark_says_which(curves: MetricCurves) -> None:
    sheet = curves.sheet
    mark = sheet.model.rows[3]

    sheet.blocks[1].plot.pointed.emit(mark.at.timestamp() + 5)

    assert sheet.said.text().endswith(sheet.model.sentence(mark))


def test_no_menu_comes_up_over_a_curve(curves: MetricCurves) -> None:
    place = QPoint(60, 30)
    plot = curves.sheet.blocks[0].plot
    for canvas in (one for one in plot.findChildren(QWidget) if one.isVisible()):
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, place, canvas.mapToGlobal(place)))

    assert not [one for one in QApplication.topLevelWidgets() if _is_open_menu(one)]


def _is_open_menu(widget: QWidget) -> bool:
    return isinstance(widget, QMenu) and widget.isVisible()


def test_curves_take_on_the_theme(desk: Desk, curves: MetricCurves) -> None:
    desk.theme.use_tokens(light_tokens())
    QApplication.processEvents()

    picture = curves.sheet.blocks[1].plot.grab().toImage()

    corner = QPointF(picture.width() - 3, 3).toPoint()
    assert picture.pixelColor(corner).name() == light_tokens().bg1.name()


@pytest.mark.parametrize("name", ["{evil}", "<img src=x>"])
def test_no_name_is_read_as_markup(qtbot: QtBot, desk: Desk, evil: str, name: str) -> None:
    text = name.format(evil=evil)
    view = CommanderView(desk, QWidget())
    qtbot.addWidget(view)
    view.resize(1600, 1000)
    view.show()
    curves = MetricCurves(desk, view)
    curves.show_state(replay(evil_log(text)))
    curves.choose_service(text, text)
    curves.toggle()
    curves.show_history(checkout_history(text))
    let_draw(curves)

    assert curves.sheet.blocks[0].name.text().startswith("<img src=")
    assert curves.sheet.service.text().startswith("<img src=")
    assert curves.sheet.model.rows
    assert canary_pixels(view) == 0
