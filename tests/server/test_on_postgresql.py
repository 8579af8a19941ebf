"""The whole server on PostgreSQL: the same answers, whichever process gives them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.events.sensitivity import Sensitivity
from app.incident.kinds.work import EntryClassified, NoteWritten
from app.proof.verify import verify_bundle
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.server.running import listening_to, running_server

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_pushing_streaming_and_exporting_work_on_postgresql(
    postgresql: str, settings: Settings, tmp_path: Path
):
    maria = Writer()
    on_postgresql = replace(settings, database=postgresql)
    async with running_server(on_postgresql) as server:
        await server.register(maria)
        notes = maria.notes(3)
        first = await server.push(*notes)
        again = await server.push(*notes)
        async with listening_to(server.owner, f"/v1/logs/{LOG}/stream") as listener:
            lines = await listener.lines(3)
        bundle = await server.owner.get(f"/v1/logs/{LOG}/export")

    assert first == again
    assert len(lines) == 3
    file = tmp_path / "log.watchfloor"
    file.write_bytes(bundle.content)
    assert verify_bundle(file).ok


async def test_two_servers_on_one_database_give_every_position_once(
    postgresql: str, settings: Settings
):
    maria, omar = Writer(seed=1), Writer(seed=2, person="maria")
    shared = replace(settings, database=postgresql)
    async with running_server(shared) as one:
        await one.register(maria)
        await one.register(omar)
        async with running_server(shared) as other:
            positions = []
            for _ in range(10):
                positions.append((await one.push(maria.note())).results[0].position)
                positions.append((await other.push(omar.note())).results[0].position)

            assert positions == list(range(1, 21))
            assert await one.lines() == await other.lines()


async def test_what_is_classified_at_one_server_is_withheld_at_the_other_at_once(
    postgresql: str, settings: Settings
):
    maria = Writer()
    note = maria.write(NoteWritten(text="the key is hunter2"))
    said = EntryClassified(entry=note.event.id, sensitivity=Sensitivity.RESTRICTED)
    shared = replace(settings, database=postgresql)
    async with running_server(shared) as one, running_server(shared) as other:
        await one.register(maria)
        token = await one.token_for("person:omar")
        async with other.client(token) as omar:
            await one.push(note)
            before = (await omar.get(f"/v1/logs/{LOG}/events")).content
            await one.push(maria.write(said))
            after = (await omar.get(f"/v1/logs/{LOG}/events")).content

    assert b"hunter2" in before
    assert b"hunter2" not in after
    assert after.count(b"\n") == 2
