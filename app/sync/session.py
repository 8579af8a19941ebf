"""One log, kept in step with the server: the engine with a disk, a network and a clock.

Runs on the worker's loop and owns everything it touches there; what leaves is frozen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from app.errors import WatchfloorError
from app.events.codec import Codec
from app.events.event import Draft, Event, Recorded
from app.protocol.authoring import Author, Place
from app.protocol.problems import ProblemCode
from app.protocol.stream import FrameKind, read_bye
from app.sync.api_client import ApiClient, ServerUnavailable
from app.sync.engine import Engine, Progress
from app.sync.exchange import (
    Appended,
    CloseStream,
    Failure,
    FetchPage,
    Input,
    LocalLineRead,
    NetworkReturned,
    OpenStream,
    Outgoing,
    Output,
    PageAnswered,
    PageFailed,
    Park,
    Push,
    PushAnswered,
    PushFailed,
    Rang,
    ReadLocalLine,
    Rewind,
    Rewound,
    SetTimer,
    Started,
    StopTimer,
    Store,
    Stored,
    StoreFailed,
    StreamEnded,
    StreamHeard,
    Timer,
)
from app.sync.local_store import LocalStore
from app.sync.reading import read_arrived

_log = logging.getLogger(__name__)

_LOAD_RECORDS = 5_000

S = TypeVar("S")


class Folding(Protocol[S]):
    """How a log becomes a state: `replay` records onto a state, `foresee` pending events."""

    def replay(self, log: Sequence[Recorded], start: S) -> S:
        """The state after more records."""

    def foresee(self, state: S, outbox: Sequence[Event]) -> S:
        """The state once everything pending is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """Something written here that the server will never record, and why."""

    event: Event
    code: ProblemCode
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView(Generic[S]):
    """What is shown of one log: the foreseen state, what waits, and how the sync stands."""

    log: str
    state: S
    confirmed: S
    waiting: tuple[Event, ...]
    parked: tuple[ParkedRow, ...]
    progress: Progress


@dataclass(slots=True)
class _Running:
    """What is under way outside the engine."""

    page: asyncio.Task[None] | None = None
    stream: asyncio.Task[None] | None = None
    timers: dict[Timer, asyncio.TimerHandle] = field(default_factory=dict)


