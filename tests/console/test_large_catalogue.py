"""A catalogue with very many calls comes from a file through the server onto the map."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.views.service_map.canvas import MapCanvas
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve

CALLS, CALLED = 20_000, 50


def _table(file: Path) -> Path:
    """Each service calls as many others."""
    services = CALLS // CALLED
    rows = (
        f"s{number // CALLED},s{(number // CALLED + number % CALLED * 7 + 1) % services}\n"
        for number in range(CALLS)
    )
    file.write_text("caller,callee\n" + "".join(rows))
    return file


def _calls_on_map(room: Room) -> int:
    canvas = room.view.findChild(MapCanvas)
    picture = None if canvas is None else canvas.stage.picture
    return 0 if picture is None else len(picture.graph.dependencies)


def test_twenty_thousand_calls_come_from_a_file_onto_the_map(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    table = _table(tmp_path / "calls.csv")
    with serve(tmp_path / "server") as server:
        said = say("import-catalog", str(table), server=server)
        assert said["changes"] == CALLS + CALLS // CALLED
        assert say("import-catalog", str(table), server=server)["changes"] == 0
        say("declare", "Payments fail", server=server)

        with open_room(server, "priya") as room:
            qtbot.waitUntil(lambda: _calls_on_map(room) == CALLS, timeout=3 * WITHIN_MS)

            canvas = room.view.findChild(MapCanvas)
            assert canvas is not None
            canvas.resize(922, 330)
            assert not canvas.grab().isNull()  # it can be painted
