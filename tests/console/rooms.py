"""A real room, offscreen, at a real server in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.options import Options
from app.console.room import Room
from app.views.service_map.canvas import MapCanvas
from app.views.tokens import dark_tokens
from app.views.window import Window
from tests.e2e.programs import RunningServer, say, serve
from tests.patience import PATIENCE_MS
from tests.scenarios.onlooker import Onlooker, newest_incident, onlookers

OpenOwnRoom = Callable[..., AbstractContextManager[Room]]
"""Opens the room of a person (by default priya) with a server of its own."""

OpenRoom = Callable[[RunningServer, str], AbstractContextManager[Room]]
"""Opens a room at a server, with a profile by this name; it shows the incident by then."""

WITHIN_MS = PATIENCE_MS


@contextmanager
def opened_room(application: QApplication, options: Options) -> Iterator[Room]:
    """A room that begins to work; its window closes unasked."""
    room = Room(options, application, Window(dark_tokens()))
    room.open()
    try:
        yield room
    finally:
        room.close()
        room.window.may_close = lambda: True
        room.window.close()
        room.window.deleteLater()
        application.processEvents()


def log_line(qtbot: QtBot, room: Room, line: str) -> None:
    """Type a line into the capture bar and press Enter."""
    room.view.capture.begin(line)
    qtbot.keyClick(room.view.capture.field, Qt.Key.Key_Return)


@contextmanager
def charted_room(
    qtbot: QtBot, folder: Path, open_room: OpenRoom, calls: str
) -> Iterator[tuple[Room, MapCanvas, Onlooker]]:
    """The active window of priya with a map of `calls` (CSV), and tom at the same incident.

    The map shows every service of `calls` by then.
    """
    catalogue = folder / "calls.csv"
    catalogue.write_text(calls)
    with serve(folder / "server") as server:
        say("import-catalog", str(catalogue), server=server)
        say("declare", "Checkout failing", server=server)
        incident = newest_incident(server.url, server.token)
        with (
            onlookers(server.url, server.token, incident, ("tom",), folder) as (tom,),
            open_room(server, "priya") as room,
        ):
            qtbot.waitUntil(lambda: room.view.findChild(MapCanvas) is not None, timeout=WITHIN_MS)
            canvas = room.view.findChild(MapCanvas)
            assert canvas is not None
            _, *lines = calls.split()
            services = {name for line in lines for name in line.split(",")}
            qtbot.waitUntil(lambda: services <= _drawn(canvas), timeout=WITHIN_MS)
            room.window.activateWindow()
            yield room, canvas, tom


def _drawn(canvas: MapCanvas) -> set[str]:
    """The services of the graph that is drawn; a first picture may know less than the log."""
    picture = canvas.stage.picture
    return set() if picture is None else set(picture.graph.index)
