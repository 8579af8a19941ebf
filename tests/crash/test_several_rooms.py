"""Several server processes are as one: who is there, what is delivered, what is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from app.incident.kinds.situation import IncidentDeclared
from app.protocol.stream import Frame, FrameKind
from app.sync.api_client import ApiClient, ServerUnavailable
from tests.crash.pairs import Pair, running_pair
from tests.crash.servers import Server
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.intake.webhooks import alert, webhook
from tests.server.pushing import push_content, register
from tests.server.telemetry.prometheus_answers import FakePrometheus, answering

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

BOTH_WAYS = pytest.mark.parametrize("hints", ["nats", "postgresql"])


class Onlooker:
    """Follows the incident at one server and keeps the frames that are not records."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.news = asyncio.Event()

    async def follow(self, server: Server, token: str) -> None:
        async with ApiClient(server.url, token) as api:
            while True:
                try:
                    async for frames in api.stream(LOG, after=0, epoch=""):
                        self.frames += frames
                        self.news.set()
                except ServerUnavailable:
                    await asyncio.sleep(0.05)  # as a console waits before it tries again

    async def sees(self, kind: FrameKind, *parts: bytes) -> None:
        """Wait for a frame of this kind with all of these in it; earlier ones are forgotten."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.news.clear()
                for number, frame in enumerate(self.frames):
                    text = b"\n".join(frame.lines)
                    if frame.kind == kind and all(part in text for part in parts):
                        self.frames = self.frames[number + 1 :]
                        return
                await self.news.wait()


@asynccontextmanager
async def onlooker(server: Server, token: str = "") -> AsyncIterator[Onlooker]:
    """Somebody who follows the incident at one server."""
    one = Onlooker()
    task = asyncio.create_task(one.follow(server, token or server.token))
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.wait([task])


def client(server: Server, token: str = "") -> httpx.AsyncClient:
    """A client of one server; without a token it speaks for the owner."""
    headers = {"Authorization": f"Bearer {token or server.token}"}
    return httpx.AsyncClient(
        base_url=server.url, headers=headers, timeout=PATIENCE, trust_env=False
    )


async def ask(
    server: Server, method: str, path: str, content: bytes = b"", token: str = ""
) -> httpx.Response:
    """Ask until there is an answer that is not "later"; the server may be starting."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with client(server, token) as http:
                    answer = await http.request(method, path, content=content)
                if answer.status_code != 503:
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)  # as a sender waits before it tries again


async def post(server: Server, path: str, content: bytes, token: str = "") -> httpx.Response:
    """Post until there is such an answer."""
    return await ask(server, "POST", path, content, token)


async def declare(server: Server, maria: Writer) -> None:
    """Begin the incident."""
    fact = IncidentDeclared(number="INC-1", title="t", severity=1)
    answer = await post(server, f"/v1/logs/{LOG}/events", push_content(maria.write(fact)))
    assert answer.status_code == 200, answer.text


async def kinds(server: Server) -> list[str]:
    """What was recorded after the declaration, by kind without version."""
    answer = await ask(server, "GET", f"/v1/logs/{LOG}/events?after=1")
    assert answer.status_code == 200, answer.text
    lines = answer.content.splitlines()
    return [CODEC.read_record(line).event.fact.kind.split("@")[0] for line in lines]


async def until_kinds(server: Server, wanted: list[str]) -> None:
    """Wait until exactly this is recorded."""
    try:
        async with asyncio.timeout(PATIENCE):
            while await kinds(server) != wanted:
                await asyncio.sleep(0.02)  # there is nothing to wait on across processes
    except TimeoutError:
        raise AssertionError(f"recorded {await kinds(server)}, wanted {wanted}") from None


async def token_of(server: Server, actor: str) -> str:
    """A token for somebody."""
    answer = await post(server, "/v1/tokens", msgspec.json.encode({"actor": actor}))
    token: str = answer.json()["token"]
    return token


async def say(server: Server, token: str, what: str) -> None:
    """Tell one's presence."""
    content = msgspec.json.encode({"doing": what})
    answer = await post(server, f"/v1/logs/{LOG}/presence", content, token)
    assert answer.status_code == 204, answer.text


