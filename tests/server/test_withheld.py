"""What a reader may not read comes as its leaf hash, wherever they read, and the root holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.events.event import ORGANISATION_LOG
from app.events.sensitivity import Sensitivity
from app.incident.kinds.work import EntryClassified, NoteRewritten, NoteWritten
from app.organisation.kinds import ClearanceSet
from app.proof.merkle import CompactRange, leaf_hash
from app.proof.note import open_checkpoint
from app.proof.verify import verify_bundle
from app.protocol.authoring import SignedEvent
from app.protocol.withholding import leaf_of, leaves_of, read_stamped
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to, problem_in

pytestmark = pytest.mark.anyio
SECRET = b"the leaked key is hunter2"


@pytest.fixture
def settings(on_each_database: Settings) -> Settings:
    """A server of maria's own, on each database."""
    return on_each_database


@pytest.fixture
async def omar(server: RunningServer) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without any clearance."""
    async with server.client(await server.token_for("person:omar")) as client:
        yield client


def secret(writer: Writer, label: str = "restricted") -> SignedEvent:
    """A note that few may read."""
    return writer.write(NoteWritten(text=SECRET.decode(), labels=(label,)))


async def lines_for(client: httpx.AsyncClient, log: str = LOG) -> list[bytes]:
    """The log as this reader gets it."""
    answer = await client.get(f"/v1/logs/{log}/events")
    assert answer.status_code == 200, answer.text
    return answer.content.splitlines()


async def clear(server: RunningServer, person: str, clearance: str) -> httpx.Response:
    """Set somebody's clearance."""
    asked = {"clearance": clearance}
    return await server.owner.put(f"/v1/clearances/{person}", json=asked)


@pytest.mark.parametrize("label", ["restricted", "confidential", "pii", "security"])
async def test_a_page_has_the_leaf_hash_instead_and_its_root_is_the_signed_one(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient, label: str
):
    await server.push(maria.note(), secret(maria, label), maria.note())

    lines = await lines_for(omar)

    whole = await lines_for(server.owner)
    assert SECRET in whole[1]
    assert not any(SECRET in line for line in lines)
    assert (lines[0], lines[2]) == (whole[0], whole[2])
    withheld = read_stamped(lines[1])
    assert withheld.record.position == 2
    assert withheld.record.leaf == leaf_hash(whole[1])
    assert withheld.sensitivity is (
        Sensitivity.CONFIDENTIAL if label == "confidential" else Sensitivity.RESTRICTED
    )
    tree = CompactRange()
    for leaf in leaves_of(lines):
        tree.append_leaf(leaf)
    note = (await omar.get(f"/v1/logs/{LOG}/checkpoint")).content
    keys = [server.site.keys.site.public_key]
    assert open_checkpoint(note, public_keys=keys).root == tree.root


@pytest.mark.parametrize("label", ["public", "internal", "customer"])
async def test_what_is_not_sensitive_is_for_everybody(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient, label: str
):
    await server.push(secret(maria, label))

    assert await lines_for(omar) == await lines_for(server.owner)


