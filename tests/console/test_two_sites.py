"""One profile at two sites: each keeps what is its own, and neither hears of the other."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import ORGANISATION_LOG, incident_log
from app.organisation.kinds import ConsoleRegistered
from app.protocol.sync_status import SyncKind
from app.server.settings import settings_in
from app.server.site import running_site, utc_now
from app.sync.api_client import ApiClient
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import RunningServer, say, serve

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]


def recorded(server: RunningServer) -> list[bytes]:
    """Every record of every log at a server, but those of consoles that came there."""

    async def read() -> list[bytes]:
        async with ApiClient(server.url, server.token) as api:
            listed = (await api.incidents()).incidents
            logs = [ORGANISATION_LOG, *(incident_log(one.id) for one in listed)]
            pages = [await api.page(log, after=0, limit=1_000) for log in logs]
            return [line for page in pages for line in page.lines]

    return [line for line in asyncio.run(read()) if ConsoleRegistered.kind.encode() not in line]


def consoles(server: RunningServer) -> int:
    """How many consoles of people may sign at a server."""

    async def read() -> int:
        async with ApiClient(server.url, server.token) as api:
            known = (await api.consoles()).consoles
            return sum(one.actor.startswith("person:") for one in known)

    return asyncio.run(read())


def is_recorded(server: RunningServer, text: str) -> bool:
    """Whether a note is in the log of any incident at a server."""
    return any(text.encode() in line for line in recorded(server))


def texts(room: Room) -> list[str]:
    """What the timeline says."""
    return [row.text for row in room.state.timeline]


@contextmanager
def another_site_at(first: RunningServer, folder: Path) -> Iterator[RunningServer]:
    """A site that listens where `first` did, and lets in who has a token for that one."""
    folder.mkdir()
    asyncio.run(_begin_site(folder))
    with closing(sqlite3.connect(folder / "server.db", isolation_level=None)) as database:
        there = first.token_file.with_name("server.db")
        database.execute("ATTACH ? AS first", (str(there),))
        database.execute("INSERT INTO token SELECT * FROM first.token")
    with serve(folder, port=first.port) as second:
        yield second


async def _begin_site(folder: Path) -> None:
    """Make the database and the keys of a new site."""
    async with running_site(settings_in(folder, local_person="priya"), utc_now):
        pass


def wait_until_sent(qtbot: QtBot, room: Room, text: str) -> None:
    """Wait until a line that was written here is seen recorded."""

    def is_sent() -> bool:
        return any(row.text == text and not row.is_pending for row in room.state.timeline)

    qtbot.waitUntil(is_sent, timeout=WITHIN_MS)


def write_without_server(qtbot: QtBot, room: Room, text: str) -> None:
    """Log a line that stays on this device."""
    log_line(qtbot, room, text)
    qtbot.waitUntil(lambda: text in texts(room), timeout=WITHIN_MS)
    assert room.state.pending == 1


def test_what_is_written_for_one_site_reaches_that_site_only(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "first") as first, serve(tmp_path / "second") as second:
        # given a profile of the first site, with a line that could not be sent
        say("declare", "Checkout failing", server=first)
        say("declare", "Payments slow", server=second)
        with open_room(first):
            pass
        first.kill()
        with open_room(first) as room:
            write_without_server(qtbot, room, "pool is full")
        before = recorded(second)

        # when the same profile is used at another site
        with open_room(second) as room:
            assert room.state.situation.title == "Payments slow"
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.LIVE, timeout=WITHIN_MS)
            assert room.sync.queued == 0
            assert recorded(second) == before

            # then only what is written there goes there
            log_line(qtbot, room, "replica lags")
            wait_until_sent(qtbot, room, "replica lags")
            assert "pool is full" not in texts(room)
        assert len(recorded(second)) == len(before) + 1

        # and what waited for the first goes to the first, as soon as that is back
        with serve(tmp_path / "first", port=first.port) as back, open_room(back) as room:
            assert room.state.situation.title == "Checkout failing"
            wait_until_sent(qtbot, room, "pool is full")
            assert "replica lags" not in texts(room)
            assert not is_recorded(back, "replica lags")


def test_another_site_at_the_same_address_is_told_nothing_and_shown_in_a_profile_of_its_own(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "first") as first:
        say("declare", "Checkout failing", server=first)
        with open_room(first):
            pass
        first.kill()
    with another_site_at(first, tmp_path / "second") as second:
        # given another site where the first one was
        say("declare", "Payments slow", server=second)
        before, known = recorded(second), consoles(second)

        # when the console is opened there, and somebody writes
        with open_room(first) as room:
            assert room.state.situation.title == "Checkout failing"
            log_line(qtbot, room, "pool is full")
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
            qtbot.waitUntil(lambda: room.state.pending == 1, timeout=WITHIN_MS)

        # then that site heard of nothing, and is shown the next time
        assert (recorded(second), consoles(second)) == (before, known)
        with open_room(first) as room:
            assert room.state.situation.title == "Payments slow"

            # and when the first comes back to that address, it hears nothing of the second
            second.kill()
            write_without_server(qtbot, room, "replica lags")
            with serve(tmp_path / "first", port=first.port) as back:
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
                assert room.state.pending == 1
                assert not is_recorded(back, "replica lags")

    # and what waited for the first goes there
    with serve(tmp_path / "first", port=first.port) as back, open_room(back) as room:
        assert room.state.situation.title == "Checkout failing"
        wait_until_sent(qtbot, room, "pool is full")
        assert not is_recorded(back, "replica lags")


def test_a_site_that_comes_back_while_its_window_is_open_gets_what_waited(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "first") as first:
        say("declare", "Checkout failing", server=first)
        with open_room(first) as room:
            first.kill()
            with another_site_at(first, tmp_path / "second") as second:
                write_without_server(qtbot, room, "pool is full")
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
                assert consoles(second) == 0
            with serve(tmp_path / "first", port=first.port):
                wait_until_sent(qtbot, room, "pool is full")
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.LIVE, timeout=WITHIN_MS)


def test_another_site_that_is_not_there_yet_is_waited_for_and_shown_nothing_of_the_first(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    # given a profile of the first site, with a line that could not be sent, and no server at all
    with serve(tmp_path / "second") as second:
        say("declare", "Payments slow", server=second)
        second.kill()
    with serve(tmp_path / "first") as first:
        say("declare", "Checkout failing", server=first)
        with open_room(first):
            pass
        first.kill()
        with open_room(first) as room:
            write_without_server(qtbot, room, "pool is full")

    # when it is opened at the second one, which comes later
    with ExitStack() as later:
        start = partial(serve, tmp_path / "second", port=second.port)
        QTimer.singleShot(1_500, lambda: later.enter_context(start()))
        with open_room(second) as room:
            # then the first incident that shows is that of the second site
            assert room.state.situation.title == "Payments slow"
            log_line(qtbot, room, "replica lags")
            wait_until_sent(qtbot, room, "replica lags")
            assert not is_recorded(second, "pool is full")


def test_a_site_at_another_address_keeps_its_profile(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "first") as first:
        say("declare", "Checkout failing", server=first)
        with open_room(first):
            pass
        first.kill()
        with open_room(first) as room:
            write_without_server(qtbot, room, "pool is full")

    with serve(tmp_path / "first") as moved:
        assert moved.url != first.url
        with open_room(moved) as room:
            assert room.state.situation.title == "Checkout failing"
            wait_until_sent(qtbot, room, "pool is full")
    assert [folder.name for folder in (tmp_path / "data" / "profiles").iterdir()] == ["priya"]
