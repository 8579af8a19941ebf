"""A tick repaints the rectangles of digits that changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from tests.views.checkout_incident import NOW


class PaintWatch(QObject):
    """Remembers what is painted on some widgets."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.painted: dict[QWidget, QRegion] = {}
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent) and isinstance(watched, QWidget):
            before = self.painted.get(watched, QRegion())
            self.painted[watched] = before.united(event.region())
        return False

    def share(self, widget: QWidget) -> float:
        """How much of a widget was painted, 0 to 1."""
        region = self.painted.get(widget, QRegion())
        rectangles = cast(Iterable[QRect], region)  # it iterates; its stub does not say so
        pixels = sum(rect.width() * rect.height() for rect in rectangles)
        return pixels / max(1, widget.width() * widget.height())


@pytest.fixture
def settled(view: CommanderView, clock: FrozenClock) -> CommanderView:
    """The view after a first tick, with nothing left to paint."""
    view.capture.field.clearFocus()
    for second in (1, 2):
        clock.show(NOW + timedelta(seconds=second))
        QApplication.processEvents()
    return view


def test_a_tick_repaints_only_digits(
    qtbot: QtBot, settled: CommanderView, clock: FrozenClock
) -> None:
    body = settled.body
    roster, work = body.roster.list.viewport(), body.work.list.viewport()
    timeline, decisions = body.timeline.list.viewport(), body.decisions.list.viewport()
    watch = PaintWatch(
        settled.header, roster, work, timeline, decisions, body.decisions.card,
        body.clocks.list.viewport(), body.freeze.sheet, body.timeline.chart, body.services.map,
        body.services.inspector, settled.capture,
    )  # fmt: skip

    clock.show(NOW + timedelta(seconds=3))
    QApplication.processEvents()

    assert 0 < watch.share(settled.header) < 0.08
    assert 0 < watch.share(body.decisions.card) < 0.06
    assert 0 < watch.share(work) < 0.25
    assert 0 < watch.share(decisions) < 0.1
    untouched = (
        roster,
        timeline,
        body.freeze.sheet,
        body.services.map,
        body.services.inspector,
        settled.capture,
    )
    assert [watch.share(widget) for widget in untouched] == [0.0] * len(untouched)
    assert watch.share(body.timeline.chart) < 0.06  # the now line moved by a pixel


def test_the_same_second_again_repaints_nothing(
    qtbot: QtBot, settled: CommanderView, clock: FrozenClock
) -> None:
    body = settled.body
    watched = (settled.header, body.work.list.viewport(), body.decisions.card)
    watch = PaintWatch(*watched)

    clock.show(NOW + timedelta(seconds=2))
    QApplication.processEvents()

    assert [watch.share(widget) for widget in watched] == [0.0, 0.0, 0.0]


def test_an_update_that_falls_due_turns_solid(
    qtbot: QtBot, settled: CommanderView, clock: FrozenClock
) -> None:
    clock.show(NOW + timedelta(minutes=6))

    assert "Next update Overdue 2:11" in settled.header.accessibleDescription()
