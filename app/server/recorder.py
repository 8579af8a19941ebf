"""The one writer: takes what arrives, records it in groups, and only then says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Self, TypeVar

from app.events.event import ORGANISATION_LOG
from app.log.appending import Appended, Batch, Growth, Outcome
from app.log.event_log import EventLog
from app.protocol.problems import ProblemCode, refused
from app.server.directory import Directory
from app.server.discretion import Discretion
from app.server.feed import Feed
from app.server.measurements import Measurements
from app.server.registry import Registry
from app.server.settings import Limits

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    outcome: asyncio.Future[Outcome]


class Recorder:
    """Records batches of all logs, many in one durable transaction.

    Whoever submits hears of it after the commit; listeners are told after the commit too.  Use
    as an async context manager: on leaving, what was submitted is recorded first.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        feed: Feed,
        registry: Registry,
        directory: Directory,
        measurements: Measurements,
        limits: Limits,
        discretion: Discretion,
    ) -> None:
        self._log = log
        self._feed = feed
        self._registry = registry
        self._directory = directory
        self._measurements = measurements
        self._limits = limits
        self._discretion = discretion
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._is_closing = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")
        self._task: asyncio.Task[None] | None = None
        self.queued = 0
        self.listeners: list[Callable[[Growth], None]] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="recorder")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closing = True
        self._arrived.set()
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def submit(self, batch: Batch) -> Outcome:
        """Record `batch`; returns once it is durable.

        Raises `Refused` (overloaded) when too much is waiting already, and `StoreError` when
        the store failed: then nothing of it was recorded.
        """
        return await self.put(batch)

    def put(self, batch: Batch) -> asyncio.Future[Outcome]:
        """Like `submit`, for who does not want to wait here: done once `batch` is durable."""
        events = len(batch.arrivals)
        if self._is_closing or self.queued + events > max(self._limits.queue, events):
            pressure = self.queued / self._limits.queue
            raise refused(
                ProblemCode.OVERLOADED,
                f"{self.queued} events are waiting to be recorded",
                retry_after=round(1.0 + 2.0 * pressure, 1),
            )
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(batch, future))
        self.queued += events
        self._arrived.set()
        return future

    async def write(self, work: Callable[[], Result]) -> Result:
        """Do other writing to the database, in the thread that may."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _run(self) -> None:
        while self._waiting or not self._is_closing:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await self._record(self._next_group())

    def _next_group(self) -> list[_Waiting]:
        size = count = 0
        for waiting in self._waiting:
            size += len(waiting.batch.arrivals)
            if count and size > self._limits.group:
                break
            count += 1
        group = self._waiting[:count]
        del self._waiting[:count]
        return group

    async def _record(self, group: list[_Waiting]) -> None:
        batches = [waiting.batch for waiting in group]
        began = perf_counter()
        try:
            appended = await self.write(lambda: self._log.append(batches))
        except Exception as error:  # noqa: BLE001 - even a bug is told to those who asked
            for waiting in group:
                _answer(waiting.outcome, error)
        else:
            self._measurements.committed(perf_counter() - began)
            self._tell(appended)
            for waiting, outcome in zip(group, appended.outcomes, strict=True):
                _answer(waiting.outcome, outcome)
        finally:
            self.queued -= sum(len(batch.arrivals) for batch in batches)

    def _tell(self, appended: Appended) -> None:
        self._measurements.recorded(appended)
        for growth in appended.growths:
            if growth.first <= self._known(growth.log) + 1:
                self.tell(growth)
            for listener in self.listeners:
                listener(growth)

    def tell(self, growth: Growth) -> None:
        """Let everyone here know what follows what they know, wherever it was recorded.

        What is known already is passed over.
        """
        if growth.last <= self._known(growth.log):
            return
        if growth.log == ORGANISATION_LOG:
            self._registry.learn(growth.lines, growth.first)
        self._directory.learn(growth)
        self._discretion.learn(growth)
        self._feed.publish([growth])

    def _known(self, log: str) -> int:
        head = self._directory.head(log)
        return 0 if head is None else head.position


def _answer(future: asyncio.Future[Outcome], outcome: Outcome | Exception) -> None:
    if future.done():  # whoever asked has gone away; the events are recorded all the same
        return
    if isinstance(outcome, Outcome):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)
