"""Problems a server answers with: RFC 9457 documents with stable codes."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from app.errors import WatchfloorError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "https://watchfloor.invalid/problems/"


class ProblemCode(StrEnum):
    """What went wrong, by a name that never changes."""

    MALFORMED_REQUEST = "malformed-request"
    MALFORMED_EVENT = "malformed-event"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_CONSOLE = "unknown-console"
    ID_REUSED = "id-reused"
    EPOCH_CHANGED = "epoch-changed"
    CURSOR_AHEAD = "cursor-ahead"
    TOO_LARGE = "too-large"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    UNKNOWN_LOG = "unknown-log"
    UNKNOWN_FORMAT = "unknown-format"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    RATE_LIMITED = "rate-limited"
    OVERLOADED = "overloaded"
    STORAGE_FULL = "storage-full"
    STORAGE_UNAVAILABLE = "storage-unavailable"
    UPGRADE_REQUIRED = "upgrade-required"
    OTHER_SITE = "other-site"
    INTERNAL = "internal"


_STATUS_AND_TITLE: dict[ProblemCode, tuple[int, str]] = {
    ProblemCode.MALFORMED_REQUEST: (400, "The request cannot be read"),
    ProblemCode.MALFORMED_EVENT: (422, "The event cannot be read"),
    ProblemCode.BAD_SIGNATURE: (422, "The signature does not match the event"),
    ProblemCode.UNKNOWN_CONSOLE: (403, "This console is not registered here (yet)"),
    ProblemCode.ID_REUSED: (409, "This id belongs to another event"),
    ProblemCode.EPOCH_CHANGED: (409, "The log was restored since"),
    ProblemCode.CURSOR_AHEAD: (409, "The log is shorter than the position asked for"),
    ProblemCode.TOO_LARGE: (413, "Too much at once"),
    ProblemCode.UNAUTHENTICATED: (401, "No valid token"),
    ProblemCode.FORBIDDEN: (403, "Not permitted"),
    ProblemCode.UNKNOWN_LOG: (404, "There is no such log"),
    ProblemCode.UNKNOWN_FORMAT: (404, "No such format of deliveries is read here"),
    ProblemCode.NOT_FOUND: (404, "There is nothing here"),
    ProblemCode.METHOD_NOT_ALLOWED: (405, "This cannot be done here"),
    ProblemCode.RATE_LIMITED: (429, "Too many requests from this console"),
    ProblemCode.OVERLOADED: (503, "The server is catching up"),
    ProblemCode.STORAGE_FULL: (507, "The server's disk is full"),
    ProblemCode.STORAGE_UNAVAILABLE: (503, "The server's database does not answer"),
    ProblemCode.UPGRADE_REQUIRED: (426, "This console is too old"),
    ProblemCode.OTHER_SITE: (421, "This server is another site"),
    ProblemCode.INTERNAL: (500, "The server made a mistake"),
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document.  `epoch` and `head` come with the problems they explain."""

    type: str
    title: str
    status: int
    code: ProblemCode
    detail: str = ""
    field: str = ""
    epoch: str = ""
    head: int | None = None
    retry_after: float | None = None

    def encoded(self) -> bytes:
        """The document as JSON bytes."""
        return msgspec.json.encode(self)


def problem(
    code: ProblemCode,
    detail: str = "",
    *,
    field: str = "",
    epoch: str = "",
    head: int | None = None,
    retry_after: float | None = None,
) -> Problem:
    """The problem document for `code`; `retry_after` in seconds."""
    status, title = _STATUS_AND_TITLE[code]
    return Problem(
        type=TYPE_PREFIX + code,
        title=title,
        status=status,
        code=code,
        detail=detail,
        field=field,
        epoch=epoch,
        head=head,
        retry_after=retry_after,
    )


def read_problem(status: int, body: bytes) -> Problem:
    """The problem in a response's body; for a body that is none, one made from its status."""
    try:
        return msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        code = _CODE_OF_STATUS.get(status, ProblemCode.INTERNAL)
        title = _STATUS_AND_TITLE[code][1]
        return Problem(type="about:blank", title=title, status=status, code=code)


_CODE_OF_STATUS: dict[int, ProblemCode] = {
    status: code for code, (status, _) in reversed(_STATUS_AND_TITLE.items())
}
_CODE_OF_STATUS[403] = ProblemCode.FORBIDDEN
_CODE_OF_STATUS[404] = ProblemCode.NOT_FOUND
_CODE_OF_STATUS[503] = ProblemCode.OVERLOADED


class Refused(WatchfloorError):
    """A request that is answered with a problem."""

    advice = "Nothing was lost. The message says what to change, or how long to wait."

    def __init__(self, why: Problem) -> None:
        super().__init__(f"{why.title}: {why.detail}" if why.detail else why.title)
        self.problem = why


def refused(
    code: ProblemCode,
    detail: str = "",
    *,
    field: str = "",
    epoch: str = "",
    head: int | None = None,
    retry_after: float | None = None,
) -> Refused:
    """The error to raise so that a request is answered with this problem."""
    return Refused(
        problem(code, detail, field=field, epoch=epoch, head=head, retry_after=retry_after)
    )


__all__ = ["MEDIA_TYPE", "Problem", "ProblemCode", "Refused", "problem", "read_problem", "refused"]
