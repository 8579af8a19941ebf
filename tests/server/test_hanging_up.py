"""A client that hangs up in the middle: nothing is recorded, nothing is logged, it is counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from urllib.parse import urlsplit

import pytest

from app.log.appending import Batch, Outcome
from app.proof.strict_signatures import StrictVerifyingKey
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content
from tests.server.running import RunningServer

pytestmark = pytest.mark.anyio
HALF, WHOLE = b'{"half":', 100


async def send_and_leave(
    server: RunningServer,
    path: str,
    content: bytes,
    *,
    method: str = "POST",
    size: int = 0,
    after: asyncio.Event | None = None,
) -> None:
    """Send a request, say that it has `size` bytes, and hang up (`after` it) without an answer."""
    address = urlsplit(server.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: here\r\n"
        f"Authorization: {server.owner.headers['Authorization']}\r\n"
        f"Content-Length: {size or len(content)}\r\n\r\n"
    )
    writer.write(head.encode() + content)
    await writer.drain()
    if after is not None:
        await after.wait()
    writer.close()
    await writer.wait_closed()


async def abandoned(server: RunningServer) -> int:
    """What the server has counted."""
    text = (await server.owner.get("/metrics")).text
    (line,) = (one for one in text.splitlines() if one.startswith("watchfloor_requests_abandoned"))
    return int(line.split()[1])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/v1/logs/{LOG}/events?late=1"),
        ("POST", f"/v1/logs/{LOG}/presence"),
        ("POST", "/v1/tokens"),
        ("PUT", f"/v1/blobs/{'0' * 64}"),
    ],
)
async def test_who_hangs_up_in_the_middle_of_a_request_is_counted_and_no_trouble(
    server: RunningServer,
    maria: Writer,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
):
    await server.push(maria.note())
    before = server.site.measurements.problems.total()

    with caplog.at_level(logging.WARNING):
        await send_and_leave(server, path, HALF, method=method, size=WHOLE)
        while not await abandoned(server):
            await asyncio.sleep(0)

    assert not caplog.records
    assert server.site.measurements.problems.total() == before
    assert len(await server.lines()) == 1


async def test_a_push_that_ends_in_its_middle_on_the_short_way_is_nothing_at_all(
    server: RunningServer, maria: Writer, caplog: pytest.LogCaptureFixture
):
    await server.push(maria.note())

    with caplog.at_level(logging.WARNING):
        await send_and_leave(server, f"/v1/logs/{LOG}/events", HALF, size=WHOLE)
        await server.push(maria.note())

    assert not caplog.records
    assert len(await server.lines()) == 2


async def test_what_came_whole_is_recorded_whoever_waits_for_the_answer(
    server: RunningServer,
    maria: Writer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    content, came_whole = push_content(maria.note()), asyncio.Event()
    recorder = server.site.recorder
    submit = recorder.submit

    def submit_and_tell(batch: Batch, keys: Sequence[StrictVerifyingKey]) -> Awaitable[Outcome]:
        came_whole.set()
        return submit(batch, keys)

    monkeypatch.setattr(recorder, "submit", submit_and_tell)
    with caplog.at_level(logging.WARNING):
        path = f"/v1/logs/{LOG}/events?late=1"
        await send_and_leave(server, path, content, after=came_whole)
        while server.site.directory.head(LOG) is None:
            await asyncio.sleep(0)

    assert not caplog.records
    assert len(await server.lines()) == 1
