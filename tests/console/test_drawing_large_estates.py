"""A large estate is drawn beside the loop, so that what is written meanwhile does not wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.console import looking as looking_module
from app.console.bridge import Bridge
from app.console.looking import Looking
from app.graph.topology import Topology, laid_out_afresh, topology_of
from tests.graph.organisations import shop_organisation
from tests.patience import PATIENCE


@pytest.fixture
def looking(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Looking:
    """What looks into an estate that counts as large with its first call."""
    monkeypatch.setattr(looking_module, "LARGE", 1)
    return Looking(Bridge(), lambda: datetime(2026, 3, 9, 14, 0, tzinfo=UTC))


async def until(is_so: Callable[[], bool]) -> None:
    """Let the loop run until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0)


def test_the_loop_goes_on_while_a_large_estate_is_drawn(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    def slow(*given: object, **named: object) -> Topology:
        assert may_go_on.wait(PATIENCE)
        return topology_of(*given, **named)

    monkeypatch.setattr(looking_module, "topology_of", slow)

    async def draw() -> None:
        looking.show_organisation(shop_organisation())
        working = asyncio.create_task(looking.investigate())
        for _ in range(10):
            await asyncio.sleep(0)  # the loop turns: the drawing is elsewhere
        assert looking.topology is None
        may_go_on.set()
        await until(lambda: looking.topology is not None)
        working.cancel()

    asyncio.run(draw())

    assert looking.topology is not None
    assert len(looking.topology.graph) == len(shop_organisation().services)


def test_places_that_somebody_chose_meanwhile_are_kept(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = topology_of(shop_organisation())
    moved = laid_out_afresh(first)
    befores: list[Topology | None] = []
    drawn = threading.Event()

    def noting(
        organisation: object, before: Topology | None, *given: object, **named: object
    ) -> Topology:
        befores.append(before)
        if len(befores) == 2:
            looking._topology = moved
        if len(befores) == 3:
            drawn.set()
        return topology_of(organisation, before, *given, **named)

    monkeypatch.setattr(looking_module, "topology_of", noting)

    async def draw() -> None:
        looking.show_organisation(shop_organisation())
        working = asyncio.create_task(looking.investigate())
        await until(lambda: looking.topology is not None)
        looking.show_organisation(shop_organisation())
        await until(drawn.is_set)
        working.cancel()

    asyncio.run(draw())

    assert befores[2] is moved
    assert looking.topology is not None
    assert looking.topology.focus is moved.focus
