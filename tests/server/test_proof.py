"""What the server signs can be checked without it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.proof.encoding import from_base64
from app.proof.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from app.proof.note import open_checkpoint
from app.proof.verify import verify_bundle
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to, running_server

pytestmark = pytest.mark.anyio


async def test_a_checkpoint_holds_over_the_records_read(server: RunningServer, maria: Writer):
    await server.push(*maria.notes(7))
    keys = [server.site.keys.site.public_key]

    note = (await server.owner.get(f"/v1/logs/{LOG}/checkpoint")).content

    checkpoint = open_checkpoint(note, public_keys=keys, origin=f"watchfloor.local/{LOG}")
    lines = await server.lines()
    proof = (await server.owner.get(f"/v1/logs/{LOG}/proof?position=3&size=7")).json()
    assert checkpoint.size == 7
    assert verify_inclusion(
        leaf=leaf_hash(lines[2]),
        index=2,
        size=7,
        root=checkpoint.root,
        proof=[from_base64(each) for each in proof["hashes"]],
    )


async def test_a_later_checkpoint_continues_an_earlier_one(server: RunningServer, maria: Writer):
    keys = [server.site.keys.site.public_key]
    await server.push(*maria.notes(3))
    first = (await server.owner.get(f"/v1/logs/{LOG}/checkpoint")).content
    await server.push(*maria.notes(6))
    second = (await server.owner.get(f"/v1/logs/{LOG}/checkpoint")).content

    proof = (await server.owner.get(f"/v1/logs/{LOG}/consistency?from=3&to=9")).json()

    old, new = (open_checkpoint(note, public_keys=keys) for note in (first, second))
    assert verify_consistency(
        old_size=old.size,
        old_root=old.root,
        new_size=new.size,
        new_root=new.root,
        proof=[from_base64(each) for each in proof["hashes"]],
    )


async def test_a_page_says_the_root_over_the_log_up_to_its_end_if_asked(
    server: RunningServer, maria: Writer
):
    await server.push(*maria.notes(9))
    lines = await server.lines()
    tree = Tree(map(leaf_hash, lines))

    asked = await server.owner.get(f"/v1/logs/{LOG}/events?after=3&limit=2&root=true")
    plain = await server.owner.get(f"/v1/logs/{LOG}/events?after=3&limit=2")

    assert asked.content == plain.content
    assert from_base64(asked.headers["Watchfloor-Root"]) == tree.root(5)
    assert "Watchfloor-Root" not in plain.headers


async def test_the_site_log_publishes_every_checkpoint(server: RunningServer, maria: Writer):
    keys = [server.site.keys.site.public_key]
    await server.push(maria.note())
    await server.owner.get(f"/v1/logs/{LOG}/checkpoint")

    note = (await server.owner.get("/v1/logs/site/checkpoint")).content

    site = open_checkpoint(note, public_keys=keys, origin="watchfloor.local/site")
    published = server.site.notary.checkpoints.newest(LOG)
    assert published is not None
    assert published.site_index < site.size


async def test_listeners_hear_of_new_checkpoints(server: RunningServer, maria: Writer):
    keys = [server.site.keys.site.public_key]
    await server.push(maria.note())

    async with listening_to(server.owner, f"/v1/logs/{LOG}/stream") as listener:
        frames = await listener.frames(1)
        await server.push(maria.note())
        while frames[-1].kind != "checkpoint":
            frames += await listener.frames(1)

    note = b"\n".join(frames[-1].lines) + b"\n"
    assert open_checkpoint(note, public_keys=keys).size in (1, 2)


async def test_an_exported_log_verifies_without_the_server(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    await server.push(*maria.notes(5))
    await server.owner.get(f"/v1/logs/{LOG}/checkpoint")
    await server.push(*maria.notes(5))

    bundle = await server.owner.get(f"/v1/logs/{LOG}/export")

    assert bundle.headers["content-type"].startswith("application/vnd.watchfloor.bundle")
    file = tmp_path / "log.watchfloor"
    file.write_bytes(bundle.content)
    verdict = verify_bundle(file, server_key=server.site.keys.site.public_key)
    assert verdict.ok, verdict
    assert verdict.size == 10


async def test_the_organisation_can_be_exported_too(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    bundle = await server.owner.get("/v1/logs/organisation/export")

    file = tmp_path / "organisation.watchfloor"
    file.write_bytes(bundle.content)
    assert verify_bundle(file).ok


async def test_proofs_of_what_is_not_there_are_refused(server: RunningServer, maria: Writer):
    await server.push(maria.note())

    for path in (
        f"/v1/logs/{LOG}/proof?position=2&size=2",
        f"/v1/logs/{LOG}/proof?position=2&size=1",
        f"/v1/logs/{LOG}/consistency?from=1&to=2",
        "/v1/logs/site/proof?position=1&size=99",
    ):
        assert (await server.owner.get(path)).status_code == 409, path
    for path in ("proof?position=0&size=1", "proof", "consistency?from=1", "consistency?to=1"):
        assert (await server.owner.get(f"/v1/logs/{LOG}/{path}")).status_code == 400, path
    missing = await server.owner.get("/v1/logs/incident:none/export")
    assert missing.status_code == 404


async def test_signing_goes_on_after_a_restart(settings: Settings, tmp_path: Path):
    maria = Writer()
    async with running_server(settings) as server:
        await server.register(maria)
        await server.push(*maria.notes(3))
        old_site = server.site.notary.site_log.size

    async with running_server(settings) as server:
        await server.push(*maria.notes(2))
        bundle = await server.owner.get(f"/v1/logs/{LOG}/export")
        file = tmp_path / "log.watchfloor"
        file.write_bytes(bundle.content)
        assert verify_bundle(file).ok
        assert server.site.notary.site_log.size > old_site


async def test_an_export_without_the_newest_records_fails_against_any_later_checkpoint(
    settings: Settings, tmp_path: Path
):
    maria = Writer()
    async with running_server(settings) as server:
        await server.register(maria)
        await server.push(*maria.notes(3))
    older = tmp_path / "older"
    shutil.copytree(Path(settings.database).parent, older)
    notes = []
    async with running_server(settings) as server:
        for _ in range(3):
            await server.push(maria.note())
            notes.append((await server.owner.get(f"/v1/logs/{LOG}/checkpoint")).content)
    cut_short = replace(
        settings, database=str(older / "server.db"), token_file=older / "local.token"
    )

    async with running_server(cut_short) as server:
        bundle = (await server.owner.get(f"/v1/logs/{LOG}/export")).content

    file = tmp_path / "log.watchfloor"
    file.write_bytes(bundle)
    assert verify_bundle(file).ok  # by itself it is whole
    for note in notes:
        verdict = verify_bundle(file, later_checkpoint=note)
        assert not verdict.ok
        assert verdict.where.startswith("records at positions 4 to")
        assert "newest records are missing" in verdict.reason
