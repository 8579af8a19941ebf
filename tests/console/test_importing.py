"""A catalogue comes from a file chosen in the window through the outbox onto the map."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.console.catalogue_link import CatalogueLink, imported_words, refused_words
from app.console.cataloguing import Imported
from app.console.options import Options
from app.console.room import Room
from app.protocol.problems import ProblemCode
from app.sync.log_view import ParkedRow
from app.views.service_map.canvas import MapCanvas
from app.views.service_panel import ServicePanel
from tests.console.rooms import WITHIN_MS, OpenRoom, opened_room
from tests.console.standing import notes
from tests.e2e.programs import RunningServer, say, serve

pytestmark = pytest.mark.real

SHOP = "caller,callee\nweb,checkout\ncheckout,orders-db\n"
COMPLAINT = (
    "Catalogue cannot be read: shop.yaml, line 4, services.web.image: this key is given twice."
)
BROKEN = "services:\n  web:\n    image: shop/web\n    image: shop/web:2\n"


def _panel(room: Room) -> ServicePanel:
    return room.view.body.services


def _catalogues(room: Room) -> CatalogueLink:
    return room._map.catalogues


def _drawn(room: Room) -> set[str]:
    canvas = room.view.findChild(MapCanvas)
    picture = None if canvas is None else canvas.stage.picture
    return set() if picture is None else set(picture.graph.index)


def _choose(room: Room, *files: Path) -> None:
    """Import these files."""
    _catalogues(room).choose_files = lambda: files
    _catalogues(room).choose()


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


@contextmanager
def _before_any_incident(
    qapp: QApplication, qtbot: QtBot, server: RunningServer
) -> Iterator[Room]:
    """A window at a server without any incident, with its buttons where the map will be."""
    options = Options(
        server=server.url, token_file=server.token_file, profile="priya", theme="dark"
    )
    with opened_room(qapp, options) as room:
        qtbot.waitUntil(_panel(room).empty.isVisible, timeout=WITHIN_MS)
        parse_line = room.view.capture.parse_line
        qtbot.waitUntil(lambda: "no incident" in parse_line.message, timeout=WITHIN_MS)
        room.window.activateWindow()
        yield room


@pytest.fixture
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))


@pytest.mark.usefixtures("_own_data")
def test_a_first_catalogue_is_imported_by_keyboard_before_there_is_any_incident(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = _file(tmp_path, "shop.csv", f"{SHOP}web,cart\n")
    ours = _file(tmp_path, "teams.csv", "service,team,tier0\ncheckout,Payments,yes\n")
    with (
        serve(tmp_path / "server") as server,
        _before_any_incident(qapp, qtbot, server) as room,
    ):
        panel = _panel(room)
        _catalogues(room).choose_files = lambda: [shop, ours]

        # when the keyboard goes to the map's place and presses what it finds there
        room.view.focus_panel(3)
        assert panel.empty.bring.hasFocus()
        qtbot.keyClick(panel.empty.bring, Qt.Key.Key_Space)

        # then the services are on the map, and what was left out is said
        services = {"web", "checkout", "orders-db", "cart"}
        qtbot.waitUntil(lambda: _drawn(room) == services, timeout=WITHIN_MS)
        qtbot.waitUntil(panel.strip.isVisible, timeout=WITHIN_MS)
        assert not panel.empty.isVisible()
        assert "tier0" in panel.strip.words.text()
        assert room.organisation.owner_of("checkout") == "Payments"
        assert "imported from shop.csv, teams.csv." in room.view.capture.parse_line.message

        # and the server has all of it: from a terminal nothing of it is new
        qtbot.waitUntil(lambda: not room.apart.queue.waiting, timeout=WITHIN_MS)
        said = say("import-catalog", str(shop), str(ours), server=server)
        assert said["changes"] == 0


@pytest.mark.usefixtures("_own_data")
def test_a_broken_catalogue_is_named_and_the_last_good_one_stays(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    good = _file(tmp_path, "shop.csv", SHOP)
    broken = _file(tmp_path, "shop.yaml", BROKEN)
    with (
        serve(tmp_path / "server") as server,
        _before_any_incident(qapp, qtbot, server) as room,
    ):
        strip, catalogues = _panel(room).strip, _catalogues(room)

        # given a first one that is broken, with a good one beside it
        _choose(room, good, broken)
        qtbot.waitUntil(strip.isVisible, timeout=WITHIN_MS)
        assert strip.words.text() == COMPLAINT
        assert not room.organisation.services  # nothing of the good one either

        # when a good one is imported from there
        catalogues.choose_files = lambda: [good]
        qtbot.keyClick(strip.again, Qt.Key.Key_Space)

        # then the complaint is over, and the next names the time of that one
        qtbot.waitUntil(lambda: len(_drawn(room)) == 3, timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: not strip.isVisible(), timeout=WITHIN_MS)
        qtbot.waitUntil(lambda: not room.apart.queue.waiting, timeout=WITHIN_MS)
        _choose(room, broken)
        qtbot.waitUntil(strip.isVisible, timeout=WITHIN_MS)
        recorded = room.organisation.catalogue_at
        assert recorded is not None
        last = f"Showing the last good one from {recorded:%H:%M}."
        assert strip.words.text() == f"{COMPLAINT} {last}"
        assert len(_drawn(room)) == 3

        # and it stays until it is dismissed
        qtbot.keyClick(strip.dismiss, Qt.Key.Key_Space)
        assert not strip.isVisible()


def test_a_catalogue_imported_offline_is_on_the_map_and_recorded_later(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    shop = _file(tmp_path, "shop.csv", SHOP)
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            server.kill()
            qtbot.waitUntil(lambda: room.sync.is_offline, timeout=WITHIN_MS)
            assert _panel(room).empty.isVisible()

            _catalogues(room).choose_files = lambda: [shop]
            room.window.activateWindow()
            qtbot.keyClick(_panel(room).empty.bring, Qt.Key.Key_Space)

            qtbot.waitUntil(lambda: len(_drawn(room)) == 3, timeout=WITHIN_MS)
            message = room.view.capture.parse_line
            qtbot.waitUntil(lambda: "syncs later" in message.message, timeout=WITHIN_MS)
            assert room.apart.queue.waiting == 5

            with serve(tmp_path / "server", port=server.port) as again:
                qtbot.waitUntil(lambda: not room.apart.queue.waiting, timeout=WITHIN_MS)
                assert say("import-catalog", str(shop), server=again)["changes"] == 0


@pytest.mark.usefixtures("_own_data")
def test_who_changes_their_mind_imports_nothing(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        serve(tmp_path / "server") as server,
        _before_any_incident(qapp, qtbot, server) as room,
    ):
        _catalogues(room).choose_files = lambda: []
        before = room.view.capture.parse_line.message

        _panel(room).empty.bring.click()

        assert room.view.capture.parse_line.message == before


@pytest.mark.usefixtures("_own_data")
def test_the_demo_is_said_to_open_or_not_to_have_started(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        serve(tmp_path / "server") as server,
        _before_any_incident(qapp, qtbot, server) as room,
    ):
        parse_line = room.view.capture.parse_line
        _catalogues(room).start_demo = lambda: True
        _panel(room).empty.demo.click()
        assert parse_line.message.startswith("The demo opens in a window of its own.")

        _catalogues(room).start_demo = lambda: False
        _panel(room).empty.demo.click()
        assert parse_line.message.startswith("The demo did not start.")


def test_what_changed_is_counted_and_files_named() -> None:
    one = Imported(files=("a.csv",), events=("e-1",), notes=())
    none = Imported(files=("a.csv", "b.csv", "c.csv", "d.csv"), events=(), notes=())

    assert imported_words(one, is_apart=False) == "1 change imported from a.csv."
    assert imported_words(one, is_apart=True) == (
        "1 change imported from a.csv. Saved on this device, syncs later."
    )
    assert imported_words(none, is_apart=True) == "a.csv and 3 more: nothing new."


def test_a_refusal_is_told_with_its_reason_and_where_the_changes_are() -> None:
    event = notes("any")[0]
    row = ParkedRow(event=event, code=ProblemCode.TOO_LARGE, detail="")

    assert refused_words([row]) == (
        "The server refused 1 change of the catalogue: too large. "
        "They stay in the queue of this device."
    )
