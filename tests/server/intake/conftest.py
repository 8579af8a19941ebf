"""Servers that take deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.organisation.kinds import ServiceRecorded
from app.server.settings import Settings
from tests.log.writing import Writer
from tests.server.intake.scene import Scene, SetClock
from tests.server.running import running_server


@pytest.fixture
def clock() -> SetClock:
    """The server's clock."""
    return SetClock()


@pytest.fixture
async def quiet(settings: Settings, clock: SetClock) -> AsyncIterator[Scene]:
    """A server with two services and a registered monitor, and no incident."""
    async with running_server(settings, clock) as server:
        scene = Scene(server, Writer(seed=1, person="maria"))
        await server.register(scene.maria)
        await scene.know(
            ServiceRecorded(service="checkout", name="Checkout", aliases=("co",)),
            ServiceRecorded(service="orders-db", name="Orders database"),
        )
        await scene.register()
        yield scene


@pytest.fixture
async def scene(quiet: Scene) -> Scene:
    """The same with one incident."""
    await quiet.declare()
    return quiet
