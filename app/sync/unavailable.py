"""What a call of the server ends with when there is no good answer."""

from __future__ import annotations

from app.errors import WatchfloorError
from app.protocol.problems import ProblemCode
from app.sync.exchange import Failure


class ServerUnavailable(WatchfloorError):
    """The server did not answer, or would not do what was asked."""

    advice = (
        "Check the address and the token. A console keeps what you write and sends it later; "
        "a command in a terminal has to be given again."
    )

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure
        if failure.code is not None:
            self.advice = _ADVICE.get(failure.code, self.advice)


_KEPT = "What was written on this device is kept and sent later"
_ADVICE = {
    ProblemCode.UNAUTHENTICATED: (
        f"{_KEPT}, once the server accepts the token: name one with --token-file FILE. The owner "
        "of the server issues tokens."
    ),
    ProblemCode.FORBIDDEN: (
        f"{_KEPT}, once this token may do it. Ask the owner of the server, or use another token."
    ),
    ProblemCode.OTHER_SITE: (
        "Nothing was sent to it, and nothing read from it. What was written on this device waits "
        "for its own site."
    ),
    ProblemCode.STORAGE_FULL: (
        "Everything recorded can be read. Free some space on the disk of the server. "
        f"{_KEPT}; a command in a terminal has to be given again."
    ),
    ProblemCode.STORAGE_UNAVAILABLE: (
        "Check that the database of the server runs. "
        f"{_KEPT}; a command in a terminal has to be given again."
    ),
}
