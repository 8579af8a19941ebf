"""Deliveries: stored durably, acknowledged, then read one after the other into facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from app.errors import InvalidInput
from app.events.codec import Codec, from_microseconds, to_microseconds
from app.events.event import Draft, incident_log
from app.log.deliveries import Arriving, Deliveries, Delivery
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.organisation.kinds import SourceRegistered
from app.protocol.problems import ProblemCode, Refused, refused
from app.server.directory import Directory
from app.server.intake.reading import IntakeFormat, Surroundings
from app.server.intake.states import States
from app.server.measurements import Measurements
from app.server.own_hand import OwnHand
from app.server.recorder import Recorder
from app.server.registry import Registry

NO_OPEN_INCIDENT = "no incident is open"
UNKNOWN_SOURCE = "the source is not registered any more"
_RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    log: str
    drafts: list[Draft]


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
        measurements: Measurements,
        most_waiting: int,
    ) -> None:
        self._formats = {each.name: each for each in formats}
        self._deliveries = Deliveries(log.database)
        self._states = States(log, codec)
        self._clock = clock
        self._recorder = recorder
        self._own_hand = own_hand
        self._registry = registry
        self._directory = directory
        self._measurements = measurements
        self._most_waiting = most_waiting
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._task: asyncio.Task[None] | None = None
        self.waiting = 0

    async def __aenter__(self) -> Self:
        self.waiting = await asyncio.to_thread(self._deliveries.waiting_count)
        self._done(0)
        self._arrived.set()
        self._task = asyncio.create_task(self._run(), name="intake")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._thread.shutdown()

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
        error = _error_in(reading, content, registered)
        now = to_microseconds(self._clock())
        arriving = Arriving(
            format=form,
            source=registered.source,
            received_at=now,
            content=content,
            problem=None if error is None else str(error),
        )
        delivery = await self._store(arriving)
        self._measurements.deliveries[form] += 1
        if error is not None:
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                f"{error.reason} (kept as delivery {delivery.id})",
                field=error.field,
            ) from error
        return delivery

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

    async def settled(self) -> None:
        """Wait until everything taken in so far has been read."""
        await self._idle.wait()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            try:
                await self._read_waiting()
            except (StoreError, Refused) as error:
                _log.warning("deliveries wait: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._arrived.set()

    async def _read_waiting(self) -> None:
        while batch := await asyncio.to_thread(self._deliveries.waiting):
            for delivery in batch:
                problem = await self._read(delivery)
                await self._settle(delivery, problem)
                self._done(1)

    async def _read(self, delivery: Delivery) -> str | None:
        """Record what is new in a delivery; returns why it led to nothing, if it did not."""
        source = self._registry.source(delivery.source)
        if source is None:
            return UNKNOWN_SOURCE
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._thread, self._find, delivery, source)
        except InvalidInput as error:
            return str(error)
        except (StoreError, Refused):
            raise
        except Exception as error:  # noqa: BLE001 - one that breaks a format must not stop the others
            _log.error("delivery %d could not be read", delivery.id, exc_info=error)
            return f"could not be read: {type(error).__name__}"
        if found is None:
            return NO_OPEN_INCIDENT
        await self._own_hand.record(found.log, f"integration:{delivery.source}", found.drafts)
        return None

    def _find(self, delivery: Delivery, source: SourceRegistered) -> _Found | None:
        log = self._log_for(source)
        if log is None:
            return None
        surroundings = Surroundings(
            source=source,
            incident=self._states.incident(log),
            organisation=self._states.organisation(),
            received_at=from_microseconds(delivery.received_at),
        )
        drafts = self._formats[delivery.format].drafts(delivery.content, surroundings)
        return _Found(log=log, drafts=list(drafts))

    def _log_for(self, source: SourceRegistered) -> str | None:
        """The log of the source's incident, else of the one declared last that is open."""
        if source.incident:
            return incident_log(source.incident)
        return self._directory.latest_open()

    async def _settle(self, delivery: Delivery, problem: str | None) -> None:
        now = to_microseconds(self._clock())
        await self._recorder.write(
            lambda: self._deliveries.settle(delivery.id, now=now, problem=problem)
        )


def _error_in(
    reading: IntakeFormat, content: bytes, source: SourceRegistered
) -> InvalidInput | None:
    try:
        reading.check(content, source)
    except InvalidInput as error:
        return error
    return None
