"""Who is listening, and what they have not been told yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from types import TracebackType
from typing import Self

import msgspec

from app.log.appending import Growth
from app.protocol.bodies import LogHead
from app.protocol.stream import FrameKind, encode_bye, encode_frame, encode_records
from app.server.outlet import Outlet, chunk_of

MAX_FRAME_DATA = 256 * 1024
LAST_WORDS_SECONDS = 3.0
"""How long a listener that is sent away has to read that it is."""

MOST_SPREAD_SECONDS = 10.0
_COMING_BACK_PER_SECOND = 200


@dataclass(frozen=True, slots=True)
class Packet:
    """A frame ready to send.  Records `first` to `last` are in it; both 0 if it has none.

    With only `first` 0, there are records up to `last` that are to be read from the log.
    """

    first: int
    last: int
    frame: bytes
    chunk: bytes = field(init=False, repr=False, compare=False)
    """The frame as a chunk of an HTTP body, made once for all who listen."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "chunk", chunk_of(self.frame) if self.frame else b"")


class Subscription:
    """One listener of one log.  Use as a context manager, inside the listener's own task.

    What is not fetched in time is dropped and `is_lagged` set: the listener must then read
    pages instead.  While a listener with an outlet waits and nothing is queued, what follows
    `after` goes straight out and it goes on waiting: that is what keeps many listeners cheap.
    """

    def __init__(self, feed: Feed, name: str, *, max_frames: int, max_bytes: int) -> None:
        self._feed = feed
        self._name = name
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._packets: deque[Packet] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._is_waiting = False
        self.outlet: Outlet | None = None
        self.is_inside = False
        """Whether it is the server itself that listens, and nobody who could be counted."""
        self.after = 0
        """The position of the last record that was handed on; kept by whoever listens."""
        self.is_lagged = False
        self.bye: bytes | None = None

    def __enter__(self) -> Self:
        self._feed._add(self._name, self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._feed._remove(self._name, self)

    def give(self, packet: Packet) -> None:
        """Hand on a packet, or queue it, or cut this listener off if it has too many already."""
        if self.is_lagged or (self._is_waiting and self._goes_straight(packet)):
            return
        self._packets.append(packet)
        self._bytes += len(packet.frame)
        if len(self._packets) > self._max_frames or self._bytes > self._max_bytes:
            self.is_lagged = True
            self._packets.clear()
            self._bytes = 0
            self._feed.cut_count += not self.is_inside
            self._cut_if_it_stays()
        self._news.set()

    def _goes_straight(self, packet: Packet) -> bool:
        follows = packet.first == self.after + 1 or not packet.last
        if self.outlet is None or self._news.is_set() or not follows:
            return False
        if not self.outlet.write(packet.chunk):
            return False
        self.after = packet.last or self.after
        return True

    def rouse(self) -> None:
        """Let this listener look whether it may go on."""
        self._news.set()

    def end(self, bye: bytes) -> None:
        """Tell this listener that the server is about to stop."""
        self.bye = bye
        self._cut_if_it_stays()
        self._news.set()

    def _cut_if_it_stays(self) -> None:
        """Its last words are on the way; one that does not read them must not be waited for."""
        if self.outlet is not None:
            asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, self.outlet.cut)

    async def packets(self, wait: float) -> list[Packet]:
        """What has come; empty after `wait` seconds of nothing, when lagged, or at the end."""
        if not self._news.is_set():  # a timer costs half of what a timeout does
            waking = asyncio.get_running_loop().call_later(wait, self._news.set)
            self._is_waiting = True
            try:
                await self._news.wait()
            finally:
                self._is_waiting = False
                waking.cancel()
        self._news.clear()
        packets = list(self._packets)
        self._packets.clear()
        self._bytes = 0
        return packets


