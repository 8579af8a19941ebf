"""The short way of a push answers what the general road answers, and gets nothing out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest

from app.protocol.bodies import PushResponse
from app.protocol.problems import ProblemCode, read_problem
from app.server.settings import Limits, Settings
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content
from tests.server.raw_http import RawAnswer, RawConnection, push_request
from tests.server.running import RunningServer, running_server

pytestmark = pytest.mark.anyio


def address_of(server: RunningServer) -> tuple[str, int]:
    """Host and port."""
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return host, int(port)


def request_of(server: RunningServer, content: bytes) -> bytes:
    """A push by the owner."""
    token = server.owner.headers["authorization"].removeprefix("Bearer ")
    return push_request(address_of(server), token, LOG, content)


@pytest.fixture
async def connection(server: RunningServer) -> AsyncIterator[RawConnection]:
    """A bare connection to the server."""
    opened = await RawConnection.open(address_of(server))
    yield opened
    opened.close()


async def answers(server: RunningServer, sent: bytes, count: int) -> list[bytes]:
    """The status lines of the answers to what is sent in one go."""
    reader, writer = await asyncio.open_connection(*address_of(server))
    writer.write(sent)
    lines = []
    for _ in range(count):
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        lines.append(head.partition(b"\r\n")[0])
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    return lines


async def test_a_push_longer_than_a_read_buffer_is_taken_whole(
    server: RunningServer, maria: Writer, connection: RawConnection
):
    notes = [maria.note("x" * 2_000) for _ in range(100)]

    answer = await connection.send(request_of(server, push_content(*notes)))

    assert answer.status == 200
    results = msgspec.json.decode(answer.body, type=PushResponse).results
    assert [result.position for result in results] == list(range(1, 101))


async def test_requests_sent_without_waiting_are_answered_in_their_order(
    server: RunningServer, maria: Writer
):
    pushes = [request_of(server, push_content(maria.note())) for _ in range(3)]
    other = b"GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"

    told = await answers(server, pushes[0] + pushes[1] + other + pushes[2], 4)

    assert told == [b"http/1.1 200 ok", b"http/1.1 200 ok", told[2], b"http/1.1 200 ok"]
    assert told[2] != b"http/1.1 200 ok"
    assert len(await server.lines()) == 3


async def test_a_push_that_breaks_off_records_nothing(server: RunningServer, maria: Writer):
    request = request_of(server, push_content(maria.note()))
    _, writer = await asyncio.open_connection(*address_of(server))
    writer.write(request[:-10])
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    await server.push(maria.note())

    assert len(await server.lines()) == 1


@pytest.mark.parametrize("content", [b"{", b'{"events":7}', b"\xff", b"[" * 100_000])
async def test_nonsense_is_refused_and_the_connection_stays(
    server: RunningServer, maria: Writer, connection: RawConnection, content: bytes
):
    refused = await connection.send(request_of(server, content))
    taken = await connection.send(request_of(server, push_content(maria.note())))

    assert refused.status == 400
    assert b"malformed-request" in refused.body
    assert taken.status == 200


async def test_a_console_nobody_knows_is_told_so(server: RunningServer, connection: RawConnection):
    await server.register(Writer())
    stranger = Writer(seed=9)

    answer = await connection.send(request_of(server, push_content(stranger.note())))

    assert ProblemCode.UNKNOWN_CONSOLE.encode() in answer.body


async def test_a_client_that_asks_to_close_gets_its_answer_first(
    server: RunningServer, maria: Writer
):
    request = request_of(server, push_content(maria.note()))
    closing = request.replace(b"Host:", b"Connection: close\r\nHost:", 1)

    assert await answers(server, closing, 1) == [b"http/1.1 200 ok"]


async def test_who_writes_too_fast_is_told_to_wait_on_the_short_way_too(settings: Settings):
    slow = replace(settings, limits=Limits(events_per_second=0.001, burst=1))
    maria = Writer()
    async with running_server(slow) as server:
        await server.register(maria)
        connection = await RawConnection.open(address_of(server))
        told: list[RawAnswer] = [
            await connection.send(request_of(server, push_content(maria.note()))) for _ in range(2)
        ]
        connection.close()

    assert [answer.status for answer in told] == [200, 429]


async def test_a_false_signature_keeps_out_its_own_event_only(
    server: RunningServer, maria: Writer, connection: RawConnection
):
    first, forged, last = maria.note("a"), maria.note("b"), maria.note("c")
    content = push_content(first, replace(forged, sig=first.sig), last)

    answer = await connection.send(request_of(server, content))

    results = msgspec.json.decode(answer.body, type=PushResponse).results
    assert [result.position for result in results] == [1, None, 2]
    problem = results[1].problem
    assert problem is not None
    assert (problem.code, problem.field) == (ProblemCode.BAD_SIGNATURE, "sig")
    assert results[1].id == forged.event.id
    assert server.site.measurements.problems[ProblemCode.BAD_SIGNATURE] == 1


async def test_a_push_meant_for_another_site_is_refused_and_nothing_of_it_is_recorded(
    server: RunningServer, maria: Writer, connection: RawConnection
):
    key = msgspec.json.decode((await server.owner.get("/v1/me")).content)["site_key"]
    meant_for_us = request_of(server, push_content(maria.note())).replace(
        b"\r\n\r\n", f"\r\nWatchfloor-Site: {key}\r\n\r\n".encode(), 1
    )
    meant_for_others = request_of(server, push_content(maria.note())).replace(
        b"\r\n\r\n", b"\r\nWatchfloor-Site: b3RoZXI=\r\n\r\n", 1
    )

    refused = await connection.send(meant_for_others)
    taken = await connection.send(meant_for_us)

    assert (refused.status, taken.status) == (421, 200)
    assert read_problem(refused.status, refused.body).code is ProblemCode.OTHER_SITE
    assert len(await server.lines()) == 1
