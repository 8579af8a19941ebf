"""The sync engine of one log: a state machine without I/O.

`step(input, now)` takes what happened and gives back what to do.  Nothing here reads a clock, a
disk, a socket or an unseeded random source, so that the code that runs in production is the code
that runs in the simulator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from app.protocol.problems import ProblemCode
from app.sync.exchange import (
    Appended,
    Arrived,
    CloseStream,
    Failure,
    Input,
    LocalLineRead,
    LocalRootRead,
    NetworkReturned,
    Outgoing,
    Output,
    PageAnswered,
    PageFailed,
    Push,
    PushAnswered,
    PushFailed,
    Rang,
    Rewound,
    SetTimer,
    Started,
    Store,
    Stored,
    StoreFailed,
    StreamEnded,
    StreamHeard,
    Timer,
)
from app.sync.puller import Puller
from app.sync.pusher import Pusher
from app.sync.recovery import Recovery

WATCHDOG_SECONDS = 5.0
EPOCH_TRIES = 3
"""Changes of epoch taken in a row before waiting a whole back-off between them."""

_NOT_LET_IN = (ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN, ProblemCode.OTHER_SITE)
_RESTORED = (ProblemCode.EPOCH_CHANGED, ProblemCode.CURSOR_AHEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the conversation stands.

    `is_connected` says whether the server was heard on the stream and not lost since.
    `connected_change_at` is when that last changed (monotonic seconds).  `behind` counts records
    the server is known to have that are not on disk here; `queued` rows only on this device.
    `refusal` is why the server does not let us in, if it does not; `store_problem` why this
    device cannot write.
    """

    is_connected: bool
    connected_change_at: float
    position: int
    behind: int
    queued: int
    refusal: Failure | None
    store_problem: str
    is_recovering: bool


