"""The bodies of requests and responses, as msgspec reads and writes them.

Times are microseconds since 1970 UTC.  Unknown fields are ignored, so that an older console can
talk to a newer server and the other way round.
"""

from __future__ import annotations

import msgspec

from app.events.event import Standing
from app.protocol.problems import ProblemCode

MAX_BATCH_EVENTS = 500
MAX_REQUEST_BYTES = 1024 * 1024
MAX_PAGE_RECORDS = 5_000
MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_PRESENCE_BYTES = 2 * 1024
MAX_WAIT_SECONDS = 30.0

NEXT_HEADER = "Watchfloor-Next"
HEAD_HEADER = "Watchfloor-Head"
EPOCH_HEADER = "Watchfloor-Epoch"
ROOT_HEADER = "Watchfloor-Root"
"""The Merkle root over a log up to the end of a page, in Base64, where it was asked for."""
SITE_CHECKPOINT_HEADER = "Watchfloor-Site-Checkpoint"
SITE_HEADER = "Watchfloor-Site"
"""The Base64 key of the site that a request is meant for; another site refuses the request."""


NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"


class SignedBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event on its way to the server: its author's exact body bytes and the signature."""

    body: msgspec.Raw
    sig: str = ""


class PushRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A batch for one log.

    `epoch` is the whole epoch of the log the console knows, or empty if it knows none.
    `sent_at` is the console's clock when it sent this, from which the server tells its skew.
    """

    epoch: str = ""
    sent_at: int | None = None
    events: list[SignedBody]


class EventProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why one event of a batch was not recorded; it will not be, however often it is sent."""

    code: ProblemCode
    detail: str = ""
    field: str = ""


class PushResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one event.  Either it has a `position` or a `problem`, never both.

    An event that was recorded before has the position it got then.
    """

    id: str
    position: int | None = None
    standing: Standing | None = None
    why: str | None = None
    problem: EventProblem | None = None


class PushResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each event of a batch, in the order they were sent.  `head` is the log's."""

    epoch: str
    head: int
    results: list[PushResult]


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """How far a log has grown, and under which epoch."""

    log: str
    epoch: str
    position: int
    received_at: int


class IncidentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of incidents: what it is, how it is, and its log's head."""

    id: str
    number: str
    title: str
    severity: int | None
    phase: str
    is_exercise: bool
    declared_at: int | None
    head: LogHead


class IncidentList(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, latest change first, and the head of the organisation's log."""

    incidents: list[IncidentSummary]
    organisation: LogHead | None


class ServerTime(msgspec.Struct, frozen=True, kw_only=True):
    """The server's clock, to tell a console's skew."""

    now: int


class ConsoleRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """A console asks to sign events; `public_key` is its raw Ed25519 key in base64url."""

    console: str
    public_key: str


class ConsoleAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """The console may sign events for `person`; `position` is where that is recorded."""

    console: str
    person: str
    position: int


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The owner asks for a token for somebody: `actor` is `person:<id>` or `integration:<id>`."""

    actor: str


class TokenIssued(msgspec.Struct, frozen=True, kw_only=True):
    """A new token.  It is shown this once; the server keeps its hash only."""

    actor: str
    token: str


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the token that was sent speaks for, and at which site.

    `site_key` is the Base64 public key that checks what the site signs.
    """

    actor: str
    site: str
    site_key: str = ""


class BlobKept(msgspec.Struct, frozen=True, kw_only=True):
    """The attachment with this SHA-256 (64 lower-case hex digits) is here."""

    sha256: str


class InclusionProof(msgspec.Struct, frozen=True, kw_only=True):
    """Base64 hashes that lead from the record at `position` to the root at `size` (RFC 9162)."""

    log: str
    position: int
    size: int
    hashes: list[str]


class ConsistencyProof(msgspec.Struct, frozen=True, kw_only=True):
    """Base64 hashes that show the log of size `old` begins the log of size `new` (RFC 9162)."""

    log: str
    old: int
    new: int
    hashes: list[str]


class ReadyLine(msgspec.Struct, frozen=True, kw_only=True):
    """The one line a server prints on standard output when it listens.

    `token_file` names the 0600 file that holds the local user's token, or is empty.
    """

    url: str
    token_file: str = ""


ENDED_AS_NEWER = 4
"""How the server of a console ends, instead of listening, where a newer version wrote its data."""


__all__ = [
    "ENDED_AS_NEWER",
    "EVENT_STREAM",
    "NDJSON",
    "BlobKept",
    "ConsistencyProof",
    "ConsoleAccepted",
    "ConsoleRegistration",
    "EventProblem",
    "IncidentList",
    "IncidentSummary",
    "InclusionProof",
    "LogHead",
    "PushRequest",
    "PushResponse",
    "PushResult",
    "ReadyLine",
    "ServerTime",
    "SignedBody",
    "TokenIssued",
    "TokenRequest",
    "WhoAmI",
]
