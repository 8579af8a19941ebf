"""With several processes, each gives what any of them heard to a stream that opens late."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.incident.kinds.signals import Health
from app.server.scheduled_sources import PrometheusSource
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.server.intake.scene import Scene
from tests.server.running import running_server
from tests.server.telemetry.prometheus_answers import answering
from tests.server.telemetry.test_newest import ONCE, first_said
from tests.server.telemetry.test_telemetry import QUERIES

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_a_process_that_asks_nobody_gives_what_the_one_on_duty_heard(
    postgresql: str, settings: Settings
):
    with answering() as prometheus:
        prometheus.requests = {("checkout", "payments"): 20.0}
        source = PrometheusSource(name="prom", url=prometheus.url, interval=ONCE, queries=QUERIES)
        shared = replace(settings, database=postgresql, prometheus=(source,))
        async with running_server(shared) as one:
            scene = Scene(one, Writer())
            await one.register(scene.maria)
            await scene.declare()
            async with asyncio.timeout(PATIENCE):
                while one.site.telemetry.state().readings[0].observed_at is None:
                    await asyncio.sleep(0)
                async with running_server(shared) as other:
                    assert not other.site.duty.is_held
                    while other.site.telemetry.state().readings[0].observed_at is None:
                        await asyncio.sleep(0)

                    said = await first_said(other, LOG)

        assert said.dependencies[0].rate == 20.0
        assert prometheus.asked == 1


async def test_a_process_that_asks_nobody_knows_what_is_wrong_with_which_service(
    postgresql: str, settings: Settings
):
    with answering() as prometheus:
        prometheus.requests = {("checkout", "payments"): 20.0}
        prometheus.failed = {("checkout", "payments"): 8.0}
        source = PrometheusSource(name="prom", url=prometheus.url, interval=0.05, queries=QUERIES)
        shared = replace(settings, database=postgresql, prometheus=(source,))
        async with running_server(shared) as one:
            scene = Scene(one, Writer())
            await one.register(scene.maria)
            await scene.declare()
            async with asyncio.timeout(PATIENCE), running_server(shared) as other:
                assert not other.site.duty.is_held
                while not other.site.telemetry.words():
                    await asyncio.sleep(0)

                (word,) = other.site.telemetry.words()

        assert (word.service, word.health) == ("payments", Health.FAILING)
        assert (word.told_by, word.indicator) == ("prom", "40% err")
