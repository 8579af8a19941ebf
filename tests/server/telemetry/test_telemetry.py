"""Readings stream past and change health; a source that stops or lies changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.events.event import ORGANISATION_LOG
from app.incident.kinds.signals import Health
from app.organisation.kinds import ServiceRecorded
from app.protocol.readings import Readings, ServiceReadingLine, TelemetryState
from app.protocol.stream import FrameKind
from app.server.scheduled_sources import CatalogueSource, PrometheusSource, Queries
from app.server.settings import Settings
from app.server.site import Clock, utc_now
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.intake.scene import NOW, Scene, SetClock
from tests.server.running import Listener, listening_to, running_server
from tests.server.telemetry.prometheus_answers import FakePrometheus, answering

pytestmark = pytest.mark.anyio

QUERIES = Queries(
    requests="requests",
    failed="failed",
    latency="",
    service_saturation="saturation",
    window_calls="calls of $label in $window",
    window_failed="failed of $label in $window",
)


NOTHING = ServiceReadingLine(service="")


@pytest.fixture
def prometheus() -> Iterator[FakePrometheus]:
    """A Prometheus that sees one call."""
    with answering() as prometheus:
        prometheus.requests = {("checkout", "payments"): 20.0}
        prometheus.failed = {("checkout", "payments"): 0.0}
        yield prometheus


@asynccontextmanager
async def watching(
    settings: Settings, prometheus: FakePrometheus, clock: Clock = utc_now
) -> AsyncIterator[Scene]:
    """A server with an incident that asks this Prometheus all the time."""
    source = PrometheusSource(name="prom", url=prometheus.url, interval=0.05, queries=QUERIES)
    async with running_server(replace(settings, prometheus=(source,)), clock) as server:
        scene = Scene(server, Writer())
        await server.register(scene.maria)
        await scene.declare()
        yield scene


def put(file: Path, text: str) -> None:
    """Let the file say this from one moment to the next, whoever reads it just then."""
    beside = file.with_name(f"{file.name}.next")
    beside.write_text(text)
    beside.replace(file)


async def telemetry(scene: Scene) -> TelemetryState:
    """What the server says of its sources."""
    answer = await scene.server.owner.get("/v1/telemetry")
    return msgspec.json.decode(answer.content, type=TelemetryState)


async def next_readings(listener: Listener) -> Readings:
    """The next readings on a stream, whatever else passes there."""
    while True:
        (frame,) = await listener.frames(1)
        if frame.kind == FrameKind.READINGS:
            return msgspec.json.decode(frame.lines[0], type=Readings)


async def test_errors_of_a_call_make_the_called_service_fail_and_recover(
    settings: Settings, prometheus: FakePrometheus
):
    async with watching(settings, prometheus) as scene:
        prometheus.failed = {("checkout", "payments"): 8.0}
        state = await scene.until(lambda state: bool(state.signals.services))
        (known,) = state.signals.services
        assert (known.service, known.health) == ("payments", Health.FAILING)
        assert known.indicator == "40% err"

        prometheus.failed = {("checkout", "payments"): 0.0}
        await scene.until(lambda state: state.signals.services[0].health is Health.RECOVERING)
        assert len(await scene.kinds()) == 2


async def test_readings_stream_to_who_follows_the_incident(
    settings: Settings, prometheus: FakePrometheus
):
    path = f"/v1/logs/{LOG}/stream?after=1"
    async with (
        watching(settings, prometheus) as scene,
        listening_to(scene.server.owner, path) as listener,
    ):
        said = await next_readings(listener)

    assert (said.source, said.is_stale) == ("prom", False)
    assert said.dependencies[0].rate == 20.0
    assert said.services[0].service == "payments"


async def test_what_is_seen_calling_is_added_to_the_catalogue(
    settings: Settings, prometheus: FakePrometheus
):
    async with watching(settings, prometheus) as scene:
        prometheus.failed = {("checkout", "payments"): 8.0}
        await scene.until(lambda state: bool(state.signals.services))

        kinds = [
            CODEC.read_record(line).event.fact.kind
            for line in await scene.server.lines(ORGANISATION_LOG)
        ]
    assert kinds.count("service.recorded@1") == 2
    assert kinds.count("dependency.recorded@1") == 1


async def test_error_shares_are_asked_for_services_with_an_objective_over_its_window(
    settings: Settings, prometheus: FakePrometheus
):
    month, hour = "2592000s", "3600s"
    prometheus.of_services = {
        "saturation": {"payments": 0.9, "checkout": 1.7},
        f"calls of service_name in {month}": {"payments": 1000.0, "checkout": 1000.0},
        f"failed of service_name in {month}": {"payments": 4.0, "checkout": 4.0},
        f"calls of service_name in {hour}": {"payments": 100.0},
        f"failed of service_name in {hour}": {},
    }
    async with watching(settings, prometheus) as scene:
        pay = ServiceRecorded(service="payments", name="Payments", slo="99% in 30 days")
        await scene.know(pay)

        async with asyncio.timeout(PATIENCE):
            known: dict[str, ServiceReadingLine] = {}
            while not known.get("payments", NOTHING).error_shares:
                await asyncio.sleep(0.02)  # asked again meanwhile
                (readings,) = (await telemetry(scene)).readings
                known = {one.service: one for one in readings.services}

    assert known["payments"].error_shares == {2_592_000: 0.004, 3600: 0.0}
    assert known["checkout"].error_shares == {}
    assert (known["payments"].saturation, known["checkout"].saturation) == (0.9, 1.0)


async def test_a_source_that_stops_or_has_a_wrong_clock_leaves_the_last_good_readings(
    settings: Settings, prometheus: FakePrometheus
):
    prometheus.at = NOW
    async with watching(settings, prometheus, SetClock()) as scene:
        async with asyncio.timeout(PATIENCE):
            while (first := (await telemetry(scene)).readings[0]).observed_at is None:
                await asyncio.sleep(0.02)  # asked again meanwhile

            prometheus.at = NOW - timedelta(hours=1)
            prometheus.failed = {("checkout", "payments"): 20.0}
            while not (said := (await telemetry(scene)).readings[0]).problem:
                await asyncio.sleep(0.02)  # asked again meanwhile
        assert "from -3600 s from now" in said.problem
        assert said.observed_at == first.observed_at
        assert said.dependencies[0].error_ratio == 0.0
        assert await scene.kinds() == []


async def test_a_catalogue_is_read_on_schedule_and_a_broken_one_changes_nothing(
    settings: Settings, tmp_path: Path
):
    file = tmp_path / "calls.csv"
    file.write_text("caller,callee\nweb,checkout\n")
    source = CatalogueSource(name="calls.csv", where=str(file), interval=0.05)
    async with running_server(replace(settings, catalogues=(source,))) as server:
        scene = Scene(server, Writer())

        async def told() -> tuple[int | None, str]:
            (line,) = (await telemetry(scene)).catalogues
            return line.read_at, line.problem

        async with asyncio.timeout(PATIENCE):
            while (await told())[0] is None:
                pass
            before = await server.lines(ORGANISATION_LOG)
            put(file, "services: [\n")
            while not (await told())[1]:
                pass
        read_at, problem = await told()
        assert read_at is not None
        assert "calls.csv" in problem
        assert "the last good catalogue stays" in problem
        assert await server.lines(ORGANISATION_LOG) == before


async def test_consoles_hear_why_a_catalogue_is_not_read_and_that_it_is_read_again(
    settings: Settings, tmp_path: Path
):
    file, entity = tmp_path / "map.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
    file.write_text(f"{entity}spec: {{owner: [\n")
    source = CatalogueSource(name="map.yaml", where=str(file), interval=0.05)
    async with running_server(replace(settings, catalogues=(source,))) as server:
        scene = Scene(server, Writer())
        await server.register(scene.maria)
        await scene.declare()

        path = f"/v1/logs/{ORGANISATION_LOG}/stream?after=0"
        async with listening_to(server.owner, path) as listener, asyncio.timeout(PATIENCE):
            said = await next_readings(listener)
            assert said.is_stale
            assert said.problem.startswith("map.yaml:4: spec.owner")
            assert "the last good catalogue stays" in said.problem

            put(file, f"{entity}metadata: {{name: web}}\n")
            while (said := await next_readings(listener)).is_stale:
                pass
            assert said.problem == ""


async def test_what_kiali_measured_streams_as_of_the_time_it_names(
    settings: Settings, tmp_path: Path
):
    file = tmp_path / "kiali.json"
    at = datetime.now(UTC).replace(microsecond=0)

    def node(key: str, app: str) -> dict[str, object]:
        return {"data": {"id": key, "nodeType": "app", "namespace": "shop", "app": app}}

    def write(moment: datetime, failing: str) -> None:
        rates = {"http": "20.0", "httpPercentErr": failing}
        edge = {"source": "1", "target": "2", "traffic": {"protocol": "http", "rates": rates}}
        elements = {"nodes": [node("1", "web"), node("2", "cart")], "edges": [{"data": edge}]}
        put(file, json.dumps({"timestamp": moment.timestamp(), "elements": elements}))

    write(at, "50.0")
    source = CatalogueSource(name="kiali", where=str(file), interval=0.05)
    async with running_server(replace(settings, catalogues=(source,))) as server:
        scene = Scene(server, Writer())

        async def said() -> Readings | None:
            return next(iter((await telemetry(scene)).readings), None)

        async with asyncio.timeout(PATIENCE):
            while (found := await said()) is None:
                pass
            (call,) = found.dependencies
            assert (call.rate, call.error_ratio, call.health) == (20.0, 0.5, "failing")
            assert (found.observed_at, found.is_stale) == (round(at.timestamp() * 1e6), False)

            write(at - timedelta(hours=2), "0.0")
            while not ((found := await said()) and found.is_stale):
                pass
