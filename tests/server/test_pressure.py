"""Under pressure the server says "wait" instead of falling over, and cuts who cannot follow."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace

import pytest

from app.events.event import ORGANISATION_LOG
from app.log.appending import Growth
from app.protocol.problems import ProblemCode
from app.server.feed import Feed, record_packets
from app.server.pace import Pace
from app.server.settings import Limits, Settings
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content
from tests.server.running import listening_to, problem_in, running_server

pytestmark = pytest.mark.anyio
EVENTS = f"/v1/logs/{LOG}/events"


def growth(count: int, first: int = 1, size: int = 10) -> Growth:
    """New lines of a log."""
    lines = tuple(b"x" * size for _ in range(count))
    return Growth(log=LOG, epoch="e", first=first, lines=lines, received_at=1, tree=b"")


async def test_a_console_that_writes_too_fast_is_told_to_wait(settings: Settings):
    slow = replace(settings, limits=Limits(events_per_second=0.001, burst=3))
    maria = Writer()
    async with running_server(slow) as server:
        await server.register(maria)
        await server.push(*maria.notes(3))

        answer = await server.owner.post(EVENTS, content=push_content(maria.note()))

        assert answer.status_code == 429
        assert problem_in(answer).code is ProblemCode.RATE_LIMITED
        assert int(answer.headers["retry-after"]) >= 1
        assert len(await server.lines()) == 3


async def test_when_too_much_waits_the_server_says_so_and_takes_nothing(settings: Settings):
    narrow = replace(settings, limits=Limits(queue=5))
    writers = [Writer(seed=seed) for seed in range(1, 13)]
    async with running_server(narrow) as server:
        for writer in writers:
            await server.register(writer)
        notes = {writer.seed: writer.notes(5) for writer in writers}
        async with asyncio.TaskGroup() as tasks:
            answers = [
                tasks.create_task(server.owner.post(EVENTS, content=push_content(*sent)))
                for sent in notes.values()
            ]

        taken = [answer.result() for answer in answers if answer.result().status_code == 200]
        told = [answer.result() for answer in answers if answer.result().status_code == 503]
        assert len(taken) + len(told) == 12
        assert taken
        assert all(problem_in(each).code is ProblemCode.OVERLOADED for each in told)
        assert all(int(each.headers["retry-after"]) >= 1 for each in told)
        assert len(await server.lines()) == 5 * len(taken)


async def test_a_listener_with_too_many_frames_is_cut_and_told():
    feed = Feed(max_frames=3, max_bytes=1_000_000)
    with feed.listen(LOG) as slow, feed.listen(LOG) as quick:
        for first in range(1, 6):
            feed.publish([growth(1, first)])
            assert len(await quick.packets(0)) == 1

        assert slow.is_lagged
        assert await slow.packets(0) == []
        assert not quick.is_lagged
        assert feed.cut_count == 1


async def test_a_listener_with_too_many_bytes_is_cut():
    feed = Feed(max_frames=1_000, max_bytes=4 * 1024 * 1024)
    with feed.listen(LOG) as slow:
        for first in range(1, 6):
            feed.publish([growth(1, first, size=1024 * 1024)])

        assert slow.is_lagged


async def test_a_stream_that_lags_ends_with_a_frame_that_says_so(settings: Settings):
    narrow = replace(settings, limits=Limits(stream_frames=2))
    maria = Writer()
    path = f"/v1/logs/{LOG}/stream?after=1"
    async with running_server(narrow) as server:
        await server.register(maria)
        await server.push(maria.note())
        before = server.site.feed.listener_count
        async with listening_to(server.owner, path) as listener:
            while server.site.feed.listener_count == before:
                await asyncio.sleep(0)
            for first in range(2, 6):  # before the stream's own task can run
                server.site.feed.publish([growth(1, first)])
            frames = await listener.frames(10)

    assert frames[-1].kind == "lagged"


async def test_a_listener_counts_only_while_it_listens():
    feed = Feed()
    subscription = feed.listen(LOG)
    assert feed.listener_count == 0

    with subscription:
        assert feed.listener_count == 1

    assert feed.listener_count == 0


async def test_who_comes_during_the_goodbye_hears_it_too():
    feed = Feed()
    feed.close(retry_ms=5)

    with feed.listen(LOG) as late:
        await late.packets(1)

        assert late.bye is not None


async def test_heads_reach_those_who_listen_to_heads_only():
    feed = Feed()
    with feed.listen_to_heads() as heads, feed.listen(ORGANISATION_LOG) as other:
        feed.publish([growth(4)])

        (packet,) = await heads.packets(0)
        assert b'"position":4' in packet.frame
        assert await other.packets(0) == []


def test_frames_hold_every_line_once_and_stay_small():
    lines = [b"%d" % number * 40_000 for number in range(10)]

    packets = record_packets(lines, first=7)

    assert packets[0].first == 7
    assert packets[-1].last == 16
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(packets))
    assert b"".join(packet.frame for packet in packets).count(b"data: ") == 10
    assert all(len(packet.frame) < 300_000 for packet in packets)


def test_a_pace_lets_a_burst_through_and_then_its_rate():
    pace = Pace(rate=2.0, burst=3)

    assert pace.wait_for("maria", 3, now=0.0) == 0.0
    assert pace.wait_for("maria", 1, now=0.0) == 0.5
    assert pace.wait_for("omar", 1, now=0.0) == 0.0
    assert pace.wait_for("maria", 1, now=0.5) == 0.0


def test_a_batch_larger_than_the_burst_passes_and_delays_the_next():
    pace = Pace(rate=10.0, burst=5)

    assert pace.wait_for("maria", 25, now=0.0) == 0.0
    assert pace.wait_for("maria", 1, now=1.0) == pytest.approx(1.1)
    assert pace.wait_for("maria", 1, now=2.2) == 0.0
