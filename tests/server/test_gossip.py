"""A server that shows two histories is found out, and one that was restored is not accused."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from app.cli.operations import begin_new_epochs
from app.console.bridge import Notice
from app.console.disputes import log_watch, site_watch
from app.console.doubts import Doubts
from app.events.event import ORGANISATION_LOG
from app.incident.kinds.situation import Dispute, HistoryDisputed
from app.incident.projections.timeline import Mark
from app.log.event_log import EventLog
from app.proof.note import open_checkpoint
from app.protocol.bodies import SITE_CHECKPOINT_HEADER
from app.protocol.doubt import Doubt
from app.protocol.gossip import read_site_word
from app.protocol.stream import FrameKind
from app.server.keys import load_keys
from app.server.settings import Settings
from app.sync.api_client import ApiClient
from app.sync.site_watch import SiteWatch
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.consoles import quiet_console
from tests.server.running import RunningServer, running_server

pytestmark = pytest.mark.anyio


class Watcher:
    """A console's watch over sites, with what it told."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.told: list[tuple[HistoryDisputed, str]] = []

    def value(self, name: str) -> bytes | None:
        return self.values.get(name)

    def set_value(self, name: str, value: bytes) -> None:
        self.values[name] = value

    async def look(self, server: RunningServer) -> None:
        """Open the console, ask the server something, compare what it says, and ask again."""
        token = server.owner.headers["authorization"].removeprefix("Bearer ")
        watch = SiteWatch(self, lambda fact, advice: self.told.append((fact, advice)))
        async with ApiClient(server.url, token, gossip=watch) as api:
            await api.who_am_i()
            await watch.compare(api)
            await api.who_am_i()


async def grow(server: RunningServer, writer: Writer, count: int) -> None:
    """Record so many notes, each with a checkpoint of its own."""
    await server.register(writer)
    for _ in range(count):
        await server.push(writer.note())
        await server.owner.get(f"/v1/logs/{LOG}/checkpoint")


def copy_of(settings: Settings, folder: Path) -> Settings:
    """The same site on another disk: database, keys and the owner's token."""
    shutil.copytree(Path(settings.database).parent, folder)
    return replace(
        settings,
        database=str(folder / "server.db"),
        key_file=folder / "server.key",
        token_file=folder / "local.token",
    )


@asynccontextmanager
async def two_histories(
    settings: Settings, tmp_path: Path
) -> AsyncIterator[tuple[RunningServer, RunningServer]]:
    """Two servers with one key that were one until a moment ago, and grew apart."""
    async with running_server(settings) as server:
        await grow(server, Writer(seed=1), 2)
    other = copy_of(settings, tmp_path / "other")
    async with running_server(settings) as one, running_server(other) as two:
        await grow(one, Writer(seed=2, person="maria"), 3)
        await grow(two, Writer(seed=3, person="maria"), 5)
        yield one, two


async def evidence(server: RunningServer) -> list[HistoryDisputed]:
    """What the server recorded of disputes."""
    facts = [CODEC.read_record(line).event.fact for line in await server.lines(ORGANISATION_LOG)]
    return [fact for fact in facts if isinstance(fact, HistoryDisputed)]


async def test_answers_carry_the_newest_checkpoint_of_the_site(
    server: RunningServer, maria: Writer
):
    await server.push(maria.note())
    await server.owner.get(f"/v1/logs/{LOG}/checkpoint")

    answer = await server.owner.get("/v1/me")

    word = read_site_word(answer.headers[SITE_CHECKPOINT_HEADER])
    keys = [server.site.keys.site.public_key]
    assert open_checkpoint(word.note, public_keys=keys).origin == "watchfloor.local/site"
    async with server.client(None) as stranger:
        assert SITE_CHECKPOINT_HEADER not in (await stranger.get("/v1/me")).headers
        assert SITE_CHECKPOINT_HEADER not in (await stranger.get("/health/live")).headers