class Engine:
    """One log's conversation with the server."""

    def __init__(
        self, *, epoch: str, position: int, outbox: Iterable[Outgoing], random: Random
    ) -> None:
        """An engine for a log of which `position` records and `outbox` rows are on disk."""
        self.epoch = epoch
        self._pusher = Pusher(outbox, random)
        self._puller = Puller(position, random)
        self._recovery: Recovery | None = None
        self._recoveries = 0
        self._store_problem = ""
        self._settling: tuple[str, ...] = ()
        self._is_writing = False
        self._connected = False
        self._changed_at = 0.0

    @property
    def progress(self) -> Progress:
        """Where the conversation stands."""
        return Progress(
            is_connected=self._connected,
            connected_change_at=self._changed_at,
            position=self._puller.position,
            behind=self._puller.behind,
            queued=self._pusher.queued,
            refusal=self._pusher.refusal,
            store_problem=self._store_problem,
            is_recovering=self._recovery is not None,
        )

    def step(self, given: Input, now: float) -> list[Output]:
        """Take in what happened at `now`; gives back what to do, in order."""
        outputs = self._take(given)
        outputs += self._write()
        if self._connected != self._puller.is_heard:
            self._connected, self._changed_at = self._puller.is_heard, now
            if self._connected:
                self._pusher.line_holds()
        if self._recovery is None:
            outputs += self._pusher.next_push(self.epoch)
        return outputs

    def _take(self, given: Input) -> list[Output]:
        match given:
            case Started():
                return [
                    *self._puller.fetch(self.epoch),
                    SetTimer(Timer.WATCHDOG, WATCHDOG_SECONDS),
                ]
            case Appended(rows):
                self._pusher.add(rows)
                return []
            case PushAnswered() as answered:
                return self._push_answered(answered)
            case PushFailed(failure, number):
                return self._push_failed(failure, number)
            case PageAnswered() as page:
                return self._page_answered(page)
            case PageFailed(failure):
                return self._page_failed(failure)
            case StreamHeard(records):
                return self._stream_heard(records)
            case StreamEnded(failure):
                return self._stream_ended(failure)
            case _:
                return self._take_local(given)

    def _take_local(self, given: Input) -> list[Output]:
        match given:
            case Stored():
                return self._stored()
            case StoreFailed(detail):
                return self._store_failed(detail)
            case LocalLineRead(position, line):
                return [] if self._recovery is None else self._recovery.local_line(position, line)
            case LocalRootRead(position, root):
                return [] if self._recovery is None else self._recovery.local_root(position, root)
            case Rewound(position, rows):
                return self._rewound(position, rows)
            case Rang(timer):
                return self._rang(timer)
            case NetworkReturned():
                self._pusher.hurry()
                self._puller.hurry()
                return self._reconnect()
            case _:
                return []

    # --- going up ---------------------------------------------------------------------------

    def _push_answered(self, answered: PushAnswered) -> list[Output]:
        if self.epoch and answered.response.epoch != self.epoch:
            # Positions in a log that is no more say nothing: what was sent is sent again.
            self._pusher.come_back(answered.number)
            return self._reconnect()
        self.epoch = answered.response.epoch
        return [*self._pusher.answered(answered), *self._reconnect()]

    def _push_failed(self, failure: Failure, number: int) -> list[Output]:
        if failure.code in _RESTORED:
            self._pusher.come_back(number)
            return [] if self._is_old_news(failure) else self._restored(failure)
        return self._pusher.failed(failure, number)

    # --- coming down ------------------------------------------------------------------------

    def _page_answered(self, page: PageAnswered) -> list[Output]:
        if self._recovery is not None:
            return self._recovery.page_answered(page)
        if self.epoch and page.epoch and page.epoch != self.epoch:
            return self._restored(Failure(detail="the log was restored", epoch=page.epoch))
        self.epoch = self.epoch or page.epoch
        if self._puller.page_answered(page.records, page.head):
            return self._puller.fetch(self.epoch)
        return [] if self._puller.is_streaming else self._puller.open_stream(self.epoch)

    def _page_failed(self, failure: Failure) -> list[Output]:
        if failure.code in _RESTORED:
            return self._asked_of_another_log(failure)
        if failure.code in _NOT_LET_IN:
            self._pusher.refusal = failure
        begin = self._begin_again() if failure.code is ProblemCode.UNKNOWN_LOG else []
        return [*begin, *self._puller.page_failed(failure)]

    def _begin_again(self) -> list[Output]:
        """Have a server that lost the whole log begin it anew, and say under which epoch.

        It had a log if records of it are here, or if it took rows that were not read back yet.
        What is queued would do so as well, but waits while the fork is looked for.
        """
        is_nothing_sent = self._recovery is not None or not self._pusher.queued
        was_there = self._puller.position or self._pusher.recorded
        return [Push((), self.epoch)] if was_there and is_nothing_sent else []

    def _asked_of_another_log(self, failure: Failure) -> list[Output]:
        if self._is_old_news(failure):
            self._puller.is_page_out = False
            return self._retry_page()
        recovery, is_ahead = self._recovery, failure.code is ProblemCode.CURSOR_AHEAD
        if recovery is not None and is_ahead and failure.epoch == recovery.epoch:
            return recovery.ends_before()
        self._recovery = None
        return self._restored(failure)

    def _is_old_news(self, failure: Failure) -> bool:
        """Whether a request of an earlier epoch failed only now, its epoch known since."""
        known = self.epoch if self._recovery is None else self._recovery.epoch
        return failure.code is ProblemCode.EPOCH_CHANGED and failure.epoch == known != ""

    def _stream_heard(self, records: tuple[Arrived, ...]) -> list[Output]:
        if not self._puller.is_streaming:
            return []  # the last words of a stream that was given up
        outputs = self._puller.heard()
        self._pusher.refusal = None
        if self._puller.take(records):
            outputs += self._puller.fetch(self.epoch)
        return outputs

    def _stream_ended(self, failure: Failure) -> list[Output]:
        if not self._puller.is_streaming:
            return []
        if failure.code in _RESTORED:
            self._puller.is_streaming = self._puller.is_heard = False
            return self._reconnect() if self._is_old_news(failure) else self._restored(failure)
        if failure.code in _NOT_LET_IN:
            self._pusher.refusal = failure
        return self._puller.stream_ended(failure)

    # --- the disk ---------------------------------------------------------------------------

    def _write(self) -> list[Output]:
        """Give the next run of records, and rows known to be recorded, to the disk."""
        if self._is_writing or self._store_problem or self._recovery is not None:
            return []
        records = self._puller.next_to_store()
        last = records[-1].position if records else self._puller.position
        arrived = {one.event_id for one in records if self._pusher.holds(one.event_id)}
        known = {
            event_id
            for event_id, position in self._pusher.recorded.items()
            if position <= last and event_id not in arrived
        }
        self._settling = (*sorted(arrived), *sorted(known))
        if not records and not self._settling:
            return []
        self._is_writing = True
        return [Store(records, self._settling, self.epoch)]

    def _stored(self) -> list[Output]:
        self._is_writing = False
        self._puller.stored()
        self._pusher.settle(self._settling)
        self._settling = ()
        return self._pusher.nothing_unseen()

    def _store_failed(self, detail: str) -> list[Output]:
        self._is_writing = False
        self._settling = ()
        self._store_problem = detail
        self._puller.store_failed()
        return []

    # --- a restored server ------------------------------------------------------------------

    def _restored(self, failure: Failure) -> list[Output]:
        """The server's log is not the one we knew: find the fork before anything else."""
        if self._recovery is not None:
            return []
        self._recoveries += 1
        if self._recoveries > EPOCH_TRIES:
            self._recoveries = 0
            return [*self._puller.page_failed(failure), *self._pusher.pause()]
        self._recovery = Recovery(failure.epoch, self._puller.position)
        self._puller.is_page_out = False
        self._puller.rewind(self._puller.position)
        was_streaming, self._puller.is_streaming = self._puller.is_streaming, False
        self._puller.is_heard = False
        close: list[Output] = [CloseStream()] if was_streaming else []
        return [*close, *self._recovery.next_step()]

    def _rewound(self, position: int, rows: tuple[Outgoing, ...]) -> list[Output]:
        if self._recovery is not None:
            self.epoch = self._recovery.epoch
        self._recovery = None
        self._is_writing = False
        self._puller.rewind(position)
        self._pusher.replace(rows)
        return self._puller.fetch(self.epoch)

    # --- time -------------------------------------------------------------------------------

    def _rang(self, timer: Timer) -> list[Output]:
        match timer:
            case Timer.PUSH:
                self._pusher.resume()
                return []
            case Timer.PAGE:
                return self._retry_page()
            case Timer.STREAM:
                return self._reconnect()
            case Timer.SILENCE:
                return self._puller.fell_silent() if self._puller.is_streaming else []
            case Timer.ECHO:
                return self._puller.fetch_anew(self.epoch) if self._recovery is None else []
            case Timer.WATCHDOG:
                return self._watch()

    def _retry_page(self) -> list[Output]:
        if self._recovery is not None:
            return self._recovery.next_step()
        return self._puller.fetch(self.epoch)

    def _reconnect(self) -> list[Output]:
        if self._recovery is not None or self._puller.is_streaming:
            return []
        return self._puller.fetch(self.epoch)

    def _watch(self) -> list[Output]:
        """Every few seconds: try the disk again, and count a healthy stretch as forgiven."""
        was_failing, self._store_problem = bool(self._store_problem), ""
        if self._connected:
            self._recoveries = 0
        is_stuck = was_failing and self._recovery is not None
        again = self._retry_page() if is_stuck else []
        return [*again, SetTimer(Timer.WATCHDOG, WATCHDOG_SECONDS)]
