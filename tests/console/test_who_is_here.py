"""Two people at two consoles see of each other that they are here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.cli import main as run_command
from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.roles import COMMANDER, SCRIBE, RoleAssigned
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import RunningServer, say, serve

pytestmark = pytest.mark.real


@contextmanager
def _served(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[list[RunningServer]]:
    """A server with an incident, as Priya and as Tom speak to it."""
    with serve(folder / "server") as server:
        say("declare", "Checkout failing", server=server)
        words = ["--server", server.url, "--token-file", str(server.token_file)]
        assert run_command(["token", "add", "person:tom", *words]) == 0
        token = folder / "tom.token"
        token.write_text(capsys.readouterr().out.splitlines()[-1])
        token.chmod(0o600)
        yield [server, replace(server, token_file=token)]


def _here(room: Room) -> list[str]:
    """Who is marked as here in the roster."""
    model = room.view.body.roster.model
    return [row.tenure.person for row in model.rows if row.tenure is not None and row.is_here]


def _seat(room: Room) -> None:
    room.worker.write(
        (
            Draft(fact=RoleAssigned(role=COMMANDER, person="priya", name="Priya Raman")),
            Draft(fact=RoleAssigned(role=SCRIBE, person="tom", name="Tom Okafor")),
        ),
        0,
        "",
    )


def test_who_opens_a_console_is_here_until_they_close_it_or_the_line_drops(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    with _served(tmp_path, capsys) as (for_priya, for_tom), open_room(for_priya, "priya") as priya:
        _seat(priya)
        qtbot.waitUntil(lambda: _here(priya) == ["priya"], timeout=WITHIN_MS)

        with open_room(for_tom, "tom") as tom:
            for room in (priya, tom):
                qtbot.waitUntil(lambda at=room: _here(at) == ["priya", "tom"], timeout=WITHIN_MS)
            scribe = priya.view.body.roster.model.rows[1]
            assert priya.view.body.roster.model.sentence(scribe) == "Scribe: Tom Okafor, here"
        qtbot.waitUntil(lambda: _here(priya) == ["priya"], timeout=WITHIN_MS)

        with open_room(for_tom, "tom"):
            qtbot.waitUntil(lambda: _here(priya) == ["priya", "tom"], timeout=WITHIN_MS)
            for_priya.kill()
            qtbot.waitUntil(lambda: _here(priya) == [], timeout=WITHIN_MS)
