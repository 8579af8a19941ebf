"""A console that opens after the last reading shows it, and as of when."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.incident.kinds.signals import Health
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.edges import EdgeClass, edge_class
from app.views.service_map.picture import MapPicture
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve
from tests.server.telemetry.prometheus_answers import answering

EDGE = ("checkout", "payments")
ONCE = 3600.0


def _picture(room: Room) -> MapPicture | None:
    canvas = room.view.findChild(MapCanvas)
    return None if canvas is None else canvas.stage.picture


def _is_failing(room: Room) -> bool:
    """Whether the call is measured as failing, and painted so."""
    picture = _picture(room)
    if picture is None or picture.calls.get(EDGE) is not Health.FAILING:
        return False
    return edge_class(picture, *EDGE) is EdgeClass.FAILING


def _note(room: Room) -> str:
    """What the panel of the map says of the age of what it shows."""
    return room.view.body.services.heading.accessibleDescription()


def _is_old(room: Room) -> bool:
    """Whether the panel says as of when health is, once three minutes have passed."""
    room._bridge.skew_measured.emit(-timedelta(minutes=3))
    room._clock.ticked.emit()  # seconds pass as well, faster than they do
    return _note(room).startswith("Health as of ")


def _sources(folder: Path, url: str) -> Path:
    source = {
        "name": "prometheus",
        "url": url,
        "interval": ONCE,
        "queries": {"requests": "requests", "failed": "failed", "latency": ""},
        "thresholds": {"rise": 1},
    }
    file = folder / "sources.yml"
    file.write_text(json.dumps({"prometheus": [source]}))
    return file


def test_a_console_that_opens_late_has_the_colour_and_then_the_age_of_the_last_reading(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with answering() as prometheus:
        prometheus.requests, prometheus.failed = {EDGE: 20.0}, {EDGE: 10.0}
        with serve(tmp_path / "server", sources=_sources(tmp_path, prometheus.url)) as server:
            say("declare", "Payments fail", server=server)
            with open_room(server, "one") as one:
                qtbot.waitUntil(lambda: _is_failing(one), timeout=WITHIN_MS)

                with open_room(server, "two") as two:
                    qtbot.waitUntil(lambda: _is_failing(two), timeout=WITHIN_MS)
                    assert _note(two) == ""

                    qtbot.waitUntil(lambda: _is_old(two), timeout=WITHIN_MS)
                    assert _is_failing(two)
        assert prometheus.asked == 1
