"""What consoles show of notes that few may read, and how that changes while they look."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commands.incident import classify, rewrite_note
from app.events.event import Draft
from app.events.sensitivity import Sensitivity
from app.incident import replay as folding
from app.incident.kinds.work import EntryClassified, NoteWritten
from app.incident.projections.timeline import Mark
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.profile import open_profile
from app.proof.note import open_checkpoint
from app.sync.past import Past
from app.sync.profile_store import ProfileStore
from tests.incident.apart import NOON, Room
from tests.log.writing import CODEC, LOG, Writer
from tests.server.consoles import QuietConsole, quiet_console
from tests.server.running import RunningServer

pytestmark = pytest.mark.anyio
SECRET = "the leaked key is hunter2"
WITHHELD = "Restricted entry: 1 record withheld; the owner of this server gives clearance"


async def require_root(server: RunningServer, console: QuietConsole) -> None:
    """What is on this console's disk has the root the server signed."""
    note = (await server.owner.get(f"/v1/logs/{LOG}/checkpoint")).content
    signed = open_checkpoint(note, public_keys=[server.site.keys.site.public_key])
    cursor = console.local.cursor(LOG)
    assert cursor is not None
    assert (cursor.position, cursor.root) == (signed.size, signed.root)


def on_disk(console: QuietConsole) -> bytes:
    """Everything this console has of the log."""
    return b"\n".join(console.local.lines(LOG))


async def test_a_withheld_note_is_a_row_until_there_is_a_clearance(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    await server.push(maria.note("for all"))
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.progress.is_connected)
        await server.push(maria.write(NoteWritten(text=SECRET, labels=("restricted",))))
        await omar.shows(lambda view: view.state.position == 2)

        assert omar.texts == ["for all", WITHHELD]
        row = omar.view.state.timeline[1]
        assert (row.line.mark, row.sensitivity) == (Mark.WITHHELD, Sensitivity.RESTRICTED)
        assert omar.view.state.withheld == 1
        assert row.at >= omar.view.state.timeline[0].recorded_at
        assert SECRET.encode() not in on_disk(omar)
        await require_root(server, omar)

        await server.owner.put("/v1/clearances/omar", json={"clearance": "restricted"})
        await omar.shows(lambda view: not view.state.withheld)

        assert omar.texts == ["for all", SECRET]
        await require_root(server, omar)


async def test_a_clearance_that_came_while_the_console_was_closed_counts_when_it_opens(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    await server.push(maria.write(NoteWritten(text=SECRET, labels=("pii",))), maria.note("after"))
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.state.withheld == 1)
    await server.owner.put("/v1/clearances/omar", json={"clearance": "restricted"})

    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: not view.state.withheld and view.state.position == 2)

        assert omar.texts == [SECRET, "after"]
        await require_root(server, omar)


async def read_with_clearance(server: RunningServer, maria: Writer, omar: QuietConsole) -> None:
    """Omar reads two notes for few, writes one, and reads one with a label of another sort."""
    note = maria.note("was for all")
    await server.push(maria.note("for all"), note)
    await omar.shows(lambda view: view.state.position == 2)
    await server.push(
        maria.write(NoteWritten(text=SECRET, labels=("restricted", "db"))),
        maria.write(EntryClassified(entry=note.event.id, sensitivity=Sensitivity.CONFIDENTIAL)),
        maria.write(NoteWritten(text="a label of another sort", labels=("db",))),
    )
    omar.write(Draft(fact=NoteWritten(text="omar's own", labels=("restricted",))))
    await omar.shows(lambda view: view.state.position == 6 and not view.waiting)
    assert {SECRET, "was for all"} <= set(omar.texts)


async def cleared_token(server: RunningServer) -> str:
    """A token of omar's, who may read what is restricted."""
    token = await server.token_for("person:omar")
    await server.owner.put("/v1/clearances/omar", json={"clearance": "restricted"})
    return token


