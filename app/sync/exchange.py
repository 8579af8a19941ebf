"""What goes into the sync engine and what comes out: plain values, no I/O.

Inputs say what happened outside (an answer, a frame, a timer, a finished write); outputs say what
to do outside.  Times are seconds of a monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.events.event import Recorded
from app.events.value import quickly_made
from app.protocol.bodies import PushResponse
from app.protocol.problems import ProblemCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One row of the outbox.  Immutable: it is sent as it is until it is answered."""

    event_id: str
    n: int
    body: bytes
    sig: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One record as received: its exact line and what it says."""

    position: int
    event_id: str
    line: bytes
    recorded: Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a request did not do what was asked.

    `code` is None when no answer came at all.  `retry_after` is how many seconds the server asks
    to be left alone; `epoch` the epoch it named when the log was restored.
    """

    detail: str
    code: ProblemCode | None = None
    retry_after: float | None = None
    epoch: str = ""


class Timer(StrEnum):
    """The alarms an engine sets.  Setting one again replaces it."""

    PUSH = "push"
    PAGE = "page"
    STREAM = "stream"
    SILENCE = "silence"
    ECHO = "echo"
    WATCHDOG = "watchdog"


# --- inputs ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The engine may begin to talk."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Rows are safe in the outbox; they want to be sent."""

    rows: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class PushAnswered:
    """The server answered the push of this number, which may be an earlier one."""

    response: PushResponse
    number: int = 0


@dataclass(frozen=True, slots=True)
class PushFailed:
    """The push of this number got no answer, or a refusal of the whole batch."""

    failure: Failure
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswered:
    """A page of records after a position, and how far the log reaches.

    `root` is that over the log up to the end of the page (32 bytes), empty if it was not asked
    for, or the server does not know the question.
    """

    after: int
    records: tuple[Arrived, ...]
    head: int
    epoch: str
    root: bytes = b""


@dataclass(frozen=True, slots=True)
class PageFailed:
    """A page got no answer, or a refusal."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class StreamHeard:
    """The stream said something, records or only that it lives."""

    records: tuple[Arrived, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The stream closed or never opened; `retry_after` seconds if the server asked for a pause."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Stored:
    """What was last given to be stored is safe on disk."""


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """What was last given to be stored is not on disk."""

    detail: str


@dataclass(frozen=True, slots=True)
class LocalLineRead:
    """The record this console holds at a position, for comparison; None if it has none."""

    position: int
    line: bytes | None


@dataclass(frozen=True, slots=True)
class LocalRootRead:
    """The Merkle root over this console's records up to a position (32 bytes)."""

    position: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Rewound:
    """Records past the fork went back to the outbox; `rows` is the whole outbox now."""

    position: int
    rows: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Rang:
    """A timer came due."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class NetworkReturned:
    """The operating system says there is a network again: do not wait out the back-off."""


Input = (
    Started | Appended | PushAnswered | PushFailed | PageAnswered | PageFailed | StreamHeard
    | StreamEnded | Stored | StoreFailed | LocalLineRead | LocalRootRead | Rewound | Rang
    | NetworkReturned
)  # fmt: skip


# --- outputs --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Push:
    """Send these rows, in this order, as one batch; the answer is to carry the number."""

    rows: tuple[Outgoing, ...]
    epoch: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class FetchPage:
    """Ask for records after a position, `limit` at most.

    A page that was asked for before and not answered yet is given up: its answer must not come.
    `with_root` asks for the Merkle root over the log up to the end of the page besides.
    """

    after: int
    limit: int
    epoch: str
    with_root: bool = False


@dataclass(frozen=True, slots=True)
class OpenStream:
    """Listen for records after a position, instead of whatever was listened to before."""

    after: int
    epoch: str


@dataclass(frozen=True, slots=True)
class CloseStream:
    """Stop listening."""


@dataclass(frozen=True, slots=True)
class Store:
    """In ONE transaction: keep these records, move the cursor, drop the settled outbox rows."""

    records: tuple[Arrived, ...]
    settled: tuple[str, ...]
    epoch: str


@dataclass(frozen=True, slots=True)
class Park:
    """The server will never record this row: keep it aside and show why."""

    event_id: str
    code: ProblemCode
    detail: str


@dataclass(frozen=True, slots=True)
class ReadLocalLine:
    """Read the record this console holds at a position."""

    position: int


@dataclass(frozen=True, slots=True)
class ReadLocalRoot:
    """Compute the root over the records this console holds up to a position."""

    position: int


@dataclass(frozen=True, slots=True)
class Rewind:
    """The server's log differs after `position`.

    In ONE transaction: keep the records past it as evidence, put their original signed bodies
    back at the front of the outbox, and take up the new epoch.
    """

    position: int
    epoch: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ring `timer` after `seconds`."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Do not ring `timer`."""

    timer: Timer


Output = (
    Push | FetchPage | OpenStream | CloseStream | Store | Park | ReadLocalLine | ReadLocalRoot
    | Rewind | SetTimer | StopTimer
)  # fmt: skip