@BOTH_WAYS
def test_people_at_different_processes_see_one_another_until_a_process_dies(
    hints: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    maria = Writer()

    async def look(pair: Pair) -> float:
        here, there = pair.servers
        await declare(here, maria)
        omar = await token_of(there, "person:omar")
        async with onlooker(here) as at_here, onlooker(there, omar) as at_there:
            await at_here.sees(FrameKind.EVENT)
            await at_there.sees(FrameKind.EVENT)
            await say(here, "", "typing")
            await say(there, omar, "reading")
            await at_there.sees(FrameKind.PRESENCE, b"person:maria", b"typing")
            await at_here.sees(FrameKind.PRESENCE, b"person:omar", b"reading")

            here.kill()
            began = time.monotonic()
            await at_there.sees(FrameKind.PRESENCE, b"person:maria", b'"gone":true')
            gone_after = time.monotonic() - began
            await say(there, omar, "reading")  # or it is over, if all that took long
            async with onlooker(there) as late:
                await late.sees(FrameKind.PRESENCE, b"person:omar", b"reading")
            here.start()
        return gone_after

    with running_pair(hints, tmp_path) as pair:
        register(pair.servers[0].url, pair.servers[0].token, maria.key)
        seconds = asyncio.run(look(pair))
    with capsys.disabled():
        print(f"\n{hints}: gone {seconds:.1f} s after its process was killed")


async def let_in(server: Server, source: str = "monitor") -> str:
    """Register a source at one server; returns its token."""
    asked = msgspec.json.encode({"source": source, "format": "alertmanager"})
    answer = await post(server, "/v1/sources", asked)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def deliver(server: Server, content: bytes, token: str) -> None:
    """Deliver alerts to one server."""
    answer = await post(server, "/v1/intake/alertmanager/monitor", content, token)
    assert answer.status_code == 202, answer.text


FIRING, RESOLVED = webhook(alert()), webhook(alert(is_resolved=True))


@BOTH_WAYS
def test_deliveries_to_any_process_are_read_as_by_one(hints: str, tmp_path: Path):
    maria = Writer()

    async def send(pair: Pair) -> None:
        here, there = pair.servers
        token = await let_in(here)
        await deliver(there, FIRING, token)  # known there at once
        await _all_read(there)
        async with client(there) as http, client(here) as other:
            waiting = [await one.get("/v1/intake/waiting") for one in (http, other)]
            assert [len(one.json()["alerts"]) for one in waiting] == [1, 1]
        await declare(there, maria)
        await until_kinds(here, ["alert.fired"])
        for server in (here, there, here):
            await deliver(server, FIRING, token)
        await deliver(there, RESOLVED, token)
        await until_kinds(here, ["alert.fired", "alert.resolved"])
        await asyncio.gather(
            *(
                deliver(server, webhook(alert("Latency"), alert("Traffic")), token)
                for server in (here, there) * 20
            )
        )
        await until_kinds(there, ["alert.fired", "alert.resolved", *["alert.fired"] * 2])
        await _all_read(here, there)
        assert len(await kinds(here)) == 4

    with running_pair(hints, tmp_path) as pair:
        register(pair.servers[0].url, pair.servers[0].token, maria.key)
        asyncio.run(send(pair))


async def _all_read(*servers: Server) -> None:
    """Wait until no process has deliveries that nobody has read."""
    async with asyncio.timeout(PATIENCE):
        for server in servers:
            async with client(server) as http:
                while (await http.get("/v1/intake/waiting")).json()["deliveries"]:
                    await asyncio.sleep(0.02)  # there is nothing to wait on across processes


@BOTH_WAYS
def test_when_the_process_that_reads_deliveries_dies_another_goes_on(hints: str, tmp_path: Path):
    maria = Writer()

    async def send(pair: Pair) -> None:
        here, there = pair.servers
        token = await let_in(there)
        await declare(there, maria)
        await deliver(there, FIRING, token)
        await until_kinds(there, ["alert.fired"])
        for number in range(10):
            await deliver(there, webhook(alert(f"Alert{number}")), token)
        here.kill()  # it had the duty, and was in the middle of reading
        await deliver(there, FIRING, token)
        await deliver(there, RESOLVED, token)
        await until_kinds(there, [*["alert.fired"] * 11, "alert.resolved"])
        here.start()
        there.kill()
        await deliver(here, webhook(alert("Alert3", is_resolved=True)), token)
        await until_kinds(here, [*["alert.fired"] * 11, *["alert.resolved"] * 2])
        there.start()

    with running_pair(hints, tmp_path) as pair:
        register(pair.servers[0].url, pair.servers[0].token, maria.key)
        asyncio.run(send(pair))


@pytest.fixture
def prometheus() -> Iterator[FakePrometheus]:
    """A Prometheus that sees one call."""
    with answering() as prometheus:
        prometheus.requests = {("checkout", "payments"): 20.0}
        yield prometheus


def sources_file(folder: Path, prometheus: FakePrometheus) -> Path:
    """What both servers ask on a schedule."""
    file = folder / "sources.yml"
    source = {
        "name": "prom",
        "url": prometheus.url,
        "interval": 0.5,
        "queries": {"requests": "requests", "failed": "", "latency": ""},
    }
    file.write_bytes(msgspec.yaml.encode({"prometheus": [source]}))
    return file


@BOTH_WAYS
def test_one_process_asks_sources_and_all_consoles_hear_what_they_say(
    hints: str, tmp_path: Path, prometheus: FakePrometheus
):
    maria = Writer()

    async def follow(pair: Pair) -> None:
        here, there = pair.servers
        await declare(there, maria)
        async with onlooker(here) as at_here, onlooker(there) as at_there:
            await at_here.sees(FrameKind.READINGS, b'"rate":20')
            await at_there.sees(FrameKind.READINGS, b'"rate":20')
            began, asked = time.monotonic(), prometheus.asked
            for _ in range(4):
                await at_there.sees(FrameKind.READINGS)
            looks = (time.monotonic() - began) / 0.5
            assert prometheus.asked - asked <= looks + 2  # two that ask would ask twice as often

            here.kill()
            prometheus.requests = {("checkout", "payments"): 30.0}
            await at_there.sees(FrameKind.READINGS, b'"rate":30')
            here.start()
            await at_here.sees(FrameKind.READINGS, b'"rate":30')

    with running_pair(hints, tmp_path, str(sources_file(tmp_path, prometheus))) as pair:
        register(pair.servers[0].url, pair.servers[0].token, maria.key)
        asyncio.run(follow(pair))
