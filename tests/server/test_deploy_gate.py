"""A pipeline asks over HTTP whether it may deploy."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from app.cli.arguments import build_parser
from app.cli.dispatch import run
from app.events.event import ORGANISATION_LOG
from app.incident.kinds.freezes import FreezeDeclared, FreezeLifted, FreezeScope
from app.incident.kinds.signals import Health, HealthChanged
from app.organisation.kinds import DependencyRecorded, ServiceRecorded
from app.protocol.gate import DeployAnswer
from app.server.scheduled_sources import PrometheusSource, Queries
from app.server.settings import Settings
from app.sync.unavailable import ServerUnavailable
from tests.log.writing import LOG, Writer
from tests.server.intake.scene import NOW, Scene, SetClock
from tests.server.intake.webhooks import alert, webhook
from tests.server.process import ServerProcess, running_process
from tests.server.running import RunningServer, problem_in, running_server
from tests.server.telemetry.prometheus_answers import answering

pytestmark = pytest.mark.anyio
SERVICES = [
    ServiceRecorded(service=one, name=one.capitalize(), aliases=(f"{one}-svc",))
    for one in ("web", "checkout", "payments")
]
CALLS = [
    DependencyRecorded(caller="web", callee="checkout"),
    DependencyRecorded(caller="checkout", callee="payments"),
]


@asynccontextmanager
async def estate(server: RunningServer) -> AsyncIterator[Scene]:
    """A server that knows three services which call one another."""
    scene = Scene(server, Writer())
    await server.register(scene.maria)
    await scene.know(*SERVICES)
    facts = [scene.maria.write(one, ORGANISATION_LOG) for one in CALLS]
    await server.push(*facts, log=ORGANISATION_LOG)
    yield scene


@pytest.fixture
async def scene(server: RunningServer) -> AsyncIterator[Scene]:
    async with estate(server) as scene:
        yield scene


async def ask(scene: Scene, service: str, client: httpx.AsyncClient | None = None, **more: str):
    """What the gate says."""
    asking = client or scene.server.owner
    answer = await asking.get("/v1/deploy-gate", params={"service": service, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return msgspec.json.decode(answer.content, type=DeployAnswer)


async def test_a_pipeline_with_a_token_of_its_own_asks_by_any_name_of_the_service(scene: Scene):
    token = await scene.server.token_for("integration:pipeline")
    async with scene.server.client(token) as pipeline:
        said = await ask(scene, "CHECKOUT-SVC", pipeline)

    assert (said.service, said.name, said.verdict, said.is_allowed) == (
        "checkout", "Checkout", "allow", True,
    )  # fmt: skip


async def test_without_a_token_nothing_is_told(scene: Scene):
    async with scene.server.client(None) as stranger:
        answer = await stranger.get("/v1/deploy-gate", params={"service": "checkout"})

    assert answer.status_code == 401
    assert "payments" not in answer.text


@pytest.mark.parametrize("service", ["", " ", "x" * 300])
async def test_a_question_without_a_service_is_refused(scene: Scene, service: str):
    answer = await scene.server.owner.get("/v1/deploy-gate", params={"service": service})

    assert answer.status_code == 400
    assert problem_in(answer).field == "service"


async def test_it_follows_the_incident_as_it_goes(scene: Scene):
    await scene.declare()
    assert (await ask(scene, "checkout")).verdict == "unknown"

    ill = HealthChanged(service="payments", health=Health.FAILING, indicator="41% err")
    await scene.server.push(scene.maria.write(ill))
    said = await ask(scene, "checkout")
    assert said.verdict == "deny"
    assert said.reasons[0].text == "Payments, 1 hop upstream, is failing, 41% err (INC-1)."
    assert {one.incident for one in said.reasons} == {LOG.removeprefix("incident:")}

    well = HealthChanged(service="payments", health=Health.NORMAL)
    await scene.server.push(scene.maria.write(well))
    await scene.close()
    assert (await ask(scene, "checkout")).verdict == "allow"


async def test_a_freeze_holds_after_the_incident_is_closed_until_it_is_lifted(scene: Scene):
    await scene.declare()
    freeze = scene.maria.write(FreezeDeclared(scope=FreezeScope.FULL, environments=("prod",)))
    await scene.server.push(freeze)
    await scene.close()

    said = await ask(scene, "web", environment="prod")
    assert [one.ground for one in said.reasons] == ["freeze"]
    assert (await ask(scene, "web", environment="test")).verdict == "allow"

    (record,) = [
        one for one in await scene.records() if isinstance(one.event.fact, FreezeDeclared)
    ]
    await scene.server.push(scene.maria.write(FreezeLifted(freeze=record.event.id), seen=3))
    assert (await ask(scene, "web", environment="prod")).verdict == "allow"


async def test_an_exercise_stops_nobody(scene: Scene):
    await scene.declare(is_exercise=True)
    ill = HealthChanged(service="payments", health=Health.FAILING)
    await scene.server.push(scene.maria.write(ill))

    assert (await ask(scene, "checkout")).verdict == "allow"


async def test_an_alert_counts_while_no_incident_is_run(scene: Scene):
    await scene.register()
    await scene.send(webhook(alert("PoolFull", service="payments")))

    said = await ask(scene, "checkout")

    assert said.verdict == "deny"
    assert "alert PoolFull" in said.reasons[0].text


async def test_readings_that_stop_make_it_unknown_and_say_as_of_when(settings: Settings):
    clock = SetClock()
    with answering() as prometheus:
        prometheus.requests = {("web", "checkout"): 20.0}
        prometheus.failed = {("web", "checkout"): 0.0}
        prometheus.at = NOW
        source = PrometheusSource(
            name="prom",
            url=prometheus.url,
            interval=0.05,
            queries=Queries(requests="requests", failed="failed", latency=""),
        )
        asking = replace(settings, prometheus=(source,))
        async with running_server(asking, clock=clock) as server, estate(server) as scene:
            while (said := await ask(scene, "checkout")).health_as_of is None:
                pass
            assert said.verdict == "allow"

            clock.go_on(minutes=3)
            said = await ask(scene, "checkout")

    assert said.verdict == "unknown"
    assert said.health_as_of is not None
    assert said.checked_at - said.health_as_of == timedelta(minutes=3) // timedelta(microseconds=1)
    assert [one.ground for one in said.reasons] == ["stale"]


async def test_the_description_of_the_protocol_has_the_gate(scene: Scene):
    schema = (await scene.server.owner.get("/v1/schema/openapi.json")).json()

    gate = schema["paths"]["/v1/deploy-gate"]["get"]

    assert {one["name"] for one in gate["parameters"]} == {"service", "environment"}
    body = gate["responses"]["200"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/DeployAnswer"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with running_process(tmp_path_factory.mktemp("server")) as server:
        yield server


def typed(process: ServerProcess, folder: Path, *words: str) -> int:
    file = folder / "token"
    file.write_text(process.token)
    target = ["--server", process.url, "--token-file", str(file)]
    return run(build_parser().parse_args([*words, *target]))


def test_the_command_line_stops_a_pipeline_with_code_3_and_the_reason(
    process: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    catalogue = tmp_path / "calls.csv"
    catalogue.write_text("caller,callee\nweb,checkout\n")
    assert typed(process, tmp_path, "import-catalog", str(catalogue)) == 0
    capsys.readouterr()

    assert typed(process, tmp_path, "gate", "checkout") == 0
    assert capsys.readouterr().out.startswith("checkout may be deployed.")

    assert typed(process, tmp_path, "gate", "nobody", "--json") == 3
    assert json.loads(capsys.readouterr().out)["verdict"] == "unknown"

    assert typed(process, tmp_path, "declare", "Checkout fails", "--severity", "1") == 0
    assert typed(process, tmp_path, "gate", "checkout") == 3
    out = capsys.readouterr().out
    assert "Nobody can tell whether checkout may be deployed." in out
    assert "names no service yet" in out


def test_no_answer_is_no_permission(tmp_path: Path):
    (tmp_path / "token").write_text("t")
    words = ["gate", "checkout", "--server", "http://127.0.0.1:9", "--token-file"]

    with pytest.raises(ServerUnavailable):
        run(build_parser().parse_args([*words, str(tmp_path / "token")]))