async def test_a_clearance_that_is_lowered_takes_back_what_it_had_opened(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await cleared_token(server)
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await read_with_clearance(server, maria, omar)

        await server.owner.put("/v1/clearances/omar", json={"clearance": "internal"})
        await omar.shows(lambda view: view.state.withheld == 2)

        assert_taken_back(omar)
        await require_root(server, omar)


async def test_a_clearance_that_was_lowered_while_the_console_was_closed_counts_when_it_opens(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await cleared_token(server)
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await read_with_clearance(server, maria, omar)
    await server.owner.put("/v1/clearances/omar", json={"clearance": "internal"})

    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.state.withheld == 2)

        assert_taken_back(omar)
        await require_root(server, omar)


def assert_taken_back(omar: QuietConsole) -> None:
    """What others kept to few is gone from view and disk; all else is there."""
    for words in (SECRET, "was for all"):
        assert words not in omar.texts
        assert words.encode() not in on_disk(omar)
    for words in ("for all", "omar's own", "a label of another sort"):
        assert words in omar.texts


async def test_a_note_that_is_classified_leaves_the_consoles_that_had_it(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    note = maria.note(SECRET)
    await server.push(note)
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.state.position == 1)
        assert omar.texts == [SECRET]

        (draft,) = classify(
            Room().desk("maria"), omar.view.state.timeline[0], Sensitivity.RESTRICTED
        ).drafts
        await server.push(maria.write(draft.fact))
        await omar.shows(lambda view: view.state.withheld == 1 and view.state.position == 2)

        assert omar.texts == [WITHHELD]
        assert SECRET.encode() not in on_disk(omar)
        await require_root(server, omar)


async def test_the_past_shows_what_the_present_may(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    note = maria.note(SECRET)
    await server.push(note)
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.state.position == 1)
        past = _past(omar)
        await past.catch_up()
        moment = omar.view.state.timeline[0].recorded_at
        assert [row.text for row in past.at(moment).timeline] == [SECRET]

        (draft,) = classify(
            Room().desk("maria"), omar.view.state.timeline[0], Sensitivity.RESTRICTED
        ).drafts
        await server.push(maria.write(draft.fact))
        await omar.shows(lambda view: view.state.withheld == 1)
        await past.catch_up()

        assert [row.text for row in past.at(moment).timeline] == [WITHHELD]


async def test_a_correction_is_read_as_far_as_the_note(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    owner = server.owner.headers["authorization"].removeprefix("Bearer ")
    token = await server.token_for("person:omar")
    await server.push(maria.write(NoteWritten(text="hunter1", labels=("restricted",))))
    async with (
        quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar,
        quiet_console(server.url, owner, "person:maria", tmp_path / "maria") as at_marias,
    ):
        await at_marias.shows(lambda view: view.state.position == 1)
        act = rewrite_note(Room().desk("maria"), at_marias.view.state.timeline[0], SECRET)
        at_marias.write(*act.drafts)
        await omar.shows(lambda view: view.state.position == 2)
        await at_marias.shows(lambda view: view.state.position == 2)

        assert at_marias.texts == [SECRET]
        assert omar.texts == [WITHHELD, WITHHELD]


async def test_a_console_that_may_not_read_all_opens_its_profile_again(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    secret = NoteWritten(text=SECRET, labels=("restricted",))
    await server.push(*maria.notes(3), maria.write(secret), *maria.notes(3))
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.state.position == 7)

    opened = open_profile(tmp_path / "omar" / "profile.db", b"k" * 32, clock=lambda: NOON)

    with opened.log as local:
        assert opened.salvage is None
        assert len(local.lines(LOG)) == 7


async def test_a_revoked_token_is_told_and_what_is_written_is_kept(
    server: RunningServer, maria: Writer, tmp_path: Path
):
    token = await server.token_for("person:omar")
    await server.push(maria.note())
    async with quiet_console(server.url, token, "person:omar", tmp_path / "omar") as omar:
        await omar.shows(lambda view: view.progress.is_connected)
        listed = (await server.owner.get("/v1/tokens")).json()["tokens"]
        (theirs,) = [one["id"] for one in listed if one["actor"] == "person:omar"]

        await server.owner.delete(f"/v1/tokens/{theirs}")
        await omar.shows(lambda view: view.progress.refusal is not None)

        assert omar.view.progress.refusal is not None
        assert "revoked" in omar.view.progress.refusal.detail
        omar.write(Draft(fact=NoteWritten(text="still here")))
        assert omar.texts[-1] == "still here"
        assert len(omar.local.outbox(LOG)) == 1


def _past(console: QuietConsole) -> Past[IncidentState]:
    return Past(
        log=LOG,
        store=ProfileStore(console.local, lambda: NOON),
        codec=CODEC,
        folding=folding,
        start=BEFORE_ANYTHING,
    )
