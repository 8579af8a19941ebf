"""That a pipeline asked the gate is recorded now and then: a freeze nobody asks for is no lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from app.events.event import ORGANISATION_LOG, Recorded
from app.organisation.kinds import GateAsked
from app.organisation.state import replay_organisation
from app.protocol.problems import ProblemCode, refused
from app.server.settings import Settings
from tests.log.writing import CODEC, Writer
from tests.server.intake.scene import NOW, SetClock
from tests.server.running import RunningServer, running_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def server(settings: Settings, clock: SetClock) -> AsyncIterator[RunningServer]:
    async with running_server(settings, clock) as running:
        yield running


@pytest.fixture
async def pipeline(server: RunningServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks for a pipeline."""
    async with server.client(await server.token_for("integration:pipeline")) as client:
        yield client


async def ask(client: httpx.AsyncClient, service: str = "checkout") -> None:
    """Ask whether a service may be deployed; any answer will do."""
    where = {"service": service, "environment": "prod-eu"}
    answer = await client.get("/v1/deploy-gate", params=where)
    assert answer.status_code == 200, answer.text


async def questions(server: RunningServer) -> list[Recorded]:
    """The questions that were recorded."""
    lines = await server.lines(ORGANISATION_LOG)
    records = [CODEC.read_record(line) for line in lines]
    return [one for one in records if isinstance(one.event.fact, GateAsked)]


async def test_a_pipelines_question_is_recorded_in_its_name(
    server: RunningServer, pipeline: httpx.AsyncClient
):
    await ask(pipeline)

    (asked,) = await questions(server)
    assert asked.event.fact == GateAsked(service="checkout", environment="prod-eu")
    assert asked.event.actor == "integration:pipeline"
    assert replay_organisation([asked]).gate_asked_at == NOW


async def test_what_a_person_asks_says_nothing_of_pipelines(server: RunningServer):
    await ask(server.owner)

    assert await questions(server) == []


async def test_a_pipeline_that_asks_all_day_is_recorded_every_four_hours(
    server: RunningServer, pipeline: httpx.AsyncClient, clock: SetClock
):
    for _ in range(24):
        await ask(pipeline)
        await ask(pipeline, "cart")
        clock.go_on(hours=1)

    assert len(await questions(server)) == 6


async def test_that_it_was_recorded_outlives_the_process(settings: Settings, clock: SetClock):
    async with running_server(settings, clock) as first:
        token = await first.token_for("integration:pipeline")
        async with first.client(token) as pipeline:
            await ask(pipeline)

    async with running_server(settings, clock) as second:
        async with second.client(token) as pipeline:
            await ask(pipeline)

        assert len(await questions(second)) == 1


async def test_a_question_that_cannot_be_recorded_is_answered_and_recorded_with_the_next(
    server: RunningServer, pipeline: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    async def refuse(*_: object) -> None:
        raise refused(ProblemCode.OVERLOADED, "busy")

    with monkeypatch.context() as patch:
        patch.setattr(server.site.own_hand.__class__, "record", refuse)
        await ask(pipeline)
    assert await questions(server) == []

    await ask(pipeline)
    assert len(await questions(server)) == 1


async def test_a_fact_that_a_person_writes_is_no_pipelines_question(server: RunningServer):
    await server.register(maria := Writer())
    forged = maria.write(GateAsked(service="checkout"), ORGANISATION_LOG)
    await server.push(forged, log=ORGANISATION_LOG)

    (record,) = await questions(server)
    assert replay_organisation([record]).gate_asked_at is None


@pytest.mark.real
async def test_what_one_process_recorded_the_other_does_not_record_again(
    postgresql: str, settings: Settings, clock: SetClock
):
    shared = replace(settings, database=postgresql)
    async with running_server(shared, clock) as one, running_server(shared, clock) as other:
        token = await one.token_for("integration:pipeline")
        for server in (one, other):
            async with server.client(token) as pipeline:
                await ask(pipeline)

        assert len(await questions(other)) == 1
