"""Live frames go straight to the connections that wait for them, and never past one another."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from app.log.appending import Growth
from app.server.feed import Feed, Subscription
from app.server.outlet import chunk_of
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to

pytestmark = pytest.mark.anyio


class Wire:
    """An outlet that remembers; it can be full."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.is_full = False

    def write(self, chunk: bytes) -> bool:
        """Take a chunk, unless the wire is full."""
        if not self.is_full:
            self.chunks.append(chunk)
        return not self.is_full


def growth(first: int) -> Growth:
    """One new line of the log."""
    return Growth(log=LOG, epoch="e", first=first, lines=(b"x",), received_at=1, tree=b"")


class Waiting:
    """A listener with a wire that waits for packets."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.wire = subscription.outlet = Wire()
        self.task = asyncio.create_task(subscription.packets(60))

    async def __aenter__(self) -> Waiting:
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


async def test_what_follows_goes_straight_out_and_the_listener_sleeps_on():
    feed = Feed()
    with feed.listen(LOG) as subscription:
        async with Waiting(subscription) as waiting:
            feed.publish([growth(1)])
            feed.publish([growth(2)])

            assert [b"id: 1" in chunk for chunk in waiting.wire.chunks] == [True, False]
            assert subscription.after == 2
            assert not waiting.task.done()


async def test_records_that_do_not_follow_are_left_to_the_listener():
    feed = Feed()
    with feed.listen(LOG) as subscription:
        async with Waiting(subscription) as waiting:
            feed.publish([growth(3)])
            feed.publish([growth(1)])  # would follow, but must not pass what is queued

            assert waiting.wire.chunks == []
            assert [packet.first for packet in await waiting.task] == [3, 1]


async def test_a_full_wire_makes_the_listener_take_over():
    feed = Feed()
    with feed.listen(LOG) as subscription:
        async with Waiting(subscription) as waiting:
            waiting.wire.is_full = True
            feed.publish([growth(1)])
            waiting.wire.is_full = False
            feed.publish([growth(2)])

            assert waiting.wire.chunks == []
            assert [packet.first for packet in await waiting.task] == [1, 2]


async def test_nothing_goes_out_behind_the_back_of_a_listener_at_work():
    feed = Feed()
    with feed.listen(LOG) as subscription:
        subscription.outlet = wire = Wire()
        feed.publish([growth(1)])

        assert wire.chunks == []
        assert [packet.first for packet in await subscription.packets(0)] == [1]


def test_a_chunk_says_its_size_in_hexadecimal():
    assert chunk_of(b"a" * 26) == b"1a\r\n" + b"a" * 26 + b"\r\n"


async def test_a_live_stream_carries_each_record_once_in_order(
    server: RunningServer, maria: Writer
):
    await server.push(maria.note())
    async with listening_to(server.owner, f"/v1/logs/{LOG}/stream?after=1") as listener:
        await asyncio.gather(*(server.push(maria.note()) for _ in range(40)))
        seen = await listener.lines(40)

    assert seen == (await server.lines())[1:]