async def test_a_server_that_keeps_its_record_is_never_accused(
    server: RunningServer, maria: Writer
):
    console = Watcher()
    for _ in range(4):
        await grow(server, maria, 2)
        await console.look(server)
        await console.look(server)

    assert console.told == []
    assert await evidence(server) == []


async def test_two_consoles_that_were_shown_two_histories_find_out(
    settings: Settings, tmp_path: Path
):
    async with two_histories(settings, tmp_path) as (one, two):
        priyas, toms = Watcher(), Watcher()
        await priyas.look(one)
        await toms.look(two)
        assert priyas.told == toms.told == []

        await priyas.look(two)
        await toms.look(one)

        ((fact, advice),) = priyas.told
        assert fact.reason is Dispute.FORKED
        assert "compare with a colleague" in advice
        keys = [one.site.keys.site.public_key]
        sizes = [
            open_checkpoint(note.encode(), public_keys=keys).size
            for note in (fact.seen, fact.offered)
        ]
        assert sizes[0] < sizes[1]
        assert [fact.reason for fact, _ in toms.told] == [Dispute.SHORTENED]


async def test_the_server_keeps_what_a_console_saw_as_evidence_once(
    settings: Settings, tmp_path: Path
):
    async with two_histories(settings, tmp_path) as (one, two):
        console = Watcher()
        await console.look(one)
        await console.look(two)
        await console.look(two)

        (kept,) = await evidence(two)
        assert kept.reason is Dispute.FORKED
        assert kept.told_by == "person:maria"
        assert kept.seen in msgspec.json.decode(console.values["site.seen"])["note"]
        assert await evidence(one) == []


async def test_a_dispute_is_told_once(settings: Settings, tmp_path: Path):
    async with two_histories(settings, tmp_path) as (one, two):
        console = Watcher()
        await console.look(one)
        for _ in range(3):
            await console.look(two)

        assert len(console.told) == 1


async def test_a_record_that_is_cut_short_is_found_out(settings: Settings, tmp_path: Path):
    async with running_server(settings) as server:
        await grow(server, Writer(seed=1), 2)
    older = copy_of(settings, tmp_path / "older")
    console = Watcher()
    async with running_server(settings) as server:
        await grow(server, Writer(seed=2, person="maria"), 3)
        await console.look(server)

    async with running_server(older) as server:
        await console.look(server)

        assert [fact.reason for fact, _ in console.told] == [Dispute.SHORTENED]
        assert [fact.reason for fact in await evidence(server)] == [Dispute.SHORTENED]


@pytest.mark.parametrize("more", [0, 8], ids=["shorter", "grown past it"])
async def test_a_server_restored_from_a_backup_is_not_accused(
    settings: Settings, tmp_path: Path, more: int
):
    async with running_server(settings) as server:
        await grow(server, Writer(seed=1), 2)
    backup = copy_of(settings, tmp_path / "backup")
    console = Watcher()
    async with running_server(settings) as server:
        await grow(server, Writer(seed=2, person="maria"), 3)
        await console.look(server)
    with EventLog.open(backup.database) as log:
        key = load_keys(backup.key_file).console
        begin_new_epochs(log, key, lambda: datetime.now(UTC))

    async with running_server(backup) as server:
        await grow(server, Writer(seed=3, person="maria"), more)
        await console.look(server)
        await grow(server, Writer(seed=4, person="maria"), 1)
        await console.look(server)

        assert console.told == []
        assert await evidence(server) == []
        epoch = msgspec.json.decode(console.values["site.seen"])["epoch"]
        head = server.site.directory.head(ORGANISATION_LOG)
        assert head is not None
        assert head.epoch.startswith(epoch)


async def test_the_same_record_under_another_key_is_found_out(settings: Settings, tmp_path: Path):
    console = Watcher()
    async with running_server(settings) as server:
        await grow(server, Writer(seed=1), 2)
        await console.look(server)
    settings.key_file.unlink()

    async with running_server(settings) as server:
        await grow(server, Writer(seed=2, person="maria"), 1)
        await console.look(server)

    assert [fact.reason for fact, _ in console.told] == [Dispute.OTHER_KEY]


