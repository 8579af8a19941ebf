"""What Prometheus reads is what happened: events, repeats, commits, streams, and those cut off."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.server.settings import Limits, Settings
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to, running_server
from tests.server.test_pressure import growth

pytestmark = pytest.mark.anyio


async def measured(server: RunningServer) -> dict[str, float]:
    """Every figure by its name, with its labels."""
    lines = (await server.owner.get("/metrics")).text.splitlines()
    figures = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in figures}


async def test_events_are_counted_once_and_their_repeats_apart(server: RunningServer):
    maria = Writer()
    await server.register(maria)
    before = await measured(server)
    notes = maria.notes(3)
    await server.push(*notes)
    await server.push(*notes)
    after = await measured(server)

    grown = {name: after[name] - before.get(name, 0.0) for name in after}
    assert grown["watchfloor_events_recorded_total"] == 3
    assert grown["watchfloor_events_repeated_total"] == 3
    assert grown["watchfloor_commit_seconds_count"] >= 1
    assert (
        after['watchfloor_commit_seconds_bucket{le="+Inf"}']
        == after["watchfloor_commit_seconds_count"]
    )


async def test_only_streams_of_others_are_counted_and_who_is_cut_stays_counted(settings: Settings):
    maria = Writer()
    narrow = replace(settings, limits=Limits(stream_frames=2))
    async with running_server(narrow) as server:
        await server.register(maria)
        await server.push(maria.note())
        assert (await measured(server))["watchfloor_streams_open"] == 0
        async with listening_to(server.owner, f"/v1/logs/{LOG}/stream?after=1") as listener:
            while not server.site.feed.listener_count:
                await asyncio.sleep(0)
            assert (await measured(server))["watchfloor_streams_open"] == 1
            for first in range(2, 6):  # before the stream's own task can run
                server.site.feed.publish([growth(1, first)])
            await listener.frames(10)
        figures = await measured(server)

    assert figures["watchfloor_streams_cut_total"] == 1


async def test_every_figure_says_what_kind_it_is(server: RunningServer):
    text = (await server.owner.get("/metrics")).text
    kinds = dict(line.split()[2:] for line in text.splitlines() if line.startswith("# TYPE"))

    assert all((kind == "counter") == name.endswith("_total") for name, kind in kinds.items())
    assert set(kinds.values()) == {"counter", "gauge", "histogram"}