class Session(Generic[S]):
    """Sends what was written here and fetches what was written elsewhere, for one log."""

    def __init__(
        self,
        *,
        log: str,
        store: LocalStore,
        api: ApiClient | None,
        author: Author,
        codec: Codec,
        folding: Folding[S],
        start: S,
        publish: Callable[[LogView[S]], None],
        random: Random,
    ) -> None:
        self.log = log
        self._store = store
        self._api = api
        self._author = author
        self._codec = codec
        self._folding = folding
        self._publish = publish
        self._parked: tuple[ParkedRow, ...] = ()
        self._inbox: asyncio.Queue[Input] = asyncio.Queue()
        self._running = _Running()
        self._waiting: dict[str, Event] = {}
        self._start = start
        cursor = store.cursor(log)
        rows = store.outbox(log)
        self._engine = Engine(
            epoch=cursor.epoch, position=cursor.position, outbox=rows, random=random
        )
        self._load(rows)

    def _load(self, rows: Sequence[Outgoing]) -> None:
        """Rebuild what is confirmed and what is foreseen from the disk alone."""
        self._waiting = {row.event_id: self._codec.read_event(row.body) for row in rows}
        confirmed, position = self._start, 0
        while lines := self._store.lines(self.log, position, _LOAD_RECORDS):
            news = read_arrived(self._codec, self.log, lines, position)
            confirmed = self._folding.replay([one.recorded for one in news], confirmed)
            position = news[-1].position
        self._confirmed = confirmed

    @property
    def view(self) -> LogView[S]:
        """What is shown of this log now."""
        waiting = tuple(self._waiting.values())
        return LogView(
            log=self.log,
            state=self._folding.foresee(self._confirmed, waiting),
            confirmed=self._confirmed,
            waiting=waiting,
            parked=self._parked,
            progress=self._engine.progress,
        )

    def write(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Save `drafts` here, show them, and send them when the server can be reached.

        They are durable when this returns.  Raises what the local log raises when it cannot
        write; then nothing of them is shown.
        """
        number = self._store.next_number(self.log)
        position, epoch = self._engine.progress.position, self._engine.epoch
        signed = [
            self._author.write(
                draft, Place(log=self.log, n=number + index, seen=position, epoch=epoch)
            )
            for index, draft in enumerate(drafts)
        ]
        rows = tuple(
            Outgoing(event_id=one.event.id, n=one.event.n, body=one.body, sig=one.sig)
            for one in signed
        )
        self._store.append(self.log, rows)
        self._waiting.update((one.event.id, one.event) for one in signed)
        self._inbox.put_nowait(Appended(rows))
        self._publish(self.view)
        return tuple(one.event for one in signed)

    def network_returned(self) -> None:
        """There is a network again: try at once."""
        self._inbox.put_nowait(NetworkReturned())

    async def run(self) -> None:
        """Stay in step until cancelled."""
        self._publish(self.view)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._take(Started(), tasks)
                while True:
                    given = await self._inbox.get()
                    self._take(given, tasks)
                    while not self._inbox.empty():
                        self._take(self._inbox.get_nowait(), tasks)
                    self._publish(self.view)
        finally:
            for handle in self._running.timers.values():
                handle.cancel()

    def _take(self, given: Input, tasks: asyncio.TaskGroup) -> None:
        """One step of the engine, and what follows at once from what it asks for."""
        for output in self._engine.step(given, monotonic()):
            if (answer := self._do_here(output)) is not None:
                self._inbox.put_nowait(answer)
            else:
                self._do_outside(output, tasks)

    # --- the disk ---------------------------------------------------------------------------

    def _do_here(self, output: Output) -> Input | None:
        match output:
            case Store() as store:
                return self._do_store(store)
            case Park(event_id, code, detail):
                self._do_park(event_id, code, detail)
                return None
            case ReadLocalLine(position):
                return LocalLineRead(position, self._store.line_at(self.log, position))
            case Rewind(position, epoch):
                rows = self._store.rewind(self.log, position, epoch)
                self._load(rows)
                return Rewound(position, tuple(rows))
            case _:
                return None

    def _do_store(self, store: Store) -> Input:
        try:
            self._store.confirm(self.log, store.records, store.settled, store.epoch)
        except WatchfloorError as error:
            _log.warning("what arrived cannot be written here: %s", error)
            return StoreFailed(str(error))
        if store.records:
            news = [one.recorded for one in store.records]
            self._confirmed = self._folding.replay(news, self._confirmed)
        for event_id in store.settled:
            self._waiting.pop(event_id, None)
        return Stored()

    def _do_park(self, event_id: str, code: ProblemCode, detail: str) -> None:
        self._store.park(event_id, code, detail)
        event = self._waiting.pop(event_id, None)
        if event is not None:
            self._parked = (*self._parked, ParkedRow(event=event, code=code, detail=detail))

    # --- the network ------------------------------------------------------------------------

    def _do_outside(self, output: Output, tasks: asyncio.TaskGroup) -> None:
        running = self._running
        match output:
            case Push() as push:
                tasks.create_task(self._told(self._push(push)))
            case FetchPage() as fetch:
                _cancel(running.page)
                running.page = tasks.create_task(self._told(self._fetch(fetch)))
            case OpenStream() as opening:
                _cancel(running.stream)
                running.stream = tasks.create_task(self._listen(opening))
            case CloseStream():
                _cancel(running.stream)
            case SetTimer(timer, seconds):
                self._stop_timer(timer)
                running.timers[timer] = asyncio.get_running_loop().call_later(
                    seconds, self._inbox.put_nowait, Rang(timer)
                )
            case StopTimer(timer):
                self._stop_timer(timer)
            case _:
                pass

    def _stop_timer(self, timer: Timer) -> None:
        handle = self._running.timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    async def _told(self, request: Coroutine[Any, Any, Input]) -> None:
        self._inbox.put_nowait(await request)

    async def _push(self, push: Push) -> Input:
        if self._api is None:
            return PushFailed(_NO_SERVER)
        try:
            return PushAnswered(await self._api.push(self.log, push.epoch, push.rows))
        except ServerUnavailable as error:
            return PushFailed(error.failure)

    async def _fetch(self, fetch: FetchPage) -> Input:
        if self._api is None:
            return PageFailed(_NO_SERVER)
        try:
            page = await self._api.page(
                self.log, after=fetch.after, limit=fetch.limit, epoch=fetch.epoch
            )
        except ServerUnavailable as error:
            return PageFailed(error.failure)
        return PageAnswered(
            after=fetch.after,
            records=read_arrived(self._codec, self.log, page.lines, fetch.after),
            head=page.head,
            epoch=page.epoch,
        )

    async def _listen(self, opening: OpenStream) -> None:
        if self._api is None:
            self._inbox.put_nowait(StreamEnded(_NO_SERVER))
            return
        after, pause = opening.after, None
        try:
            stream = self._api.stream(self.log, after=after, epoch=opening.epoch)
            async for frames in stream:
                lines = [
                    line
                    for frame in frames
                    if frame.kind == FrameKind.EVENT
                    for line in frame.lines
                ]
                for frame in frames:
                    if frame.kind == FrameKind.BYE:
                        with suppress(WatchfloorError):
                            pause = read_bye(frame).retry_ms / 1_000
                news = read_arrived(self._codec, self.log, lines, after)
                after = news[-1].position if news else after
                self._inbox.put_nowait(StreamHeard(news))
            failure = Failure(detail="the server ended the stream", retry_after=pause)
        except ServerUnavailable as error:
            failure = error.failure
        self._inbox.put_nowait(StreamEnded(failure))


_NO_SERVER = Failure(detail="no server is set", retry_after=30.0)


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