class Feed:
    """Hands what was recorded, and what is only passing, to everyone who listens to a log."""

    def __init__(
        self,
        *,
        max_frames: int = 1_024,
        max_bytes: int = 4 * 1024 * 1024,
        is_for_all: Callable[[Growth], bool] = lambda _: True,
    ) -> None:
        """`is_for_all` says whether everybody may read everything in a growth."""
        self._is_for_all = is_for_all
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._listeners: dict[str, set[Subscription]] = {}
        self._bye: bytes | None = None
        self._random = SystemRandom()
        self.cut_count = 0

    def listen(self, log: str) -> Subscription:
        """A subscription to one log; it listens from entering its context."""
        return Subscription(self, log, max_frames=self._max_frames, max_bytes=self._max_bytes)

    def listen_to_heads(self, *, is_inside: bool = False) -> Subscription:
        """A subscription to the heads of all logs; `is_inside` for the server's own use."""
        subscription = self.listen(_HEADS)
        subscription.is_inside = is_inside
        return subscription

    @property
    def listener_count(self) -> int:
        """How many subscriptions are open, without the server's own."""
        everybody = (one for listeners in self._listeners.values() for one in listeners)
        return sum(not one.is_inside for one in everybody)

    def publish(self, growths: Iterable[Growth]) -> None:
        """Tell the listeners of each log what was added to it."""
        for growth in growths:
            if listeners := self._listeners.get(growth.log):
                for packet in self._packets_of(growth):
                    _give(listeners, packet)
            if listeners := self._listeners.get(_HEADS):
                _give(listeners, Packet(0, 0, head_frame(_head_after(growth))))

    def publish_head(self, head: LogHead) -> None:
        """Tell those who listen to heads that a log has grown by records nobody here follows."""
        if listeners := self._listeners.get(_HEADS):
            _give(listeners, Packet(0, 0, head_frame(head)))

    def has_listeners(self, log: str) -> bool:
        """Whether anyone here follows `log`."""
        return log in self._listeners

    def _packets_of(self, growth: Growth) -> list[Packet]:
        """The records to send, or word that each listener has to read for itself what it may."""
        if self._is_for_all(growth):
            return record_packets(growth.lines, growth.first)
        return [Packet(0, growth.last, b"")]

    def announce(self, log: str, kind: FrameKind, lines: Sequence[bytes]) -> None:
        """Tell the listeners of `log` something that is not a record."""
        if log in self._listeners:
            self.announce_frame(log, encode_frame(kind, lines))

    def announce_frame(self, log: str, frame: bytes) -> None:
        """Tell the listeners of `log` a frame that holds no record."""
        if listeners := self._listeners.get(log):
            _give(listeners, Packet(0, 0, frame))

    def rouse(self) -> None:
        """Let every listener look whether it may go on."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.rouse()

    def close(self, retry_ms: int) -> None:
        """Say goodbye to everyone who listens, now and from now on.

        They may come back after `retry_ms` milliseconds; when they are many, they are spread
        over more, so that they do not come all at once to wherever they go.
        """
        self._bye = encode_bye(retry_ms)
        spread = min(MOST_SPREAD_SECONDS, self.listener_count / _COMING_BACK_PER_SECOND)
        for listeners in self._listeners.values():
            for listener in listeners:
                later = self._random.uniform(0.0, 1_000 * spread)
                listener.end(encode_bye(retry_ms + round(later)))

    def _add(self, name: str, listener: Subscription) -> None:
        self._listeners.setdefault(name, set()).add(listener)
        if self._bye is not None:
            listener.end(self._bye)

    def _remove(self, name: str, listener: Subscription) -> None:
        listeners = self._listeners.get(name, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(name, None)


_HEADS = "*heads*"


def record_packets(lines: Sequence[bytes], first: int) -> list[Packet]:
    """Frames of at most about `MAX_FRAME_DATA` bytes for these lines, the first at `first`."""
    packets = []
    start = size = 0
    for index, line in enumerate(lines):
        if index > start and size + len(line) > MAX_FRAME_DATA:
            packets.append(_packet(lines[start:index], first + start))
            start, size = index, 0
        size += len(line)
    if len(lines) > start:
        packets.append(_packet(lines[start:], first + start))
    return packets


def head_frame(head: LogHead) -> bytes:
    """The frame that says how far a log has grown."""
    return encode_frame(FrameKind.HEAD, [msgspec.json.encode(head)])


def _head_after(growth: Growth) -> LogHead:
    return LogHead(
        log=growth.log,
        epoch=growth.epoch,
        position=growth.last,
        received_at=growth.received_at,
    )


def _packet(lines: Sequence[bytes], first: int) -> Packet:
    last = first + len(lines) - 1
    return Packet(first, last, encode_records(lines, last))


def _give(listeners: Iterable[Subscription], packet: Packet) -> None:
    for listener in listeners:
        listener.give(packet)
