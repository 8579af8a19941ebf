"""The upward half of the conversation: outbox rows, sent until they are seen recorded.

Pushing never waits on anything that comes down.  Rows are immutable, batches go in the order of
the outbox, one batch is in flight at a time and is sent again as it was until it is answered.  A
row leaves the outbox when its record arrives, or when it is known to be recorded already.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from app.events.codec import read_body
from app.protocol.bodies import MAX_BATCH_EVENTS, MAX_REQUEST_BYTES
from app.protocol.problems import ProblemCode
from app.sync.backoff import Backoff
from app.sync.exchange import (
    Failure,
    Outgoing,
    Output,
    Park,
    Push,
    PushAnswered,
    SetTimer,
    StopTimer,
    Timer,
)

ECHO_SECONDS = 2.0
"""How long a recorded row may stay unseen before it is asked for."""

REFUSED_SECONDS = 30.0
"""How often to ask again while the server does not let us in."""

_ENVELOPE_BYTES = 256
_BATCH_PROBLEMS = (
    ProblemCode.TOO_LARGE,
    ProblemCode.MALFORMED_REQUEST,
    ProblemCode.MALFORMED_EVENT,
    ProblemCode.BAD_SIGNATURE,
    ProblemCode.ID_REUSED,
)
_LOCKED_OUT = (ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN, ProblemCode.UPGRADE_REQUIRED)


class Pusher:
    """Which rows wait, which are on their way, which are recorded but not seen yet."""

    def __init__(self, rows: Iterable[Outgoing], random: Random) -> None:
        self.waiting: dict[str, Outgoing] = {row.event_id: row for row in rows}
        self.in_flight: tuple[Outgoing, ...] = ()
        self.recorded: dict[str, int] = {}
        self.refusal: Failure | None = None
        self._is_paused = self._is_asked_to_wait = False
        self._number = 0
        self._unknown: set[str] = set()  # consoles the server cannot check yet: theirs wait
        self._is_by_console = False
        self._batch_limit = MAX_BATCH_EVENTS
        self._backoff = Backoff(random)
        self._patience = Backoff(random)

    @property
    def queued(self) -> int:
        """How many rows are only on this device, as far as is known."""
        return len(self.waiting) - len(self.recorded)

    def add(self, rows: Iterable[Outgoing]) -> None:
        """Rows that were just appended to the outbox."""
        self.waiting.update((row.event_id, row) for row in rows)

    def replace(self, rows: Iterable[Outgoing]) -> None:
        """The whole outbox after a rewind: nothing is on its way, nothing is known recorded."""
        self.waiting = {row.event_id: row for row in rows}
        self.in_flight = ()
        self.recorded = {}
        self.hurry()

    def hurry(self) -> None:
        """Do not wait out a pause."""
        self._is_paused = False
        self._backoff.forget()

    def line_holds(self) -> None:
        """The server is heard again: wait on only if it asked us to."""
        if not self._is_asked_to_wait:
            self._is_paused = False

    def pause(self) -> list[Output]:
        """Push nothing for a while."""
        self._is_paused = True
        return [SetTimer(Timer.PUSH, self._backoff.next_wait())]

    def resume(self) -> None:
        """The pause is over; a console that was unknown may have registered since."""
        self._is_paused = False
        self._unknown.clear()

    def next_push(self, epoch: str) -> list[Output]:
        """The next batch, if there is one and none is on its way."""
        if self.in_flight or self._is_paused:
            return []
        self.in_flight = self._batch()
        if not self.in_flight:
            return []
        self._number += 1
        return [Push(self.in_flight, epoch, self._number)]

    def come_back(self, number: int) -> tuple[Outgoing, ...]:
        """The push of this number is over; gives back its rows if it was the one under way."""
        if number != self._number:
            return ()
        batch, self.in_flight = self.in_flight, ()
        return batch

    def _batch(self) -> tuple[Outgoing, ...]:
        batch: list[Outgoing] = []
        consoles: set[str] = set()
        size = _ENVELOPE_BYTES
        for event_id, row in self.waiting.items():
            if event_id in self.recorded or not self._may_go(row, consoles):
                continue
            size += len(row.body) + _ENVELOPE_BYTES
            if len(batch) >= self._batch_limit or (batch and size > MAX_REQUEST_BYTES):
                break
            batch.append(row)
        return tuple(batch)

    def _may_go(self, row: Outgoing, consoles: set[str]) -> bool:
        """Whether a row may go now, beside rows of these `consoles`; adds its own to them."""
        if not self._is_by_console and not self._unknown:
            return True
        console = _console_of(row)
        if console in self._unknown or (self._is_by_console and consoles - {console}):
            return False
        consoles.add(console)
        return True

    def settle(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Forget rows whose records are safe here; gives back those that were in the outbox."""
        settled = tuple(one for one in event_ids if self.waiting.pop(one, None) is not None)
        for event_id in settled:
            self.recorded.pop(event_id, None)
        if not any(row.event_id in self.waiting for row in self.in_flight):
            self.in_flight = ()  # seen recorded: nothing depends on the answer any more
        if settled and not self._is_asked_to_wait:
            self.hurry()  # a record of ours is as good as the answer that did not come
        return settled

    def holds(self, event_id: str) -> bool:
        """Whether a row with this id is in the outbox."""
        return event_id in self.waiting

    def answered(self, answer: PushAnswered) -> list[Output]:
        """Take in what became of each row of a batch."""
        self.come_back(answer.number)
        self.refusal = None
        self.hurry()
        self._is_by_console = False
        self._batch_limit = MAX_BATCH_EVENTS
        outputs: list[Output] = []
        for result in answer.response.results:
            if result.id not in self.waiting:
                continue
            if result.problem is not None:
                outputs.append(self._park(result.id, result.problem.code, result.problem.detail))
            elif result.position is not None:
                self.recorded[result.id] = result.position
        if self.recorded:
            outputs.append(SetTimer(Timer.ECHO, ECHO_SECONDS))
        return outputs

    def failed(self, failure: Failure, number: int) -> list[Output]:
        """The batch was not taken: try again later, smaller, or set a hopeless row aside."""
        batch = self.come_back(number)
        if not batch:
            return []  # it was seen recorded since, or another one is under way
        if failure.code in _BATCH_PROBLEMS:
            if len(batch) == 1 and failure.code is not None:
                return [self._park(batch[0].event_id, failure.code, failure.detail)]
            self._batch_limit = max(1, len(batch) // 2)
            return []
        if failure.code is ProblemCode.UNKNOWN_CONSOLE:
            return self._hold_back(batch)
        self._is_paused = True
        self._is_asked_to_wait = failure.code not in (None, ProblemCode.OTHER_SITE)
        if failure.code in _LOCKED_OUT:
            self.refusal = failure
            return [SetTimer(Timer.PUSH, failure.retry_after or REFUSED_SECONDS)]
        return [SetTimer(Timer.PUSH, self._backoff.next_wait(failure.retry_after))]

    def _hold_back(self, batch: tuple[Outgoing, ...]) -> list[Output]:
        """The server cannot check somebody's signature yet: let the others go first.

        A queue may hold what other consoles wrote, carried here in a file.
        """
        consoles = {_console_of(row) for row in batch}
        if len(consoles) > 1:
            self._is_by_console = True
            return []
        self._unknown |= consoles
        return [SetTimer(Timer.PUSH, self._patience.next_wait())]

    def _park(self, event_id: str, code: ProblemCode, detail: str) -> Output:
        del self.waiting[event_id]
        self.recorded.pop(event_id, None)
        return Park(event_id, code, detail)

    def nothing_unseen(self) -> list[Output]:
        """Stop waiting for records to show up when none are awaited."""
        return [] if self.recorded else [StopTimer(Timer.ECHO)]


def _console_of(row: Outgoing) -> str:
    return read_body(row.body).console
