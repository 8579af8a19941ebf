"""When the system says that there is a network again, nobody waits out a pause."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from app.console.network_watch import NetworkWatch
from app.sync.backoff import Backoff
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve

Reach = QNetworkInformation.Reachability


class Network(QObject):
    """A system that says how far it reaches."""

    changed = Signal(object)


@pytest.mark.parametrize(
    ("before", "after", "is_back"),
    [
        (Reach.Disconnected, Reach.Online, True),
        (Reach.Unknown, Reach.Local, True),
        (Reach.Site, Reach.Online, True),
        (Reach.Online, Reach.Disconnected, False),
        (Reach.Online, Reach.Site, False),
        (Reach.Online, Reach.Online, False),
    ],
)
def test_a_network_is_back_when_more_can_be_reached_than_before(
    qtbot: QtBot, before: Reach, after: Reach, is_back: bool
) -> None:
    parent, network = QObject(), Network()
    watch, heard = NetworkWatch(parent), []
    watch.returned.connect(lambda: heard.append(True))
    watch.follow(before, network.changed)

    network.changed.emit(after)

    assert bool(heard) is is_back


@pytest.mark.real
@pytest.mark.parametrize("asks", ["the network", "a look at the queue"])
def test_nobody_waits_out_a_pause_that_has_become_pointless(
    qtbot: QtBot,
    tmp_path: Path,
    open_room: OpenRoom,
    monkeypatch: pytest.MonkeyPatch,
    asks: str,
) -> None:
    monkeypatch.setattr(Backoff, "next_wait", lambda *_: 600.0)
    network = Network()
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            room._network.follow(Reach.Disconnected, network.changed)
            qtbot.waitUntil(lambda: room._progress["incident"].is_connected, timeout=WITHIN_MS)
            server.kill()
            qtbot.waitUntil(lambda: room.sync.is_offline, timeout=WITHIN_MS)
            with serve(tmp_path / "server", port=server.port):
                if asks == "the network":
                    network.changed.emit(Reach.Online)
                else:
                    room.view.sync_pressed.emit()

                qtbot.waitUntil(lambda: room._progress["incident"].is_connected, timeout=WITHIN_MS)
