"""A console that opens shows its map in outline until it has heard how services are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.console import sync_watch
from app.console.health_hearing import HealthHearing
from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.state import BEFORE_ANYTHING
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.picture import MapPicture
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import RunningServer, say, serve
from tests.scenarios.onlooker import newest_incident, onlookers
from tests.views.checkout_incident import NOW, checkout_state

FAILING = HealthChanged(service="checkout", health=Health.FAILING, indicator="41% err")
CALLS = "caller,callee\nweb,checkout\ncheckout,orders-db\n"


def _picture(room: Room) -> MapPicture | None:
    canvas = room.view.findChild(MapCanvas)
    picture = None if canvas is None else canvas.stage.picture
    return picture if picture is not None and len(picture.graph) == 3 else None


def _is_failing(room: Room) -> bool:
    picture = _picture(room)
    return picture is not None and picture.health_of("checkout").state is Health.FAILING


def _heading(room: Room) -> str:
    """What stands beside the title of the map."""
    heading = room.view.body.services.heading
    return heading.accessibleDescription() or heading.count


def _leave_a_failing_service(
    qtbot: QtBot, folder: Path, server: RunningServer, open_room: OpenRoom
) -> None:
    """Priya saw it fail, closed her console, and then the server went."""
    calls = folder / "calls.csv"
    calls.write_text(CALLS)
    say("import-catalog", str(calls), server=server)
    say("declare", "Checkout failing", server=server)
    incident = newest_incident(server.url, server.token)
    with (
        onlookers(server.url, server.token, incident, ["tom"], folder) as (tom,),
        open_room(server, "priya") as room,
    ):
        tom.write(Draft(fact=FAILING))
        qtbot.waitUntil(lambda: _is_failing(room), timeout=WITHIN_MS)
        assert _heading(room) == "3 services"
    server.kill()


@pytest.mark.real
def test_what_a_disk_knew_is_drawn_in_outline_until_the_server_is_heard(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_watch, "FIRST_CONTACT", timedelta(hours=1))  # it may take its time
    with serve(tmp_path / "server") as server:
        _leave_a_failing_service(qtbot, tmp_path, server, open_room)

        # when the console opens, and no server answers yet
        with open_room(server, "priya") as room:
            qtbot.waitUntil(lambda: _picture(room) is not None, timeout=WITHIN_MS)

            # then places are known and health is not, in the picture and in words
            picture = _picture(room)
            assert picture is not None
            assert picture.is_loading
            assert not picture.health
            assert room.state.signals.health_of("checkout") is not None
            assert _heading(room) == "Health loading"
            assert room.view.body.services.counts.accessibleName() == "Health loading"
            canvas = room.view.findChild(MapCanvas)
            assert canvas is not None
            assert canvas.accessibleDescription() == "3 services, health loading."

            # and once it answers, everything is as it is
            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(lambda: _is_failing(room), timeout=WITHIN_MS)
                qtbot.waitUntil(lambda: _heading(room) == "3 services", timeout=WITHIN_MS)


@pytest.mark.real
def test_offline_takes_over_with_the_moment_from_which_the_health_is(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_watch, "FIRST_CONTACT", timedelta())
    with serve(tmp_path / "server") as server:
        _leave_a_failing_service(qtbot, tmp_path, server, open_room)

        with open_room(server, "priya") as room:
            qtbot.waitUntil(lambda: _is_failing(room), timeout=WITHIN_MS)

            failed = room.state.signals.health_of("checkout")
            picture = _picture(room)
            assert failed is not None
            assert picture is not None
            assert picture.is_stale
            assert picture.as_of is not None
            assert picture.as_of >= failed.since
            assert _heading(room) == f"Health as of {picture.as_of:%H:%M}"


def test_health_loads_only_for_an_incident_that_shows_and_was_not_heard_of() -> None:
    hearing = HealthHearing()
    hearing.note(BEFORE_ANYTHING, SyncStatus(kind=SyncKind.CONNECTING))
    assert not hearing.is_loading  # there is nothing to load the health of

    hearing.note(checkout_state(), SyncStatus(kind=SyncKind.CONNECTING))
    assert hearing.is_loading
    assert hearing.left_at is None

    hearing.note(checkout_state(), SyncStatus(kind=SyncKind.CATCHING_UP, reading=40))
    assert hearing.is_loading

    hearing.note(checkout_state(), SyncStatus(kind=SyncKind.LIVE))
    assert not hearing.is_loading

    hearing.note(checkout_state(), SyncStatus(kind=SyncKind.CATCHING_UP, reading=40))
    assert not hearing.is_loading  # what was heard before the line dropped is no disk's word
    assert hearing.left_at is None


def test_readings_alone_are_word_enough() -> None:
    hearing = HealthHearing()

    hearing.note(checkout_state(), SyncStatus(kind=SyncKind.CONNECTING), NOW.timestamp())

    assert not hearing.is_loading


@pytest.mark.parametrize("kind", [SyncKind.OFFLINE, SyncKind.REFUSED, SyncKind.OTHER_SITE])
def test_without_any_word_health_is_from_the_last_record(kind: SyncKind) -> None:
    hearing, state = HealthHearing(), checkout_state()

    hearing.note(state, SyncStatus(kind=kind))

    assert not hearing.is_loading
    assert hearing.left_at == max(one.recorded_at for one in state.timeline)


def test_an_incident_without_any_record_has_no_such_moment() -> None:
    hearing = HealthHearing()

    hearing.note(BEFORE_ANYTHING, SyncStatus(kind=SyncKind.OFFLINE, since=datetime.now(UTC)))

    assert hearing.left_at is None
