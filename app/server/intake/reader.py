"""Reads deliveries one after the other, in the order they were stored, and records the news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self, TypeVar

from app.errors import InvalidInput
from app.events.codec import Codec, from_microseconds, to_microseconds
from app.events.event import ORGANISATION_LOG
from app.log.deliveries import Deliveries, Delivery
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.protocol.problems import Refused
from app.server.directory import Directory, RunningIncident
from app.server.feed import Feed
from app.server.intake.desk import SignalDesk, Told, due_after
from app.server.intake.event_names import EventNames
from app.server.intake.findings import Findings
from app.server.intake.health_rules import Claim
from app.server.intake.reading import IntakeFormat
from app.server.intake.reports import Notification
from app.server.intake.waiting import WaitingRoom
from app.server.neighbours import Neighbours
from app.server.own_hand import OwnHand
from app.server.recorder import Recorder
from app.server.registry import Registry

UNKNOWN_SOURCE = "the source is not registered any more"
_RETRY_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 1.0

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What reading deliveries needs of the server."""

    log: EventLog
    codec: Codec
    names: EventNames
    clock: Callable[[], datetime]
    recorder: Recorder
    own_hand: OwnHand
    registry: Registry
    directory: Directory
    feed: Feed
    neighbours: Neighbours


class Overtaken(Exception):
    """Another process has recorded the same already: look again at the log, then go on."""


class DeliveryReader:
    """Turns deliveries and readings into facts; one of a site at a time.

    Use as an async context manager.  It begins with what is stored and not settled; work of the
    desk is done in `thread`, which has one worker.  `has_read(id)` is called with the id up to
    which everything is read.
    """

    def __init__(
        self,
        formats: Mapping[str, IntakeFormat],
        surroundings: Surroundings,
        thread: ThreadPoolExecutor,
        has_read: Callable[[int], None],
    ) -> None:
        self._formats = formats
        self._around = surroundings
        self._thread = thread
        self._has_read = has_read
        self._deliveries = Deliveries(surroundings.log.database)
        self._is_shared = surroundings.log.database.is_postgresql
        self._desk = SignalDesk(surroundings.log, surroundings.codec, surroundings.names)
        self._recorded: dict[str, int] = {}
        self._arrived = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._due: datetime | None = None
        self.read_up_to = 0

    async def __aenter__(self) -> Self:
        self._arrived.set()
        self._tasks = [
            asyncio.create_task(self._run(), name="intake"),
            asyncio.create_task(self._watch_incidents(), name="intake incidents"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    def look(self) -> None:
        """A delivery was stored, here or elsewhere."""
        self._arrived.set()

    async def hear_readings(self, source: str, claims: Mapping[str, Claim | None]) -> None:
        """This is what the readings of `source` say of these services; None is nothing bad."""
        await self._in_thread(lambda: self._desk.hear_readings(source, claims))
        self._arrived.set()

    async def room(self) -> WaitingRoom:
        """What waits for an incident to be declared."""
        return await self._in_thread(lambda: self._desk.room)

    async def _run(self) -> None:
        while True:
            await self._something_to_do()
            self._arrived.clear()
            try:
                await self._around.neighbours.refresh()
                await self._read_waiting()
                await self._advance()
            except (StoreError, Refused, Overtaken) as error:
                _log.warning("deliveries wait: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._arrived.set()

    async def _something_to_do(self) -> None:
        """Wait for a delivery, an incident or readings, or until something is due by itself."""
        while not self._arrived.is_set():
            if self._due is None and not self._is_shared:
                await self._arrived.wait()
            elif self._due is not None and self._due <= self._around.clock():
                return
            else:  # looked at again and again, because clocks can be set and hints be lost
                try:
                    async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                        await self._arrived.wait()
                except TimeoutError:
                    if self._is_shared:
                        return

    async def _watch_incidents(self) -> None:
        """Look again at what waits whenever an incident is declared or ends."""
        directory = self._around.directory
        known = directory.version
        while True:
            with self._around.feed.listen_to_heads(is_inside=True) as heads:
                while not heads.is_lagged:
                    await heads.packets(_LOOK_AGAIN_SECONDS)
                    if directory.version != known:
                        known = directory.version
                        self._arrived.set()

    async def _read_waiting(self) -> None:
        while batch := await asyncio.to_thread(self._deliveries.waiting, after=self.read_up_to):
            for delivery in batch:
                try:
                    await self._read(delivery)
                except (StoreError, Refused, Overtaken):
                    raise
                except Exception as error:  # noqa: BLE001 - a bug in one must not silence all alerts
                    _log.error("delivery %d could not be read", delivery.id, exc_info=error)
                    await self._settle(delivery.id, f"not read: {type(error).__name__}")
                self.read_up_to = delivery.id
                self._has_read(delivery.id)

    async def _read(self, delivery: Delivery) -> None:
        """Record what is new in a delivery; it is settled unless something in it waits."""
        told = await self._told(delivery)
        if isinstance(told, str):
            await self._settle(delivery.id, told)
            return
        running = self._running()
        findings = await self._in_thread(lambda: self._desk.read(told, running))
        await self._record(findings)
        if delivery.id not in findings.room.deliveries():
            await self._settle(delivery.id, _left_out(told.notification))

    async def _told(self, delivery: Delivery) -> Told | str:
        """What a delivery says, or why it says nothing."""
        source = self._around.registry.source(delivery.source)
        if source is None:  # it may have been registered with another process a moment ago
            await self._around.neighbours.catch_up(ORGANISATION_LOG)
            source = self._around.registry.source(delivery.source)
        reading = self._formats.get(delivery.format)
        if source is None or reading is None:
            return UNKNOWN_SOURCE
        try:
            notification = reading.read(delivery.content, source)
        except InvalidInput as error:
            return str(error)
        return Told(
            notification=notification,
            source=source,
            received_at=from_microseconds(delivery.received_at),
            delivery=delivery.id,
        )

    def _running(self) -> list[RunningIncident]:
        """The incidents that are run now, as far as their logs are known to have grown."""
        return [
            replace(one, position=max(one.position, self._recorded.get(one.log, 0)))
            for one in self._around.directory.running()
        ]

    async def _advance(self) -> None:
        running = self._running()
        now = self._around.clock()
        await self._record(await self._in_thread(lambda: self._desk.advance(now, running)))

    async def _record(self, findings: Findings) -> None:
        for finding in findings.found:
            outcome = await self._around.own_hand.offer(
                finding.log, finding.actor, finding.drafts, is_whole=True
            )
            self._recorded[finding.log] = outcome.head
            if outcome.is_outgrown:
                raise Overtaken(f"another process has read deliveries for {finding.log}")
        self._due = due_after(findings)
        for delivery in sorted(await self._in_thread(lambda: self._desk.settle(findings))):
            await self._settle(delivery, None)

    async def _settle(self, delivery: int, problem: str | None) -> None:
        now = to_microseconds(self._around.clock())
        await self._around.recorder.write(
            lambda: self._deliveries.settle(delivery, now=now, problem=problem)
        )

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """Do work of the desk, which one thread does."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def preview(self) -> WaitingRoom:
        """What waits for an incident, read anew from what is stored; nothing is recorded."""
        after = 0
        while batch := await asyncio.to_thread(self._deliveries.waiting, after=after):
            for delivery in batch:
                after = delivery.id
                told = await self._told(delivery)
                if isinstance(told, Told):
                    running = self._running()
                    findings = await asyncio.to_thread(self._desk.read, told, running)
                    self._desk.settle(findings)
        return self._desk.room


def _left_out(notification: Notification) -> str | None:
    return "; ".join(notification.left_out) or None
