"""Hints between server processes: "log X grew to n", over NATS or PostgreSQL.

A hint may be lost, late or doubled; whoever gets one reads the database.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, Self

import msgspec
import nats.errors
import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg

_log = logging.getLogger(__name__)

CHANNEL = "watchfloor_grown"
RETRY_SECONDS = 0.5

Receive = Callable[[str, int], None]
Connection = psycopg.AsyncConnection[Any]


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """A log has grown to a position; `sender` is the process that says so."""

    log: str
    position: int
    sender: str


class Hints(Protocol):
    """A way to tell other processes.  Use as an async context manager."""

    @property
    def is_live(self) -> bool:
        """Whether hints are likely to arrive just now."""

    async def __aenter__(self) -> Self:
        """Begin to listen."""

    async def __aexit__(self, *_: object) -> None:
        """Stop."""

    def tell(self, log: str, position: int) -> None:
        """Tell the others, soon; never fails and never waits."""


class _Outgoing:
    """What is to be told: the newest position of each log."""

    def __init__(self) -> None:
        self.sender = secrets.token_hex(8)
        self._positions: dict[str, int] = {}
        self._news = asyncio.Event()

    def put(self, log: str, position: int) -> None:
        """To be told."""
        self._positions[log] = position
        self._news.set()

    async def take(self) -> list[bytes]:
        """Everything that is to be told, once there is something."""
        await self._news.wait()
        self._news.clear()
        positions, self._positions = self._positions, {}
        return [
            msgspec.json.encode(Hint(log=log, position=position, sender=self.sender))
            for log, position in positions.items()
        ]

    def give(self, content: bytes, receive: Receive) -> None:
        """Pass on what another process said."""
        try:
            hint = msgspec.json.decode(content, type=Hint)
        except msgspec.DecodeError:
            _log.warning("a hint that cannot be read was passed over")
            return
        if hint.sender != self.sender:
            receive(hint.log, hint.position)


class NatsHints:
    """Hints over a NATS server; while it is away they are lost, and it is tried again."""

    def __init__(self, url: str, *, site: str, receive: Receive) -> None:
        self._url = url
        self._subject = f"watchfloor.{site.replace('.', '_')}.grown"
        self._receive = receive
        self._outgoing = _Outgoing()
        self._client = Client()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_live(self) -> bool:
        """Whether the NATS server is connected."""
        return self._client.is_connected

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="hints")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._client.close()

    def tell(self, log: str, position: int) -> None:
        """Tell the others, soon."""
        self._outgoing.put(log, position)

    async def _run(self) -> None:
        while True:
            try:
                await self._connect()
                break
            except (nats.errors.Error, OSError) as error:
                _log.info("hints over NATS: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
        while True:
            for content in await self._outgoing.take():
                if self._client.is_connected:
                    await self._client.publish(self._subject, content)

    async def _connect(self) -> None:
        await self._client.connect(
            self._url,
            error_cb=_note_trouble,
            connect_timeout=2,
            reconnect_time_wait=1,
            max_reconnect_attempts=-1,
        )
        await self._client.subscribe(self._subject, cb=self._heard)

    async def _heard(self, message: Msg) -> None:
        self._outgoing.give(message.data, self._receive)


async def _note_trouble(error: Exception) -> None:
    _log.info("hints over NATS: %s", error)


class PostgresHints:
    """Hints over LISTEN and NOTIFY, for two or three processes.

    They are sent after the commit and outside of it: a commit that notifies holds a lock that
    is the same for the whole database.
    """

    def __init__(self, database: str, *, receive: Receive) -> None:
        scheme, _, rest = database.partition("://")
        self._database = f"{scheme.partition('+')[0]}://{rest}"
        self._receive = receive
        self._outgoing = _Outgoing()
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

    def tell(self, log: str, position: int) -> None:
        """Tell the others, soon."""
        self._outgoing.put(log, position)

    async def _again_and_again(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            try:
                async with await self._connected() as connection:
                    await work(connection)
            except psycopg.Error as error:
                self.is_live = False
                _log.info("hints over PostgreSQL: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _connected(self) -> Connection:
        return await psycopg.AsyncConnection.connect(self._database, autocommit=True)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        self.is_live = True
        async for notice in connection.notifies():
            self._outgoing.give(notice.payload.encode(), self._receive)

    async def _speak(self, connection: Connection) -> None:
        while True:
            for content in await self._outgoing.take():
                await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, content.decode()])
