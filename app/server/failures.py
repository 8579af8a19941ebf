"""How failures are answered: every one as a problem document."""

from __future__ import annotations

import logging
from math import ceil

from litestar.exceptions import HTTPException

from app.errors import WatchfloorError
from app.log.event_log import UnknownLog
from app.log.problems import StorageFull, StoreError
from app.protocol.problems import Problem, ProblemCode, Refused, problem

_log = logging.getLogger(__name__)

_CODE_OF_STATUS = {
    400: ProblemCode.MALFORMED_REQUEST,
    401: ProblemCode.UNAUTHENTICATED,
    403: ProblemCode.FORBIDDEN,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.TOO_LARGE,
}


class SenderLeft(WatchfloorError):
    """The sender hung up before its request was whole: nothing was done, nobody hears why."""

    advice = "Send the whole request again."


def problem_of(error: Exception) -> Problem:
    """The problem that says what went wrong; bugs are logged and told as such."""
    match error:
        case Refused():
            return error.problem
        case SenderLeft():
            return problem(ProblemCode.MALFORMED_REQUEST, "the request ended in its middle")
        case UnknownLog():
            return problem(ProblemCode.UNKNOWN_LOG, str(error))
        case StorageFull():
            _log.error("%s; reading goes on, nothing new is recorded until there is room", error)
            return problem(ProblemCode.STORAGE_FULL, f"{error}; reading goes on")
        case StoreError():
            _log.error("the store failed: %s", error)
            return problem(ProblemCode.STORAGE_UNAVAILABLE, str(error), retry_after=5.0)
        case HTTPException(status_code=status) if status in _CODE_OF_STATUS:
            return problem(_CODE_OF_STATUS[status], error.detail)
    _log.error("a request failed", exc_info=error)
    return problem(ProblemCode.INTERNAL)


def headers_of(why: Problem) -> dict[str, str]:
    """The headers that go with a problem."""
    headers = {"Cache-Control": "no-store"}
    if why.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(why.retry_after)))
    if why.code == ProblemCode.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
