"""Hints over a NATS server, for any number of processes."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from app.server.hints import Ears, Outgoing
from app.server.parcels import Unpacking, parcels_of

RETRY_SECONDS = 0.5
PING_SECONDS = 2
"""Two pings without an answer, and the line counts as cut."""

_PAYLOAD_BYTES = 512 * 1024

_log = logging.getLogger(__name__)


class NatsHints:
    """Hints over NATS core; while its server is away they are lost, and it is tried again."""

    def __init__(self, url: str, *, site: str, outgoing: Outgoing, ears: Ears) -> None:
        self._url = url
        self._subject = f"watchfloor.{site.replace('.', '_')}.hint"
        self._outgoing = outgoing
        self._ears = ears
        self._unpacking = Unpacking()
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

    async def _run(self) -> None:
        while True:
            try:
                await self._connect()
                break
            except (nats.errors.Error, OSError) as error:
                _log.info("hints over NATS: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
        while True:
            content = await self._outgoing.take()
            try:
                await self._tell(content)
            except (nats.errors.Error, OSError) as error:  # lost, as hints may be
                _log.info("hints over NATS: %s", error)

    async def _tell(self, content: bytes) -> None:
        if self._client.is_connected:
            for parcel in parcels_of(content, _PAYLOAD_BYTES):
                await self._client.publish(self._subject, parcel)

    async def _connect(self) -> None:
        await self._client.connect(
            self._url,
            error_cb=_note_trouble,
            reconnected_cb=self._reconnected,
            connect_timeout=2,
            reconnect_time_wait=1,
            max_reconnect_attempts=-1,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=2,
        )
        await self._client.subscribe(self._subject, cb=self._heard)
        self._ears.connected()

    async def _reconnected(self) -> None:
        self._ears.connected()

    async def _heard(self, message: Msg) -> None:
        content = self._unpacking.take(message.data)
        if content is not None:
            self._outgoing.give(content, self._ears.hear)


async def _note_trouble(error: Exception) -> None:
    _log.info("hints over NATS: %s", error)
