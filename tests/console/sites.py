"""Sites for the tests of one profile at two of them, and what each has heard."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.events.event import ORGANISATION_LOG, incident_log
from app.organisation.kinds import ConsoleRegistered
from app.server.settings import settings_in
from app.server.site import running_site, utc_now
from app.sync.api_client import ApiClient
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import RunningServer, say, serve


@contextmanager
def site(folder: Path, incident: str) -> Iterator[RunningServer]:
    """A site of its own, with one incident of this title."""
    with serve(folder) as server:
        say("declare", incident, server=server)
        yield server


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


def lose_and_write(qtbot: QtBot, open_room: OpenRoom, server: RunningServer, text: str) -> None:
    """A profile gets to know a site; its server dies, and a line that cannot be sent waits."""
    with open_room(server):
        pass
    server.kill()
    with open_room(server) as room:
        write_without_server(qtbot, room, text)