async def test_the_stream_withholds_what_a_page_withholds(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    await server.push(maria.note(), secret(maria))
    path = f"/v1/logs/{LOG}/stream"

    async with listening_to(omar, path) as theirs, listening_to(server.owner, path) as ours:
        before = await theirs.lines(2)
        await ours.lines(2)
        await server.push(secret(maria), maria.note("for all"))
        while len(before) < 4:
            before += await theirs.lines(1)
        full = await ours.lines(2)

    assert not any(SECRET in line for line in before)
    assert [read_stamped(before[at]).record.position for at in (1, 2)] == [2, 3]
    assert b"for all" in before[3]
    assert SECRET in full[0]


async def test_an_export_withholds_and_still_verifies(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient, tmp_path: Path
):
    await server.push(maria.note(), secret(maria), maria.note())

    for client, withheld in ((omar, 1), (server.owner, 0)):
        bundle = (await client.get(f"/v1/logs/{LOG}/export")).content
        file = tmp_path / f"{withheld}.watchfloor"
        file.write_bytes(bundle)
        verdict = verify_bundle(file, server_key=server.site.keys.site.public_key)

        assert verdict.ok, verdict
        assert verdict.size == 3
        assert (SECRET in bundle) is (withheld == 0)


async def test_with_the_clearance_the_same_record_is_served(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    await server.push(secret(maria), secret(maria, "confidential"))

    assert (await clear(server, "omar", "confidential")).status_code == 200
    partly = await lines_for(omar)
    await clear(server, "omar", "restricted")
    all_of_it = await lines_for(omar)
    await clear(server, "omar", "internal")
    nothing = await lines_for(omar)

    whole = await lines_for(server.owner)
    assert [SECRET in line for line in partly] == [False, True]
    assert all_of_it == whole
    assert [SECRET in line for line in nothing] == [False, False]
    assert [leaf_of(line) for line in nothing] == [leaf_hash(line) for line in whole]


async def test_people_read_what_they_wrote_themselves(
    server: RunningServer, omar: httpx.AsyncClient
):
    writer = Writer(seed=5, person="omar")
    await server.register(writer, omar)
    await server.push(secret(writer), client=omar)

    assert SECRET in (await lines_for(omar))[0]


async def test_a_note_can_be_classified_later_and_nobody_can_open_it_again(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    note = maria.note(SECRET.decode())
    await server.push(note)
    assert SECRET in (await lines_for(omar))[0]

    restricted = EntryClassified(entry=note.event.id, sensitivity=Sensitivity.RESTRICTED)
    opened = EntryClassified(entry=note.event.id, sensitivity=Sensitivity.PUBLIC)
    rewritten = NoteRewritten(note=note.event.id, replaces=note.event.id, text=SECRET.decode())
    await server.push(maria.write(restricted), maria.write(opened), maria.write(rewritten))

    lines = await lines_for(omar)
    assert [SECRET in line for line in lines] == [False] * 4
    assert [b"withheld" in line[:40] for line in lines] == [True, False, False, True]


async def test_a_note_is_withheld_that_was_classified_before_it_came(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    note = maria.note(SECRET.decode())
    said = EntryClassified(entry=note.event.id, sensitivity=Sensitivity.CONFIDENTIAL)

    async with listening_to(omar, "/v1/logs/organisation/stream"):
        await server.push(maria.write(said), note)

    assert [SECRET in line for line in await lines_for(omar)] == [False, False]


async def test_what_everybody_must_know_is_never_withheld(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    severity = maria.write(EntryClassified(entry="x", sensitivity=Sensitivity.RESTRICTED))
    about = EntryClassified(entry=severity.event.id, sensitivity=Sensitivity.RESTRICTED)
    await server.push(severity, maria.write(about))

    assert await lines_for(omar) == await lines_for(server.owner)


async def test_a_clearance_counts_only_in_the_hand_of_the_server(
    server: RunningServer, maria: Writer, omar: httpx.AsyncClient
):
    await server.push(secret(maria))
    own = ClearanceSet(person="omar", clearance=Sensitivity.RESTRICTED)
    writer = Writer(seed=5, person="omar")
    await server.register(writer, omar)

    pushed = await server.push(
        writer.write(own, ORGANISATION_LOG), log=ORGANISATION_LOG, client=omar
    )
    asked = await omar.put("/v1/clearances/omar", json={"clearance": "restricted"})

    assert pushed.results[0].why == "owners-alone"
    assert asked.status_code == 403
    assert SECRET not in (await lines_for(omar))[0]


async def test_the_owner_sees_the_clearances_and_nobody_sets_nonsense(
    server: RunningServer, omar: httpx.AsyncClient
):
    await clear(server, "omar", "confidential")

    listed = await server.owner.get("/v1/clearances")

    assert listed.json() == {"clearances": [{"person": "omar", "clearance": "confidential"}]}
    assert (await omar.get("/v1/clearances")).status_code == 403
    assert (await clear(server, "omar", "everything")).status_code == 400
    assert (await clear(server, "x" * 200, "public")).status_code == 400
    told = await server.owner.put("/v1/clearances/omar", content=b"{")
    assert problem_in(told).status == 400
