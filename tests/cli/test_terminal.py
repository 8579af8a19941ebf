"""A terminal sends a long list of facts in batches that a server takes, as fast as it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.terminal import batches, open_terminal
from app.events.event import ORGANISATION_LOG, Draft
from app.organisation.kinds import ServiceRecorded
from app.protocol.bodies import MAX_BATCH_EVENTS, MAX_REQUEST_BYTES
from app.server.settings import Limits, settings_in
from app.sync.exchange import Outgoing
from tests.server.running import running_server

SLOW = Limits(events_per_second=2_000.0, burst=600)


def row(size: int) -> Outgoing:
    """A row whose body has so many bytes."""
    return Outgoing(event_id="e", n=1, body=b"x" * size, sig="")


def services(count: int) -> list[Draft]:
    """So many facts."""
    return [Draft(fact=ServiceRecorded(service=f"s{n}", name=f"s{n}")) for n in range(count)]


def test_batches_have_so_many_events_and_fit_a_request():
    assert [len(one) for one in batches([row(10)] * (MAX_BATCH_EVENTS + 1))] == [
        MAX_BATCH_EVENTS, 1
    ]  # fmt: skip
    large = list(batches([row(200_000)] * 7))
    assert sum(map(len, large)) == 7
    assert all(sum(len(one.body) for one in part) < MAX_REQUEST_BYTES for part in large)
    assert list(batches([])) == []


@pytest.mark.anyio
@pytest.mark.parametrize("actor", ["person:maria", "person:omar"])
async def test_more_than_a_burst_is_recorded_once_each(
    actor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))
    settings = settings_in(tmp_path / "server", local_person="maria")
    async with running_server(replace(settings, limits=SLOW)) as server:
        token = server.owner.headers["Authorization"].partition(" ")[2]
        if actor != "person:maria":
            token = await server.token_for(actor)
        async with open_terminal(server.url, token) as terminal:
            before = await terminal.organisation()

            positions = await terminal.record(ORGANISATION_LOG, services(1_800), before.position)

            assert len(set(positions)) == 1_800
            assert len((await terminal.organisation()).services) == 1_800
