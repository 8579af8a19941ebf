"""One log, kept in step with the server: the engine with a disk, a network and a clock.

Runs on the worker's loop and owns everything it touches there; what leaves is frozen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.errors import WatchfloorError
from app.events.codec import Codec
from app.events.event import Draft, Event
from app.protocol.authoring import Author
from app.protocol.bodies import PushResponse
from app.protocol.problems import ProblemCode
from app.protocol.stream import SIGNED_OUT, Bye, Frame, FrameKind, read_bye
from app.sync.clearing import Clearing
from app.sync.exchange import (
    CloseStream,
    Failure,
    FetchPage,
    Input,
    NetworkReturned,
    OpenStream,
    Outgoing,
    Output,
    PageAnswered,
    PageFailed,
    Push,
    PushAnswered,
    PushFailed,
    Rang,
    SetTimer,
    Started,
    StopTimer,
    StreamEnded,
    StreamHeard,
    Timer,
)
from app.sync.folding import Folding
from app.sync.keeping import Keeping
from app.sync.leisure import keep_at_leisure
from app.sync.local_store import LocalStore
from app.sync.log_copy import LogCopy
from app.sync.log_view import LogView
from app.sync.reading import read_arrived
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

S = TypeVar("S")
R = TypeVar("R")

Hear = Callable[[Sequence[bytes]], None]
"""Takes in the data lines of a frame."""


@dataclass(slots=True)
class _Running:
    """What is under way outside the engine."""

    page: asyncio.Task[None] | None = None
    stream: asyncio.Task[None] | None = None
    timers: dict[Timer, asyncio.TimerHandle] = field(default_factory=dict)


class Session(Generic[S]):
    """Sends what was written here and fetches what was written elsewhere, for one log.

    `hear` is given, by kind, the data lines of frames that pass by and are not records.
    With `keeping`, states of a long log are kept on disk for the next opening.
    """

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
        hear: Mapping[str, Hear] | None = None,
        keeping: Keeping[S] | None = None,
    ) -> None:
        self.log = log
        self._hearers = dict(hear or {})
        self._api = api
        self._register: Callable[[], Awaitable[None]] | None = None
        self._codec = codec
        self._publish = publish
        self._inbox: asyncio.Queue[Input] = asyncio.Queue()
        self._running = _Running()
        self._copy = LogCopy(
            log=log,
            store=store,
            author=author,
            codec=codec,
            folding=folding,
            start=start,
            random=random,
            keeping=keeping,
        )
        self._clearing = Clearing(self._copy, lambda: self._publish(self.view))
        self._copy.tell_news = self._clearing.notice

    @property
    def view(self) -> LogView[S]:
        """What is shown of this log now."""
        return self._copy.view

    def write(
        self, drafts: Sequence[Draft], *, seen: int | None = None, repeats: str = ""
    ) -> tuple[Event, ...]:
        """Save `drafts` here, show them, and send them when the server can be reached.

        `seen` is the position of the state their author acted on, `repeats` the id of a parked
        row they take the place of.  They are durable when this returns.  Raises what the local
        log raises when it cannot write; then nothing of them is shown.
        """
        events, appended = self._copy.write(drafts, seen=seen, repeats=repeats)
        self._inbox.put_nowait(appended)
        self._publish(self.view)
        return events

    def carry(self, rows: Sequence[Outgoing]) -> int:
        """Queue what other consoles wrote and show it; how many rows were new here.

        They are durable when this returns.  Raises what `write` raises.
        """
        appended = self._copy.carry(rows)
        self._inbox.put_nowait(appended)
        self._publish(self.view)
        return len(appended.rows)

    def connect(
        self, api: ApiClient, register: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Talk to this server once it runs; what was written until then waits in the outbox.

        `register` makes this console known to a server that does not know it; it raises
        `ServerUnavailable` when that cannot be done now.
        """
        self._api = api
        self._register = register

    def hear_also(self, kind: str, hear: Hear) -> None:
        """Give the data lines of frames of this kind to `hear` from now on."""
        self._hearers[kind] = hear

    def network_returned(self) -> None:
        """There is a network again: try at once."""
        self._inbox.put_nowait(NetworkReturned())

    async def run(self) -> None:
        """Stay in step until cancelled."""
        self._publish(self.view)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._take(Started(), tasks)
                tasks.create_task(keep_at_leisure(self._copy))
                tasks.create_task(self._clearing.run(lambda: self._api))
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
        for output in self._copy.take(given, monotonic()):
            self._do_outside(output, tasks)

    # --- the network ------------------------------------------------------------------------

    def _do_outside(self, output: Output, tasks: asyncio.TaskGroup) -> None:
        running = self._running
        match output:
            case Push() as push:
                tasks.create_task(self._told(self._push, push))
            case FetchPage() as fetch:
                _cancel(running.page)
                running.page = tasks.create_task(self._told(self._fetch, fetch))
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

    async def _told(self, ask: Callable[[R], Coroutine[Any, Any, Input]], request: R) -> None:
        """Ask, and give the answer to the engine.  Nothing is begun if this is cancelled first."""
        self._inbox.put_nowait(await ask(request))

    async def _push(self, push: Push) -> Input:
        if self._api is None:
            return PushFailed(_NO_SERVER, push.number)
        try:
            response = await self._push_as_known(self._api, push)
        except ServerUnavailable as error:
            return PushFailed(error.failure, push.number)
        return PushAnswered(response, push.number)

    async def _push_as_known(self, api: ApiClient, push: Push) -> PushResponse:
        """Push; a console the server does not know registers first, and pushes again."""
        try:
            return await api.push(self.log, push.epoch, push.rows)
        except ServerUnavailable as error:
            if self._register is None or error.failure.code is not ProblemCode.UNKNOWN_CONSOLE:
                raise
        await self._register()
        return await api.push(self.log, push.epoch, push.rows)

    async def _fetch(self, fetch: FetchPage) -> Input:
        if self._api is None:
            return PageFailed(_NO_SERVER)
        try:
            page = await self._api.page(
                self.log,
                after=fetch.after,
                limit=fetch.limit,
                epoch=fetch.epoch,
                with_root=fetch.with_root,
            )
        except ServerUnavailable as error:
            return PageFailed(error.failure)
        return PageAnswered(
            after=fetch.after,
            records=read_arrived(self._codec, self.log, page.lines, fetch.after),
            head=page.head,
            epoch=page.epoch,
            root=page.root,
        )

    async def _listen(self, opening: OpenStream) -> None:
        if self._api is None:
            self._inbox.put_nowait(StreamEnded(_NO_SERVER))
            return
        ending = Failure(detail="the server ended the stream")
        try:
            stream = self._api.stream(self.log, after=opening.after, epoch=opening.epoch)
            async with aclosing(stream):
                after, is_new = opening.after, True
                async for frames in stream:
                    if is_new:
                        is_new = False
                        self._clearing.look_again()
                    ending = self._hear(frames) or ending
                    lines = [
                        line
                        for frame in frames
                        if frame.kind == FrameKind.EVENT
                        for line in frame.lines
                    ]
                    news = read_arrived(self._codec, self.log, lines, after)
                    after = news[-1].position if news else after
                    self._inbox.put_nowait(StreamHeard(news))
        except ServerUnavailable as error:
            ending = error.failure
        self._inbox.put_nowait(StreamEnded(ending))

    def _hear(self, frames: Sequence[Frame]) -> Failure | None:
        """Pass on what others hear; how the server says goodbye, if it does."""
        for frame in frames:
            if (hear := self._hearers.get(frame.kind)) is not None:
                hear(frame.lines)
            elif frame.kind == FrameKind.BYE:
                with suppress(WatchfloorError):
                    return _farewell(read_bye(frame))
        return None


def _farewell(bye: Bye) -> Failure:
    """Why a server ends the stream, and how long it asks to be left alone."""
    pause = bye.retry_ms / 1_000
    if bye.reason == SIGNED_OUT:
        code, detail = ProblemCode.UNAUTHENTICATED, "this token was revoked"
        return Failure(detail=detail, code=code, retry_after=pause)
    return Failure(detail="the server ended the stream", retry_after=pause)


_NO_SERVER = Failure(detail="no server is set", retry_after=30.0)


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
