"""Servers to test against."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.server.settings import Settings, settings_in
from tests.log.writing import Writer
from tests.server.running import RunningServer, running_server


@pytest.fixture
def anyio_backend() -> str:
    """Tests that wait run on asyncio."""
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server of maria's own."""
    return settings_in(tmp_path / "server", local_person="maria")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def on_each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A server of maria's own, on each database."""
    own = settings_in(tmp_path / "server", local_person="maria")
    if request.param == "sqlite":
        return own
    return replace(own, database=request.getfixturevalue("postgresql"))


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """A real server on loopback, in this process."""
    async with running_server(settings) as running:
        yield running


@pytest.fixture
async def maria(server: RunningServer) -> Writer:
    """The owner, at a console the server knows."""
    writer = Writer(seed=1, person="maria")
    await server.register(writer)
    return writer
