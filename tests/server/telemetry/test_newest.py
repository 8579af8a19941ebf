"""Who begins to listen late is given what every source said last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.events.codec import to_microseconds
from app.events.event import ORGANISATION_LOG
from app.protocol.readings import (
    CatalogueSourceLine,
    DependencyReadingLine,
    Readings,
)
from app.protocol.stream import StreamParser
from app.server.scheduled_sources import CatalogueSource, PrometheusSource
from app.server.settings import Settings
from app.server.telemetry.newest import MOST_CALLS, MOST_SOURCES, Newest, loudest
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.server.intake.scene import Scene, SetClock
from tests.server.running import RunningServer, listening_to, running_server
from tests.server.telemetry.prometheus_answers import answering
from tests.server.telemetry.test_telemetry import QUERIES, next_readings, telemetry

ONCE = 3600.0
"""Seconds: a source that is asked so seldom is asked once in a test."""


def said_in(frames: list[bytes]) -> list[Readings]:
    """What `readings` frames say."""
    found = StreamParser().feed(b"".join(frames))
    return [msgspec.json.decode(one.lines[0], type=Readings) for one in found]


async def first_said(server: RunningServer, log: str, after: int = 1) -> Readings:
    """The first readings that a stream gives when it opens."""
    path = f"/v1/logs/{log}/stream?after={after}"
    async with listening_to(server.owner, path) as listener:
        return await next_readings(listener)


@pytest.mark.anyio
async def test_a_stream_that_opens_late_is_given_the_last_readings(settings: Settings):
    with answering() as prometheus:
        prometheus.requests = {("checkout", "payments"): 20.0}
        source = PrometheusSource(name="prom", url=prometheus.url, interval=ONCE, queries=QUERIES)
        async with running_server(replace(settings, prometheus=(source,))) as server:
            scene = Scene(server, Writer())
            await server.register(scene.maria)
            await scene.declare()
            async with asyncio.timeout(PATIENCE):
                while (await telemetry(scene)).readings[0].observed_at is None:
                    pass

            for log in (LOG, ORGANISATION_LOG):
                said = await first_said(server, log)
                assert (said.source, said.is_stale) == ("prom", False)
                assert said.dependencies[0].rate == 20.0

            await scene.close()
            assert server.site.telemetry.frames(LOG) == []  # that one is over
    assert prometheus.asked == 1


@pytest.mark.anyio
async def test_a_stream_that_opens_late_is_told_which_catalogue_is_broken(
    settings: Settings, tmp_path: Path
):
    file = tmp_path / "map.yaml"
    file.write_text("apiVersion: backstage.io/v1alpha1\nkind: Component\nspec: {owner: [\n")
    source = CatalogueSource(name="map.yaml", where=str(file), interval=ONCE)
    async with running_server(replace(settings, catalogues=(source,))) as server:
        scene = Scene(server, Writer())
        await server.register(scene.maria)
        await scene.declare()
        async with asyncio.timeout(PATIENCE):
            while not (await telemetry(scene)).catalogues[0].problem:
                pass

        said = await first_said(server, LOG)

    assert said.problem.startswith("map.yaml:4: spec.owner")


def test_what_is_kept_grows_old_honestly():
    clock = SetClock()
    newest = Newest(clock, ["prom"], [])
    assert newest.frames() == []  # nothing was said yet
    at = to_microseconds(clock())
    newest.keep(Readings(source="prom", observed_at=at))
    assert [one.is_stale for one in said_in(newest.frames())] == [False]

    clock.go_on(seconds=91)

    (said,) = said_in(newest.frames())
    assert (said.observed_at, said.is_stale) == (at, True)


def test_a_catalogue_that_is_read_again_is_no_trouble_any_more():
    newest = Newest(SetClock(), [], ["map.yaml"])
    broken = newest.keep_catalogue(CatalogueSourceLine(source="map.yaml", problem="line 4"))
    assert broken is not None
    assert said_in(newest.frames()) == [broken]

    newest.keep_catalogue(CatalogueSourceLine(source="map.yaml", read_at=1))

    assert newest.frames() == []


def test_only_so_many_sources_are_kept():
    newest = Newest(SetClock(), ["prom"], [])

    kept = [newest.keep(Readings(source=f"s{n}", observed_at=1)) for n in range(MOST_SOURCES)]

    assert (kept.count(True), len(newest.readings)) == (MOST_SOURCES - 1, MOST_SOURCES)
    assert newest.keep(Readings(source="prom", observed_at=1))


def test_of_too_many_calls_the_loudest_are_kept():
    calls = [
        DependencyReadingLine(caller=f"a{n}", callee="b", rate=float(n)) for n in range(MOST_CALLS)
    ]
    failing = DependencyReadingLine(caller="z", callee="b", error_ratio=0.5, health="failing")

    kept = loudest([*calls, failing])

    assert kept[:2] == [failing, calls[-1]]
    assert len(kept) == MOST_CALLS
    assert calls[0] not in kept
