"""Deliveries: stored durably, acknowledged, then read one after the other into facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Self, TypeVar

from app.errors import InvalidInput
from app.events.codec import Codec, from_microseconds, to_microseconds
from app.log.deliveries import Arriving, Deliveries, Delivery
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.organisation.kinds import SourceRegistered
from app.protocol.problems import ProblemCode, Refused, refused
from app.server.directory import Directory
from app.server.feed import Feed
from app.server.intake.desk import SignalDesk, Told, due_after
from app.server.intake.findings import Findings
from app.server.intake.health_rules import Claim
from app.server.intake.reading import IntakeFormat
from app.server.intake.reports import Notification
from app.server.intake.waiting import WaitingRoom
from app.server.measurements import Measurements
from app.server.own_hand import OwnHand
from app.server.recorder import Recorder
from app.server.registry import Registry

UNKNOWN_SOURCE = "the source is not registered any more"
_RETRY_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 1.0

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Intake:
    """Takes deliveries in and turns them into facts.

    Use as an async context manager.  What was stored and not yet read when the server stopped
    is read when it starts again.
    """

    def __init__(
        self,
        formats: Iterable[IntakeFormat],
        *,
        log: EventLog,
        codec: Codec,
        clock: Callable[[], datetime],
        recorder: Recorder,
        own_hand: OwnHand,
        registry: Registry,
        directory: Directory,
        feed: Feed,
        measurements: Measurements,
        most_waiting: int,
    ) -> None:
        self._formats = {each.name: each for each in formats}
        self._deliveries = Deliveries(log.database)
        self._desk = SignalDesk(log, codec)
        self._clock = clock
        self._recorder = recorder
        self._own_hand = own_hand
        self._registry = registry
        self._directory = directory
        self._feed = feed
        self._measurements = measurements
        self._most_waiting = most_waiting
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._tasks: list[asyncio.Task[None]] = []
        self._read_up_to = 0
        self._due: datetime | None = None
        self.waiting = 0
        """How many deliveries are not read yet."""
        self.heard_at: dict[str, datetime] = {}
        """When each source was last heard of, since the server started."""

    async def __aenter__(self) -> Self:
        self.waiting = await asyncio.to_thread(self._deliveries.waiting_count)
        self._done(0)
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
        self._thread.shutdown()

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of the formats that are read."""
        return tuple(self._formats)

    async def take(self, registered: SourceRegistered, content: bytes) -> Delivery:
        """Store a delivery; once this returns it is durable and will be read.

        Raises `Refused` (unknown-format, overloaded, and malformed-request: then it is kept
        but leads to nothing) and `StoreError`.
        """
        form = registered.format
        reading = self._formats.get(form)
        if reading is None:
            raise refused(ProblemCode.UNKNOWN_FORMAT, f"{form!r} deliveries are not read here")
        if self.waiting >= self._most_waiting:
            raise refused(
                ProblemCode.OVERLOADED,
                f"{self.waiting} deliveries are waiting to be read",
                retry_after=5.0,
            )
        self.heard_at[registered.source] = self._clock()
        error = _error_in(reading, content, registered)
        arriving = Arriving(
            format=form,
            source=registered.source,
            received_at=to_microseconds(self._clock()),
            content=content,
            problem=None if error is None else str(error),
        )
        delivery = await self._store(arriving)
        self._measurements.deliveries[form] += 1
        if error is not None:
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                f"{error.reason} (kept as delivery {delivery.id}, without effect)",
                field=error.field,
            ) from error
        return delivery

    async def hear_readings(self, source: str, claims: Mapping[str, Claim | None]) -> None:
        """This is what the readings of `source` say of these services; None is nothing bad."""
        await self._in_thread(lambda: self._desk.hear_readings(source, claims))
        self._arrived.set()

    async def room(self) -> WaitingRoom:
        """What waits for an incident to be declared."""
        return await self._in_thread(lambda: self._desk.room)

    async def settled(self) -> None:
        """Wait until everything taken in so far has been read."""
        await self._idle.wait()

    async def _store(self, arriving: Arriving) -> Delivery:
        """Store a delivery; it counts as waiting from before anyone could read it."""
        waits = arriving.problem is None
        self.waiting += waits
        self._idle.clear()
        try:
            (delivery,) = await self._recorder.write(lambda: self._deliveries.store([arriving]))
        except StoreError:
            self._done(waits)
            raise
        self._arrived.set()
        if not waits:
            self._done(0)
        return delivery

    def _done(self, count: int) -> None:
        self.waiting = max(0, self.waiting - count)
        if not self.waiting:
            self._idle.set()

    async def _run(self) -> None:
        while True:
            await self._something_to_do()
            self._arrived.clear()
            try:
                await self._read_waiting()
                await self._advance()
            except (StoreError, Refused) as error:
                _log.warning("deliveries wait: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._arrived.set()

    async def _something_to_do(self) -> None:
        """Wait for a delivery, an incident or readings, or until something is due by itself."""
        while not self._arrived.is_set():
            if self._due is None:
                await self._arrived.wait()
            elif self._due <= self._clock():
                return
            else:  # looked at again and again, because clocks can be set
                try:
                    async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                        await self._arrived.wait()
                except TimeoutError:
                    continue

    async def _watch_incidents(self) -> None:
        """Look again at what waits whenever an incident is declared or ends."""
        known = self._directory.version
        while True:
            with self._feed.listen_to_heads() as heads:
                while not heads.is_lagged:
                    await heads.packets(_LOOK_AGAIN_SECONDS)
                    if self._directory.version != known:
                        known = self._directory.version
                        self._arrived.set()

    async def _read_waiting(self) -> None:
        while batch := await asyncio.to_thread(self._deliveries.waiting, after=self._read_up_to):
            for delivery in batch:
                try:
                    await self._read(delivery)
                except (StoreError, Refused):
                    raise
                except Exception as error:  # noqa: BLE001 - one delivery must not stop the others
                    _log.error("delivery %d could not be read", delivery.id, exc_info=error)
                    await self._settle(delivery.id, f"not read: {type(error).__name__}")
                self._read_up_to = delivery.id
                self._done(1)

    async def _read(self, delivery: Delivery) -> None:
        """Record what is new in a delivery; it is settled unless something in it waits."""
        source = self._registry.source(delivery.source)
        reading = self._formats.get(delivery.format)
        if source is None or reading is None:
            await self._settle(delivery.id, UNKNOWN_SOURCE)
            return
        try:
            notification = reading.read(delivery.content, source)
        except InvalidInput as error:
            await self._settle(delivery.id, str(error))
            return
        told = Told(
            notification=notification,
            source=source,
            received_at=from_microseconds(delivery.received_at),
            delivery=delivery.id,
        )
        running = self._directory.running()
        findings = await self._in_thread(lambda: self._desk.read(told, running))
        await self._record(findings)
        if delivery.id not in findings.room.deliveries():
            await self._settle(delivery.id, _left_out(notification))

    async def _advance(self) -> None:
        running = self._directory.running()
        now = self._clock()
        await self._record(await self._in_thread(lambda: self._desk.advance(now, running)))

    async def _record(self, findings: Findings) -> None:
        for finding in findings.found:
            await self._own_hand.record(finding.log, finding.actor, finding.drafts)
        self._due = due_after(findings)
        for delivery in sorted(await self._in_thread(lambda: self._desk.settle(findings))):
            await self._settle(delivery, None)

    async def _settle(self, delivery: int, problem: str | None) -> None:
        now = to_microseconds(self._clock())
        await self._recorder.write(
            lambda: self._deliveries.settle(delivery, now=now, problem=problem)
        )

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """Do work of the desk, which one thread does."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _error_in(
    reading: IntakeFormat, content: bytes, source: SourceRegistered
) -> InvalidInput | None:
    try:
        reading.read(content, source)
    except InvalidInput as error:
        return error
    return None


def _left_out(notification: Notification) -> str | None:
    return "; ".join(notification.left_out) or None
