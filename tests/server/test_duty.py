"""One process has the duty; another takes it over when it dies, stops, or cannot be heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from app.server.duty import Duty
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.real]


class Worker:
    """Work that says whether it is being done."""

    def __init__(self, database: str) -> None:
        self.duty = Duty(database, 7, [self.shift])
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    @asynccontextmanager
    async def shift(self) -> AsyncIterator[None]:
        """Do it."""
        self.begun.set()
        self.ended.clear()
        try:
            yield
        finally:
            self.begun.clear()
            self.ended.set()


async def test_alone_on_sqlite_a_process_always_has_the_duty():
    one = Worker("")
    async with one.duty:
        assert one.begun.is_set()
        assert one.duty.is_held
    assert one.ended.is_set()


async def test_one_of_two_has_the_duty_and_the_other_takes_over(postgresql: str):
    one, other = Worker(postgresql), Worker(postgresql)
    async with other.duty:
        async with asyncio.timeout(PATIENCE):
            await other.begun.wait()
            async with one.duty:
                assert not one.duty.is_held
            assert not one.begun.is_set()
            second = Worker(postgresql)
            await other.duty.__aexit__(None, None, None)
            async with second.duty:  # PostgreSQL may still be ending the session of the other
                await second.begun.wait()


async def test_who_loses_the_connection_stops_and_another_takes_over(postgresql: str):
    one, other = Worker(postgresql), Worker(postgresql)
    async with asyncio.timeout(PATIENCE), one.duty:
        await one.begun.wait()
        async with other.duty:
            stopping = asyncio.create_task(one.ended.wait())  # it may soon have the duty again
            await asyncio.to_thread(_end_idle_sessions, postgresql)
            await stopping
            while not (one.duty.is_held or other.duty.is_held):
                await asyncio.sleep(0.05)  # whichever of them is first
            assert one.duty.is_held is not other.duty.is_held


def _end_idle_sessions(url: str) -> None:
    """End the session that holds the lock, as PostgreSQL does with one it does not hear."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) "
            "FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
