"""The downward half of the conversation: a gap-free prefix of the server's log.

Records come as pages and on the stream, late, twice or out of order; what leaves here is the next
positions, each once, to be stored in one transaction with the cursor.  One write is under way at a
time.  The cursor is what is on disk, never what was merely received.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from app.protocol.problems import ProblemCode
from app.sync.backoff import Backoff
from app.sync.exchange import (
    Arrived,
    CloseStream,
    Failure,
    FetchPage,
    OpenStream,
    Output,
    SetTimer,
    StopTimer,
    Timer,
)

PAGE_RECORDS = 1_000
SILENCE_SECONDS = 11.0
"""A stream that says nothing for this long, two heartbeats, is taken for dead."""

UNKNOWN_LOG_SECONDS = 1.0
"""How often to look for a log that has not begun."""

MOST_HELD = 20_000
"""Records received ahead of the disk; more are fetched again rather than held in memory."""


class Puller:
    """How far the log is on disk, what is held for it, and how news is being heard."""

    def __init__(self, position: int, random: Random) -> None:
        self.position = position
        self.head = position
        self.is_streaming = False
        self.is_heard = False
        self.is_page_out = False
        self.storing: tuple[Arrived, ...] = ()
        self._held: dict[int, Arrived] = {}
        self._page_backoff = Backoff(random)
        self._stream_backoff = Backoff(random)

    @property
    def behind(self) -> int:
        """How many records the server is known to have that are not on disk here."""
        return max(0, self.head - self.position)

    @property
    def expected(self) -> int:
        """The position that must come next, after everything that is being stored."""
        return self.position + len(self.storing) + 1

    def rewind(self, position: int) -> None:
        """Start again from a position: everything held is of a log that is no more."""
        self.position = self.head = position
        self.storing = ()
        self._held = {}

    def fetch(self, epoch: str) -> list[Output]:
        """Ask for the page after everything received, unless one is on its way."""
        if self.is_page_out:
            return []
        self.is_page_out = True
        return [FetchPage(self._last_received(), PAGE_RECORDS, epoch)]

    def fetch_anew(self, epoch: str) -> list[Output]:
        """Ask for the next page now, and give up one that is on its way."""
        self.is_page_out = False
        return self.fetch(epoch)

    def _last_received(self) -> int:
        position = self.expected
        while position in self._held:
            position += 1
        return position - 1

    def take(self, records: Iterable[Arrived]) -> bool:
        """Hold what arrived; says whether there is a gap before any of it."""
        for arrived in records:
            self.head = max(self.head, arrived.position)
            if arrived.position >= self.expected and len(self._held) < MOST_HELD:
                self._held.setdefault(arrived.position, arrived)
        return self.head > self._last_received()

    def next_to_store(self) -> tuple[Arrived, ...]:
        """The run of records that can be stored now; empty while a write is under way."""
        if self.storing:
            return ()
        run: list[Arrived] = []
        position = self.position + 1
        while position in self._held and len(run) < PAGE_RECORDS:
            run.append(self._held.pop(position))
            position += 1
        self.storing = tuple(run)
        return self.storing

    def stored(self) -> tuple[Arrived, ...]:
        """The write is safe: the cursor moves over it."""
        done, self.storing = self.storing, ()
        if done:
            self.position = done[-1].position
            self.head = max(self.head, self.position)
        return done

    def store_failed(self) -> None:
        """The write did not happen: what it held is held again."""
        failed, self.storing = self.storing, ()
        self._held.update((arrived.position, arrived) for arrived in failed)

    def page_answered(self, records: tuple[Arrived, ...], head: int) -> bool:
        """Take in a page; says whether another one should be asked for."""
        self.is_page_out = False
        self._page_backoff.forget()
        self.head = max(self.head, head)
        self.take(records)
        return bool(records) and self.head > self._last_received()

    def page_failed(self, failure: Failure) -> list[Output]:
        """Ask for the page again later."""
        self.is_page_out = False
        return [SetTimer(Timer.PAGE, self._page_backoff.next_wait(_asked_for(failure)))]

    def open_stream(self, epoch: str) -> list[Output]:
        """Listen from the last record received."""
        self.is_streaming = True
        self.is_heard = False
        return [
            OpenStream(self._last_received(), epoch),
            SetTimer(Timer.SILENCE, SILENCE_SECONDS),
        ]

    def heard(self) -> list[Output]:
        """The stream lives."""
        self.is_heard = True
        self._stream_backoff.forget()
        return [SetTimer(Timer.SILENCE, SILENCE_SECONDS)]

    def stream_ended(self, failure: Failure) -> list[Output]:
        """Listen again later."""
        self.is_streaming = self.is_heard = False
        wait = self._stream_backoff.next_wait(_asked_for(failure))
        return [StopTimer(Timer.SILENCE), SetTimer(Timer.STREAM, wait)]

    def fell_silent(self) -> list[Output]:
        """Give up a stream that says nothing."""
        return [CloseStream(), *self.stream_ended(Failure(detail="the stream fell silent"))]

    def hurry(self) -> None:
        """Do not wait out a back-off."""
        self._page_backoff.forget()
        self._stream_backoff.forget()


def _asked_for(failure: Failure) -> float | None:
    """How long to wait, if that is known: a log that nobody has written to yet may begin soon."""
    if failure.code is ProblemCode.UNKNOWN_LOG:
        return UNKNOWN_LOG_SECONDS
    return failure.retry_after
