"""Hints over LISTEN and NOTIFY, for two or three processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

import psycopg

from app.server.hints import Ears, Outgoing
from app.server.own_connection import Connection, own_connection
from app.server.parcels import Unpacking, parcels_of

CHANNEL = "watchfloor_hint"
RETRY_SECONDS = 0.5
_PAYLOAD_BYTES = 7_900  # PostgreSQL takes less than 8,000

_log = logging.getLogger(__name__)


class PostgresHints:
    """Hints are sent after the commit and outside of it.

    A commit that notifies holds a lock that is the same for the whole database.
    """

    def __init__(self, database: str, *, outgoing: Outgoing, ears: Ears) -> None:
        self._database = database
        self._outgoing = outgoing
        self._ears = ears
        self._unpacking = Unpacking()
        self._tasks: list[asyncio.Task[None]] = []
        self.is_live = False

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._again_and_again(self._listen), name="hints heard"),
            asyncio.create_task(self._again_and_again(self._speak), name="hints told"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _again_and_again(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            try:
                async with await own_connection(self._database) as connection:
                    await work(connection)
            except psycopg.Error as error:
                _log.info("hints over PostgreSQL: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        self.is_live = True
        self._ears.connected()
        try:
            async for notice in connection.notifies():
                content = self._unpacking.take(notice.payload.encode())
                if content is not None:
                    self._outgoing.give(content, self._ears.hear)
        finally:
            self.is_live = False

    async def _speak(self, connection: Connection) -> None:
        while True:
            content = await self._outgoing.take()
            for parcel in parcels_of(content, _PAYLOAD_BYTES):
                await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, parcel.decode()])
