"""A real Prometheus scrapes service-graph metrics: an edge whose errors rise turns."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.views.map_answers import MapAnswers
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.edges import EdgeClass, edge_class
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve
from tests.server.real.monitoring import exporting, prometheus
from tests.server.real.test_real_service_graph import Traffic, sources_file

pytestmark = pytest.mark.real

EDGE = ("checkout", "payments")
SCRAPED_EVERY = "5s"
OVER = "15s"
CALLS = "checkout calls payments"


def _loudness(room: Room) -> EdgeClass | None:
    """How loud the canvas paints the edge; None while nobody measures it."""
    canvas = room.view.findChild(MapCanvas)
    picture = None if canvas is None else canvas.stage.picture
    if picture is None or EDGE not in picture.calls:
        return None
    return edge_class(picture, *EDGE)


def _line(room: Room, start: str) -> str:
    """The line of the sheet about payments that begins so."""
    answers = room.view.findChild(MapAnswers)
    assert answers is not None
    answers.open_service("payments")
    lines = [row.text for row in answers.sheet.model.rows]
    return next((one for one in lines if one.startswith(start)), "")


def test_an_edge_whose_errors_rise_turns_within_two_scrapes_on_two_consoles(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with (
        exporting() as exporter,
        Traffic(exporter) as traffic,
        prometheus(tmp_path, exporter.address, [], every=SCRAPED_EVERY) as url,
        serve(tmp_path / "server", sources=sources_file(tmp_path, url, over=OVER)) as server,
    ):
        (tmp_path / "levels.csv").write_text("service,slo\npayments,99% in 30 days\n")
        say("import-catalog", str(tmp_path / "levels.csv"), server=server)
        say("declare", "Payments fail", server=server)
        with open_room(server, "one") as one, open_room(server, "two") as two:
            rooms = (one, two)

            def are(*wanted: EdgeClass) -> bool:
                return all(_loudness(room) in wanted for room in rooms)

            qtbot.waitUntil(lambda: are(EdgeClass.NORMAL), timeout=2 * WITHIN_MS)

            exporter.moves_until = exporter.scrapes + 2
            traffic.failing_share = 0.5
            loud = (EdgeClass.DEGRADED, EdgeClass.FAILING)
            qtbot.waitUntil(lambda: are(*loud), timeout=WITHIN_MS)
            exporter.moves_until = inf

            qtbot.waitUntil(lambda: are(EdgeClass.FAILING), timeout=WITHIN_MS)
            qtbot.waitUntil(lambda: "% err" in _line(two, CALLS), timeout=WITHIN_MS)
            qtbot.waitUntil(lambda: _line(two, "Burn rate ") != "", timeout=2 * WITHIN_MS)

            traffic.failing_share = 0.0
            qtbot.waitUntil(lambda: are(EdgeClass.NORMAL), timeout=2 * WITHIN_MS)
