"""The one writer: takes what arrives, records it in groups, and only then says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Self, TypeVar

from app.events.event import ORGANISATION_LOG
from app.log.appending import Appended, Batch, Growth, Outcome
from app.log.event_log import EventLog
from app.proof.strict_signatures import StrictVerifyingKey
from app.protocol.problems import ProblemCode, refused
from app.server.directory import Directory
from app.server.discretion import Discretion
from app.server.feed import Feed
from app.server.measurements import Measurements
from app.server.one_thread import OneThread
from app.server.registry import Registry
from app.server.settings import Limits

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

_COMMIT_WEIGHS = 4
_TIDY_AFTER = 1_000
"""About the pages that may be in the write-ahead log: some for every commit, one for a batch."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    keys: Sequence[StrictVerifyingKey]
    outcome: asyncio.Future[Outcome]

    def checked(self) -> Batch:
        """The batch, with the events marked whose signature is not of the key it should be."""
        arrivals = self.batch.arrivals
        false = [
            not key.verifies_body(arrival.body, arrival.sig)
            for arrival, key in zip(arrivals, self.keys, strict=bool(self.keys))
        ]
        if not any(false):
            return self.batch
        marked = tuple(
            replace(arrival, problem=ProblemCode.BAD_SIGNATURE) if is_false else arrival
            for arrival, is_false in zip(arrivals, false, strict=True)
        )
        return replace(self.batch, arrivals=marked)


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
        self._is_recording = False
        self._is_closing = False
        self._recorded_all = asyncio.Event()
        self._thread = OneThread("recorder")
        self._since_tidying = 0
        self._tidying: asyncio.Task[None] | None = None
        self.queued = 0
        self.listeners: list[Callable[[Growth], None]] = []

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closing = True
        while self._waiting or self._is_recording:
            self._recorded_all.clear()
            await self._recorded_all.wait()
        if self._tidying is not None:
            await asyncio.wait([self._tidying])
        self._thread.end()

    async def submit(self, batch: Batch, keys: Sequence[StrictVerifyingKey] = ()) -> Outcome:
        """Record `batch`; returns once it is durable.

        With `keys`, one for each event, only what these have signed is recorded; the others'
        placements say so.  That is found out in the recorder's thread, beside the loop.

        Raises `Refused` (overloaded) when too much is waiting already, and `StoreError` when
        the store failed: then nothing of it was recorded.
        """
        return await self.put(batch, keys)

    def put(
        self, batch: Batch, keys: Sequence[StrictVerifyingKey] = ()
    ) -> asyncio.Future[Outcome]:
        """Like `submit`, for who does not want to wait here: done once `batch` is durable."""
        events = len(batch.arrivals)
        if self._is_closing or self.queued + events > max(self._limits.queue, events):
            pressure = self.queued / self._limits.queue
            raise refused(
                ProblemCode.OVERLOADED,
                f"{self.queued} events are waiting to be recorded",
                retry_after=round(1.0 + 2.0 * pressure, 1),
            )
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append(_Waiting(batch, keys, future))
        self.queued += events
        if not self._is_recording:  # with whatever else arrives in this round of the loop
            self._is_recording = True
            loop.call_soon(self._record_next, loop)
        return future

    async def write(self, work: Callable[[], Result]) -> Result:
        """Do other writing to the database, in the thread that may."""
        return await self._thread.result_of(work)

    def _record_next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the thread what waits: the next group is on its way while the last one is told."""
        self._is_recording = bool(self._waiting)
        if self._is_recording:
            group = self._next_group()
            self._thread.give(lambda: self._commit(loop, group))
        else:
            self._recorded_all.set()

    def _commit(self, loop: asyncio.AbstractEventLoop, group: list[_Waiting]) -> None:
        began = perf_counter()
        done: Appended | Exception
        try:
            done = self._log.append([waiting.checked() for waiting in group])
        except Exception as error:  # noqa: BLE001 - it is raised where the events were given
            done = error
        loop.call_soon_threadsafe(self._committed, loop, group, done, perf_counter() - began)

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

    def _committed(
        self,
        loop: asyncio.AbstractEventLoop,
        group: list[_Waiting],
        done: Appended | Exception,
        seconds: float,
    ) -> None:
        self.queued -= sum(len(waiting.batch.arrivals) for waiting in group)
        self._record_next(loop)
        if isinstance(done, Exception):
            for waiting in group:
                _answer(waiting.outcome, done)
            return
        self._measurements.committed(seconds)
        self._tell(done)
        for waiting, outcome in zip(group, done.outcomes, strict=True):
            _answer(waiting.outcome, outcome)
        self._tidy_sometimes(len(group))

    def _tidy_sometimes(self, batches: int) -> None:
        self._since_tidying += batches + _COMMIT_WEIGHS
        is_quiet = not self._is_recording and self._tidying is None
        if self._since_tidying < _TIDY_AFTER or not is_quiet:
            return
        self._since_tidying = 0
        self._tidying = asyncio.create_task(asyncio.to_thread(self._log.tidy))
        self._tidying.add_done_callback(self._tidied)

    def _tidied(self, task: asyncio.Task[None]) -> None:
        self._tidying = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("the database was not tidied: %s", error)

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
