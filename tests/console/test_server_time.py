"""What is written on a machine with a wrong clock has the time that showed when it was typed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.console.server_time import AGREES_WITHIN, ServerTime, keep_measuring
from app.events.event import Draft, Event, Recorded, pending
from app.incident.kinds.work import NoteWritten
from app.sync.api_client import ApiClient

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
NOTE = NoteWritten(text="pool is full")


def written(draft: Draft, skew: timedelta) -> Event:
    """What a machine with this skew makes of a draft."""
    time = ServerTime()
    time.skew = skew
    (stamped,) = time.stamped([draft])
    assert stamped.made_at is not None
    return Event(
        id="e", log="incident:i", actor="person:priya", console="desk", n=1, seen=0, epoch="",
        made_at=stamped.made_at, fact=stamped.fact, occurred_at=stamped.occurred_at,
    )  # fmt: skip


@given(skew=st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_an_entry_has_the_time_that_showed_before_and_after_it_is_recorded(
    skew: timedelta,
) -> None:
    event = written(Draft(fact=NOTE, made_at=NOON), skew)

    recorded = Recorded(position=1, received_at=NOON, event=event, skew=skew)
    assert abs(recorded.happened_at - NOON) <= AGREES_WITHIN
    assert abs(pending(event).happened_at - NOON) <= AGREES_WITHIN


def test_it_is_signed_by_the_clock_of_the_machine() -> None:
    event = written(Draft(fact=NOTE, made_at=NOON), timedelta(hours=1))

    assert event.made_at == NOON + timedelta(hours=1)


def test_a_time_that_its_author_named_stays() -> None:
    earlier = NOON - timedelta(minutes=20)

    event = written(Draft(fact=NOTE, made_at=NOON, occurred_at=earlier), timedelta(hours=1))

    assert event.occurred_at == earlier


def test_what_nobody_typed_is_left_to_the_clock_of_its_author() -> None:
    time = ServerTime()
    time.skew = timedelta(hours=1)

    assert time.stamped([Draft(fact=NOTE)]) == (Draft(fact=NOTE),)


@pytest.mark.parametrize("turns", range(4))
def test_a_console_that_closes_while_it_reconnects_measures_no_more(turns: int) -> None:
    async def close() -> None:
        reconnected = asyncio.Event()
        async with ApiClient("http://127.0.0.1:9", "token") as api:
            measuring = asyncio.create_task(keep_measuring(api, reconnected, lambda _: None))
            await asyncio.sleep(0)
            reconnected.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            measuring.cancel()
            await asyncio.wait({measuring})
        assert measuring.cancelled()

    asyncio.run(close())
