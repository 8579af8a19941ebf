"""Work that exactly one process of a site does at a time, and another takes over when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Self

import psycopg

from app.log.problems import StoreError
from app.server.own_connection import Connection, own_connection

PING_SECONDS = 1.0
SILENT_SECONDS = 4.0
"""A holder that gets no answer for so long stops working."""

LEASE_SECONDS = 6
"""PostgreSQL gives the duty away when it has not heard its holder for so long."""

_LOCK_SPACE = 0x57464C52  # "WFLR"
_log = logging.getLogger(__name__)

Shift = Callable[[], AbstractAsyncContextManager[Any]]


class Duty:
    """Keeps `shifts` entered, in order, while this process has the duty.

    On PostgreSQL the duty is an advisory lock of a session of its own.  It is free at once when
    its holder dies, and after `LEASE_SECONDS` when its holder cannot be heard; the holder by
    then has stopped.  On SQLite (`database` empty) the one process always has it.

    Use as an async context manager.
    """

    def __init__(self, database: str, number: int, shifts: Sequence[Shift]) -> None:
        self._database = database
        self._number = number
        self._shifts = tuple(shifts)
        self._stack = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None
        self.is_held = False
        """Whether this process does the work now."""

    async def __aenter__(self) -> Self:
        if not self._database:
            await self._stack.enter_async_context(self._working())
            return self
        tried = asyncio.Event()
        self._task = asyncio.create_task(self._run(tried), name="duty")
        await tried.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._stack.aclose()

    async def _run(self, tried: asyncio.Event) -> None:
        while True:
            try:
                async with self._session() as connection:
                    await self._take(connection, tried)
                    async with self._working():
                        tried.set()
                        await self._keep(connection)
            except (psycopg.Error, OSError, TimeoutError, StoreError) as error:
                _log.warning("the duty is not with this process: %s", error)
            finally:
                tried.set()
            await asyncio.sleep(PING_SECONDS)

    async def _take(self, connection: Connection, tried: asyncio.Event) -> None:
        """Wait until no other process has it."""
        while True:
            found = await connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, self._number]
            )
            row = await found.fetchone()
            if row is not None and row[0]:
                _log.info("this process has the duty now")
                return
            tried.set()
            await asyncio.sleep(PING_SECONDS)

    async def _keep(self, connection: Connection) -> None:
        """Show PostgreSQL that this process lives, for as long as it answers."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            ping = asyncio.create_task(_ping(connection))
            await asyncio.wait([ping], timeout=SILENT_SECONDS - PING_SECONDS)
            if not ping.done():
                ping.cancel()
                raise TimeoutError("PostgreSQL does not answer")
            ping.result()

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for shift in self._shifts:
                await stack.enter_async_context(shift())
            self.is_held = True
            try:
                yield
            finally:
                self.is_held = False

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Connection]:
        options = f"-c idle_session_timeout={LEASE_SECONDS}s"
        async with asyncio.timeout(SILENT_SECONDS):
            connection = await own_connection(self._database, options)
        try:
            yield connection
        finally:
            with suppress(psycopg.Error, OSError, TimeoutError):
                async with asyncio.timeout(PING_SECONDS):
                    await connection.close()


async def _ping(connection: Connection) -> None:
    await connection.execute("SELECT 1")
