"""What a tick repaints of the lanes is all that it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.incident.state import IncidentState
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.timeline_chart import TimelineChart
from tests.views.checkout_incident import at


class _Painted(QObject):
    """Gathers what was painted anew."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def test_the_now_line_moves_with_its_time_and_the_newest_value_and_leaves_nothing_behind(
    qtbot: QtBot, desk: Desk, state: IncidentState, clock: FrozenClock
) -> None:
    # given lanes with a value beside the now line
    view = CommanderView(desk, QWidget())
    qtbot.addWidget(view)
    view.resize(1600, 1000)
    view.show()
    clock.show(at("14:39:02"))
    view.show_state(state)
    QApplication.processEvents()
    chart = view.body.timeline.chart
    shown = chart.grab().toImage()

    # when time passes within the minute
    painted = _Painted()
    chart.installEventFilter(painted)
    clock.show(at("14:39:26"))
    QApplication.processEvents()
    chart.removeEventFilter(painted)
    whole = chart.grab().toImage()

    # then what was painted anew makes the old picture the new one
    assert not painted.region.isEmpty()
    assert painted.region.boundingRect().width() < chart.width() / 2
    assert shown != whole
    assert _with(shown, whole, painted.region) == whole


class _LateClock(FrozenClock):
    """A clock whose time goes on between a tick and what is painted for it."""

    def slip(self, moment: datetime) -> None:
        """Show another moment without a tick."""
        self._moment = moment


def test_a_strip_painted_when_the_scale_has_moved_on_is_followed_by_all_the_rest(
    qtbot: QtBot, desk: Desk, state: IncidentState
) -> None:
    # given lanes
    clock = _LateClock(at("14:39:02"))
    view = CommanderView(replace(desk, clock=clock), QWidget())
    qtbot.addWidget(view)
    view.resize(1600, 1000)
    view.show()
    view.show_state(state)
    QApplication.processEvents()
    chart = view.body.timeline.chart
    before = chart.scale()

    # when their end moves on after a tick, before the strip of the tick is painted
    painted = _Painted()
    chart.installEventFilter(painted)
    clock.show(at("14:39:24"))
    clock.slip(_when_the_scale_moves(chart, clock))

    # then no strip of the new scale is left in a picture of the old one
    whole = QRegion(chart.rect())
    qtbot.waitUntil(lambda: whole.subtracted(painted.region).isEmpty())
    chart.removeEventFilter(painted)
    assert chart.scale() != before


def _when_the_scale_moves(chart: TimelineChart, clock: _LateClock) -> datetime:
    """The first second from now on at which the lanes end later."""
    before = chart.scale()
    while chart.scale() == before:
        clock.slip(clock.live() + timedelta(seconds=1))
    return clock.live()


def _with(before: QImage, after: QImage, region: QRegion) -> QImage:
    painter = QPainter(before)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setClipRegion(region)
    painter.drawImage(QPoint(0, 0), after)
    painter.end()
    return before
