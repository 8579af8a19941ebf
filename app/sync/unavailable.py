"""What a call of the server ends with when there is no good answer."""

from __future__ import annotations

from app.errors import WatchfloorError
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