async def test_a_dispute_is_on_the_timeline_with_the_evidence_and_said_with_advice(
    settings: Settings, tmp_path: Path
):
    notices: list[Notice] = []
    async with two_histories(settings, tmp_path) as (one, two):
        token = two.owner.headers["authorization"].removeprefix("Bearer ")
        async with quiet_console(two.url, token, "person:maria", tmp_path / "home") as console:
            await console.shows(lambda view: view.progress.is_connected)
            watch = site_watch(console.local, notices.append, lambda: console.session)
            for server in (one, two):
                async with ApiClient(server.url, token, gossip=watch) as api:
                    await api.who_am_i()
                    await watch.compare(api)
            await console.shows(lambda view: not view.state.pending)

            row = console.view.state.timeline[-1]
            lines = await two.lines()

    assert (row.line.mark, row.line.is_strong) == (Mark.DISPUTED, True)
    assert row.text == "The server shows another history than before"
    assert HistoryDisputed.kind.encode() in lines[-1]
    assert "tell whoever runs the server" in notices[0].sentence


def alter_an_entry(database_file: Path) -> None:
    """Let the second entry of the log say something else, on the disk of its server."""
    with closing(sqlite3.connect(database_file)) as database, database:
        (line,) = database.execute(
            "SELECT line FROM record WHERE position = 2 AND log = ?", (LOG,)
        ).fetchone()
        changed = line.replace(b'"text":"', b'"text":"not ', 1)
        assert changed != line
        database.execute("UPDATE record SET line = ? WHERE line = ?", (changed, line))


async def test_an_entry_altered_on_the_server_is_found_out_by_who_reads_it_afterwards(
    settings: Settings, tmp_path: Path
):
    # given a server on whose disk somebody has changed what an entry says
    async with running_server(settings) as server:
        await grow(server, Writer(seed=1), 3)
    alter_an_entry(Path(settings.database))

    notices: list[Notice] = []
    doubted: list[Doubt | None] = []
    async with running_server(settings) as server:
        token = server.owner.headers["authorization"].removeprefix("Bearer ")
        async with quiet_console(server.url, token, "person:maria", tmp_path / "home") as console:
            # when a console fetches it, and hears what is signed
            site = site_watch(console.local, notices.append, lambda: console.session)
            doubts = Doubts(doubted.append, lambda _: None)
            doubts.show(LOG)
            watch = log_watch(LOG, console.local, notices.append, lambda: console.session, doubts)
            console.session.hear_also(FrameKind.CHECKPOINT, watch.hear)
            async with ApiClient(server.url, token, gossip=site) as api:
                await console.shows(lambda view: view.progress.is_connected)
                await grow(server, Writer(seed=2, person="maria"), 1)
                await api.who_am_i()
                await site.compare(api)
                async with asyncio.timeout(PATIENCE):
                    while not notices:
                        await asyncio.sleep(0)
                        await watch.compare(api)
                await console.shows(lambda view: not view.state.pending)

            # then it says so, on everybody's timeline, with the evidence
            row = console.view.state.timeline[-1]

    assert row.text == "Entries that the server gave are not those it signed"
    assert "compare with a colleague" in notices[0].sentence
    assert len(notices) == 1
    assert [one.log for one in doubted if one is not None] == [LOG]


@pytest.mark.parametrize(
    "word", ["", "nonsense", "0123abcd.", "0123abcd.!!!", "0123abcd.bm90IGEgbm90ZQ", "x" * 9_000]
)
async def test_words_that_say_nothing_are_passed_over(
    server: RunningServer, maria: Writer, word: str
):
    answer: httpx.Response = await server.owner.get(
        "/v1/me", headers={SITE_CHECKPOINT_HEADER: word}
    )

    assert answer.status_code == 200
    assert await evidence(server) == []
