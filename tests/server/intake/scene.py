"""A server with an incident, services and a monitoring system that sends alerts to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from app.events.event import ORGANISATION_LOG, Recorded
from app.incident.kinds.signals import Health
from app.incident.kinds.situation import IncidentDeclared, Phase, PhaseChanged
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.organisation.kinds import ServiceRecorded
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.running import RunningServer

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


class SetClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        """Let time pass (`timedelta` arguments)."""
        self.now += timedelta(**by)


@dataclass
class Scene:
    """What a test does and looks at."""

    server: RunningServer
    maria: Writer
    token: str = ""

    async def declare(self, log: str = LOG, *, is_exercise: bool = False) -> None:
        """Begin an incident."""
        fact = IncidentDeclared(number="INC-1", title="t", severity=1, is_exercise=is_exercise)
        await self.server.push(self.maria.write(fact, log), log=log)

    async def close(self, log: str = LOG) -> None:
        """End an incident."""
        await self.server.push(self.maria.write(PhaseChanged(phase=Phase.CLOSED), log), log=log)

    async def know(self, *services: ServiceRecorded) -> None:
        """Record services."""
        facts = [self.maria.write(one, ORGANISATION_LOG) for one in services]
        await self.server.push(*facts, log=ORGANISATION_LOG)

    async def register(
        self, source: str = "monitor", form: str = "alertmanager", **more: object
    ) -> str:
        """Let a source send; its token is used from now on."""
        asked = {"source": source, "format": form, **more}
        answer = await self.server.owner.post("/v1/sources", json=asked)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        return self.token

    async def post(
        self, content: bytes, source: str = "monitor", form: str = "alertmanager", token: str = ""
    ) -> httpx.Response:
        """Send a delivery."""
        async with self.server.client(token or self.token) as sender:
            return await sender.post(f"/v1/intake/{form}/{source}", content=content)

    async def send(
        self, *contents: bytes, source: str = "monitor", form: str = "alertmanager"
    ) -> None:
        """Send deliveries that are taken, and wait until they are read."""
        for content in contents:
            answer = await self.post(content, source, form)
            assert answer.status_code == 202, answer.text
        await self.server.site.intake.settled()

    async def records(self, log: str = LOG) -> list[Recorded]:
        """Everything in a log."""
        return [CODEC.read_record(line) for line in await self.server.lines(log)]

    async def state(self, log: str = LOG) -> IncidentState:
        """The incident now."""
        return replay(await self.records(log))

    async def health(self, service: str = "checkout", log: str = LOG) -> Health | None:
        """How a service is."""
        known = (await self.state(log)).signals.health_of(service)
        return None if known is None else known.health

    async def open_alerts(self, log: str = LOG) -> list[str]:
        """The names of the alerts that fire, in the order of their names."""
        return sorted(one.name for one in (await self.state(log)).signals.open_alerts)

    async def kinds(self, log: str = LOG) -> list[str]:
        """What was recorded after the declaration, by kind without version."""
        return [one.event.fact.kind.split("@")[0] for one in await self.records(log)][1:]

    async def until(self, claim: Callable[[IncidentState], bool], log: str = LOG) -> IncidentState:
        """The incident once `claim` holds of it."""
        async with asyncio.timeout(PATIENCE):
            while not claim(state := await self.state(log)):
                await self.server.owner.get(
                    f"/v1/logs/{log}/events", params={"after": state.position, "wait": 5}
                )
        return state
