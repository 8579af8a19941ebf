"""A queue in a file goes to a server of its own site, and is refused anywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from app.protocol.bodies import PushResponse, WhoAmI
from app.sync.carrying import QueueOfOtherSite, deliver
from app.sync.exchange import Outgoing
from app.sync.queue_file import Carried, Queue
from app.sync.site_mark import SiteMark
from tests.log.writing import Writer

FIRST, SECOND = "Zmlyc3Q=", "c2Vjb25k"
EPOCH, LATER = "a" * 32, "b" * 32


@dataclass
class Server:
    """A server of a site; `pushed` are the ids of the events it was sent."""

    key: str = FIRST
    epoch: str = EPOCH
    url: str = "http://127.0.0.1:1"
    pushed: list[str] = field(default_factory=list)

    async def who_am_i(self) -> WhoAmI:
        return WhoAmI(actor="person:maria", site="acme.example", site_key=self.key)

    async def organisation_epoch(self) -> str:
        return self.epoch

    async def push(self, log: str, epoch: str, rows: Sequence[Outgoing]) -> PushResponse:
        self.pushed += [row.event_id for row in rows]
        return PushResponse(epoch=self.epoch, head=len(rows), results=[])


def queue_of(site: SiteMark) -> Queue:
    """A queue of one note, written at a site."""
    note = Writer().note()
    return Queue(site=site, events=(Carried(log=note.event.log, body=note.body, sig=note.sig),))


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(Server(), id="as it was"),
        pytest.param(Server(epoch=LATER), id="restored since"),
        pytest.param(Server(key=SECOND), id="with another key"),
    ],
)
def test_a_queue_goes_to_its_own_site(server: Server) -> None:
    queue = queue_of(SiteMark(key=FIRST, epoch=EPOCH))

    asyncio.run(deliver(server, queue))

    assert len(server.pushed) == 1


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(SiteMark(key=FIRST, epoch=EPOCH), id="of another one"),
        pytest.param(SiteMark(), id="of nobody knows which"),
    ],
)
def test_a_queue_is_not_sent_to_another_site(site: SiteMark) -> None:
    server = Server(key=SECOND, epoch=LATER)

    with pytest.raises(QueueOfOtherSite, match="another site than http") as refused:
        asyncio.run(deliver(server, queue_of(site)))

    assert server.pushed == []
    assert "a server of its own site" in refused.value.advice
