"""The metric sheet in a running console: samples and readings arrive while it is open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.console.backstage import Backstage
from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.signals import IndicatorSampled
from app.protocol.readings import Readings, ServiceReadingLine
from app.views.metric_curves import MetricCurves
from tests.console.rooms import WITHIN_MS, OpenRoom, charted_room
from tests.patience import PATIENCE

pytestmark = pytest.mark.real

CALLS = "caller,callee\nweb,checkout\ncheckout,payments\n"


def _curves(room: Room) -> MetricCurves:
    found = room.view.findChild(MetricCurves)
    assert found is not None
    return found


def _hear(room: Room, share: float) -> None:
    """A frame of readings arrives at the console."""
    said = Readings(
        source="prometheus",
        observed_at=round(datetime.now(UTC).timestamp() * 1_000_000),
        services=[ServiceReadingLine(service="payments", error_ratio=share, latency=0.25)],
    )

    async def hear(stage: Backstage) -> None:
        stage.looking.readings.take([msgspec.json.encode(said)])

    room.worker.ask(hear).result(PATIENCE)


def _values(room: Room) -> list[str]:
    return [block.value.text() for block in _curves(room).sheet.blocks]


def test_what_arrives_is_drawn_and_a_moment_before_it_does_not_know_it(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with charted_room(qtbot, tmp_path, open_room, CALLS) as (room, canvas, tom):
        canvas.select("payments")
        qtbot.keyClick(room.view.capture.field, Qt.Key.Key_F8)
        sheet = _curves(room).sheet
        qtbot.waitUntil(lambda: sheet.has_plots, timeout=WITHIN_MS)
        assert _values(room)[0] == "no samples"
        assert "No readings in this time." in sheet.service.text()

        _hear(room, 0.4)
        qtbot.waitUntil(lambda: _values(room)[1].startswith("40%, as of"), timeout=WITHIN_MS)
        assert _values(room)[2].startswith("250 ms, as of")
        tom.write(Draft(fact=IndicatorSampled(indicator="Errors", value=41, unit="%")))
        qtbot.waitUntil(lambda: _values(room)[0].startswith("41%, as of"), timeout=WITHIN_MS)

        room.view.body.timeline.travel.press(Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier)
        qtbot.waitUntil(lambda: "read only" in sheet.reach.text(), timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: _values(room)[0] == "no samples", timeout=WITHIN_MS)
        room.view.body.timeline.travel.go_live()
        qtbot.waitUntil(lambda: _values(room)[0].startswith("41%, as of"), timeout=WITHIN_MS)
