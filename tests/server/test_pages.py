"""Pages that many ask for at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from app.incident.kinds.work import NoteWritten
from app.log.credentials import Principal
from app.log.event_log import EventLog, Page, UnknownLog
from app.protocol.kinds import full_codec
from app.server.discretion import Discretion
from app.server.pages import Pages
from app.server.registry import Registry
from tests.log.writing import LOG, Writer, batch
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio

MARIA = Principal(actor="person:maria", is_owner=True)
TOM = Principal(actor="person:tom", is_owner=False)


class Reading:
    """A log whose pages are read only once a test lets them be; counts how often they are."""

    def __init__(self, log: EventLog) -> None:
        self.count = 0
        self.began = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self._page = log.page

    def page(self, log: str, after: int, *, limit: int, max_bytes: int) -> Page:
        self.count += 1
        try:
            return self._page(log, after, limit=limit, max_bytes=max_bytes)
        finally:
            self.began.release()
            assert self.may_end.acquire(timeout=PATIENCE)

    def let(self, readings: int) -> None:
        """Let so many of them end."""
        for _ in range(readings):
            self.may_end.release()

    async def wait(self) -> None:
        """Until the next one has seen the database, and goes on."""
        assert await asyncio.to_thread(self.began.acquire, timeout=PATIENCE)


@pytest.fixture
def log(tmp_path) -> Iterator[EventLog]:
    with EventLog.open(tmp_path / "server.db") as log:
        yield log


@pytest.fixture
def reading(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> Reading:
    reading = Reading(log)
    monkeypatch.setattr(log, "page", reading.page)
    return reading


@pytest.fixture
def pages(log: EventLog) -> Pages:
    codec = full_codec()
    return Pages(log, Discretion(log, Registry(codec), codec))


def asked(pages: Pages, reader: Principal = MARIA, *, after: int = 0) -> asyncio.Task[Page]:
    return asyncio.create_task(pages.page(LOG, after, reader, limit=100))


async def test_what_a_crowd_asks_for_at_once_is_read_once(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    log.append([batch(*Writer().notes(3))])
    reading.let(1)

    crowd = await asyncio.gather(*(asked(pages) for _ in range(20)))

    assert reading.count == 1
    assert all(len(page.lines) == 3 for page in crowd)


async def test_who_asks_while_a_page_is_read_gets_what_was_recorded_before_they_asked(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    maria = Writer()
    log.append([batch(maria.note())])
    first = asked(pages)
    await reading.wait()
    log.append([batch(maria.note())])
    late = [asked(pages) for _ in range(5)]
    await asyncio.sleep(0)

    reading.let(2)

    assert (await first).head == 1
    assert [page.head for page in await asyncio.gather(*late)] == [2] * 5
    assert reading.count == 2


async def test_pages_from_other_places_are_read_for_themselves(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    log.append([batch(*Writer().notes(3))])
    reading.let(2)

    whole, rest = await asyncio.gather(asked(pages), asked(pages, after=2))

    assert (len(whole.lines), len(rest.lines)) == (3, 1)


async def test_each_of_a_crowd_gets_only_what_they_may_read(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    writer = Writer()
    log.append(
        [
            batch(
                writer.note(), writer.write(NoteWritten(text="who did it", labels=("restricted",)))
            )
        ]
    )
    reading.let(1)

    owner, other = await asyncio.gather(asked(pages), asked(pages, TOM))

    assert reading.count == 1
    assert b"who did it" in owner.lines[1]
    assert b"who did it" not in other.lines[1]
    assert owner.lines[0] == other.lines[0]


async def test_who_hangs_up_does_not_take_the_page_from_the_others(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    log.append([batch(Writer().note())])
    gone, stays = asked(pages), asked(pages)
    await reading.wait()

    gone.cancel()
    reading.let(1)

    assert (await stays).head == 1
    assert gone.cancelled()


async def test_a_failure_is_told_to_everybody_and_the_next_one_asks_again(
    log: EventLog, reading: Reading, pages: Pages
) -> None:
    reading.let(2)

    told = await asyncio.gather(asked(pages), asked(pages), return_exceptions=True)
    assert [type(one) for one in told] == [UnknownLog, UnknownLog]

    log.append([batch(Writer().note())])
    assert (await asked(pages)).head == 1
