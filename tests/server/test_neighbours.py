"""What other processes recorded is read where somebody follows it, and never taken on trust."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.incident.kinds.situation import IncidentDeclared
from app.log.appending import Batch
from app.server.hints import Grown, Hint
from app.server.settings import Settings
from tests.log.writing import LOG, Writer, arrival
from tests.server.running import RunningServer, listening_to, running_server

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
async def server(postgresql: str, settings: Settings) -> AsyncIterator[RunningServer]:
    """A server that may have neighbours, with one record in a log."""
    async with running_server(replace(settings, database=postgresql)) as running:
        await running.register(maria := Writer())
        await running.push(maria.note("the first"))
        yield running


def hint(server: RunningServer, first: int, last: int, *, is_listed: bool = False) -> Hint:
    """Another process says that the log has grown."""
    known = server.site.directory.head(LOG)
    assert known is not None
    return Hint(sender="other", grown=[Grown(LOG, first, last, known.epoch, 5_000_000, is_listed)])


def position(server: RunningServer) -> int:
    """How far the server thinks that the log has grown."""
    head = server.site.directory.head(LOG)
    return 0 if head is None else head.position


def record_elsewhere(server: RunningServer, signed) -> None:
    """Record as another process does, without telling."""
    batch = Batch(log=LOG, arrivals=(arrival(signed),), arrived_at=5_000_000)
    server.site.log.append([batch])


async def test_a_log_nobody_follows_is_known_to_have_grown_and_not_read(server: RunningServer):
    server.site.talk.hear(hint(server, 2, 3))

    assert position(server) == 3  # the database has one record: nothing was asked


async def test_what_a_hint_said_and_the_database_denies_twice_is_taken_back(
    server: RunningServer,
):
    await server.site.neighbours.__aexit__()  # from here on only this test looks
    server.site.talk.hear(hint(server, 2, 9))

    await server.site.neighbours.look()
    assert position(server) == 9  # it may be that the database was asked too early
    await server.site.neighbours.look()
    assert position(server) == 1


async def test_a_log_that_somebody_follows_is_read(server: RunningServer):
    writer = Writer(seed=2, person="omar")
    async with listening_to(server.owner, f"/v1/logs/{LOG}/stream?after=0") as listener:
        await listener.lines(1)
        record_elsewhere(server, writer.note("from elsewhere"))
        server.site.talk.hear(hint(server, 2, 2))
        (line,) = await listener.lines(1)

    assert b"from elsewhere" in line


async def test_who_comes_later_to_a_log_that_was_not_read_gets_everything(server: RunningServer):
    writer = Writer(seed=2, person="omar")
    record_elsewhere(server, writer.note("from elsewhere"))
    server.site.talk.hear(hint(server, 2, 2))
    assert position(server) == 2

    async with listening_to(server.owner, f"/v1/logs/{LOG}/stream?after=1") as listener:
        (line,) = await listener.lines(1)

    assert b"from elsewhere" in line


async def test_who_asks_while_it_is_brought_in_hears_of_it_too(server: RunningServer):
    neighbours = server.site.neighbours
    await neighbours.__aexit__()  # from here on only this test looks
    record_elsewhere(server, Writer(seed=2, person="omar").note())

    is_more = await asyncio.gather(neighbours.catch_up(LOG), neighbours.catch_up(LOG))

    assert is_more == [True, True]
    assert not await neighbours.catch_up(LOG)


@pytest.mark.parametrize(("first", "is_listed"), [(2, True), (3, False)])
async def test_what_may_change_the_list_of_incidents_is_read(
    server: RunningServer, first: int, is_listed: bool
):
    writer = Writer(seed=2, person="omar")
    record_elsewhere(server, writer.write(IncidentDeclared(number="I", title="t", severity=1)))
    if first == 3:  # a hint was lost, so there is a hole in front of this one
        record_elsewhere(server, writer.note())

    server.site.talk.hear(hint(server, first, first, is_listed=is_listed))
    await server.site.neighbours.refresh()

    listed = (await server.owner.get("/v1/incidents")).json()["incidents"]
    assert [one["title"] for one in listed] == ["t"]
    assert position(server) == first
