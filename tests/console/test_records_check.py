"""Somebody at the console is told when old records of its file are not those it confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.console.backstage import Backstage
from app.console.bridge import Notice
from app.console.records_check import tell_of_damage
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.proof.note import parse_checkpoint, parse_note
from app.protocol.doubt import Doubt
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve
from tests.log.profiles import page, record_lines
from tests.log.writing import LOG, NOON, Writer

KEY = bytes(range(32))


def change_record(local: LocalLog, position: int, line: bytes) -> None:
    """Put another line in the place of a record, as nothing of ours does."""
    with local._transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE confirmed SET line = ? WHERE position = ? AND log = ?", (line, position, LOG)
        )


def test_damage_is_told_with_what_to_do_and_soundness_is_not(tmp_path: Path) -> None:
    lines = record_lines(Writer().notes(30))
    told: list[Notice] = []
    doubts: list[Sequence[Doubt]] = []

    async def check(local: LocalLog) -> None:
        """Check while all is well, or until something is in doubt."""
        checking = asyncio.create_task(
            tell_of_damage(local, told.append, doubts.append, after=0, look=0)
        )
        while not doubts:
            await asyncio.sleep(0)
        checking.cancel()
        await asyncio.wait([checking])

    with open_profile(tmp_path / "profile.db", KEY, clock=lambda: NOON).log as local:
        local.confirm(page(LOG, lines))

        asyncio.run(check(local))
        assert not told
        assert doubts.pop() == []

        change_record(local, 3, lines[0])
        asyncio.run(check(local))

    assert LOG in told[0].sentence
    assert "open it again" in told[0].advice
    assert doubts == [[Doubt(log=LOG, first=1)]]


def test_doubt_ends_when_the_records_came_again(tmp_path: Path) -> None:
    lines = record_lines(Writer().notes(30))
    told: list[Notice] = []
    doubts: list[Sequence[Doubt]] = []

    async def fetch_again(local: LocalLog) -> None:
        checking = asyncio.create_task(
            tell_of_damage(local, told.append, doubts.append, after=0, look=0)
        )
        while not doubts:
            await asyncio.sleep(0)
        local.begin_epoch(LOG, "another epoch", keep=0)
        local.confirm(page(LOG, lines, epoch="another epoch"))
        await checking

    with open_profile(tmp_path / "profile.db", KEY, clock=lambda: NOON).log as local:
        local.confirm(page(LOG, lines))
        change_record(local, 29, lines[0])

        asyncio.run(fetch_again(local))

    assert doubts == [[Doubt(log=LOG, first=29)], []]
    assert len(told) == 1


@pytest.mark.real
@pytest.mark.timeout(180)
def test_a_console_keeps_what_the_server_signed_of_the_records_it_has(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    async def signed(stage: Backstage) -> list[int]:
        """How many records of each log the checkpoint that is kept covers."""
        assert stage._profile is not None
        local = stage._profile.local
        notes = [local.cursor(log).checkpoint for log in local.followed()]
        return [parse_checkpoint(parse_note(note).text).size for note in notes if note]

    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            room.view.capture.begin("pool refilled")
            qtbot.keyClick(room.view.capture.field, Qt.Key.Key_Return)

            def is_signed() -> bool:
                return room.state.position in room.worker.ask(signed).result(WITHIN_MS / 1_000)

            qtbot.waitUntil(lambda: not room.state.pending and is_signed(), timeout=WITHIN_MS)
