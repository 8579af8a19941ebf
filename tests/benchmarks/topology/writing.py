"""Consoles that write at a pace, to one server and then the other, until they are answered."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from time import monotonic, monotonic_ns

import httpx

from app.incident.kinds.situation import IncidentDeclared
from app.protocol.authoring import SignedEvent
from tests.benchmarks.topology.parts import Parts
from tests.log.writing import Writer
from tests.server.pushing import push_content, register
from tests.server.raw_http import RawConnection, push_request

_ANSWER_SECONDS = 5.0


class Writing:
    """One writer whose notes say when they were written."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._writer = Writer()
        self.answers: Counter[int] = Counter()
        self.retry_after: list[float] = []
        for server in parts.servers[:1]:
            register("http://{}:{}".format(*server.address), parts.token, self._writer.key)

    def declare(self, logs: Sequence[str]) -> None:
        """Begin an incident in each log."""
        fact = IncidentDeclared(number="INC-1", title="t", severity=1)
        self.push([(log, self._writer.write(fact, log)) for log in logs])

    def push(self, notes: Sequence[tuple[str, SignedEvent]]) -> None:
        """Send these, one request each, to the first server."""
        host, port = self._parts.servers[0].address
        headers = {"Authorization": f"Bearer {self._parts.token}"}
        with httpx.Client(headers=headers, trust_env=False, timeout=60) as http:
            for log, note in notes:
                url = f"http://{host}:{port}/v1/logs/{log}/events"
                while (answer := http.post(url, content=push_content(note))).status_code != 200:
                    self._count(answer)

    def pace(self, logs: Sequence[str], *, rate: float, seconds: float) -> None:
        """Write `rate` notes a second for so long, to the logs in turn."""
        asyncio.run(self.write(logs, rate=rate, seconds=seconds))

    async def write(self, logs: Sequence[str], *, rate: float, seconds: float) -> None:
        """The same, in a loop that runs already; what a server does not take the other gets."""
        began, turns = monotonic(), itertools.cycle(logs)
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(rate * seconds)):
                await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
                tasks.create_task(self._send(next(turns), number))

    async def _send(self, log: str, first: int) -> None:
        note = self._writer.note(f"sent {monotonic_ns()}", log)
        content = push_content(note)
        for number in itertools.count(first):
            address = self._parts.servers[number % 2].address
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    connection = await RawConnection.open(address)
                    request = push_request(address, self._parts.token, log, content)
                    answer = await connection.send(request)
                    connection.close()
            except (OSError, TimeoutError):
                continue
            self.answers[answer.status] += 1
            if answer.status == 200:
                return
            await asyncio.sleep(0.5)

    def flood(self, log: str, *, notes: int, characters: int) -> None:
        """Write long notes as fast as one console can."""
        self.push([(log, self._writer.note("x" * characters, log)) for _ in range(notes)])

    def press(self, log: str, *, batches: int) -> None:
        """Push full batches without waiting for what the answers ask."""

        async def press() -> None:
            host, port = self._parts.servers[1].address
            headers = {"Authorization": f"Bearer {self._parts.token}"}
            url = f"http://{host}:{port}/v1/logs/{log}/events"
            contents = [push_content(*self._writer.notes(500, log)) for _ in range(batches)]
            async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as http:
                for answer in await asyncio.gather(
                    *(http.post(url, content=content) for content in contents)
                ):
                    self._count(answer)

        asyncio.run(press())

    def _count(self, answer: httpx.Response) -> None:
        self.answers[answer.status_code] += 1
        if answer.status_code in (429, 503):
            self.retry_after.append(float(answer.headers.get("retry-after", "nan")))
