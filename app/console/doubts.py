"""What did not verify, whoever found it out, and what did: told for the log that shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from app.protocol.doubt import Doubt


class Doubts:
    """For the worker's loop.  `publish` is given the earliest doubt about the log that shows.

    It is given None when there is none any more, and nothing while all stays as it is.
    `publish_signed` is given up to which position that log is what the server signed.
    """

    def __init__(
        self, publish: Callable[[Doubt | None], None], publish_signed: Callable[[int], None]
    ) -> None:
        self._publish = publish
        self._publish_signed = publish_signed
        self._signed: dict[str, int] = {}
        self._told_signed = 0
        self._log = ""
        self._found: dict[str, Sequence[Doubt]] = {}
        self._told: Doubt | None = None

    def show(self, log: str) -> None:
        """Tell of this log from now on."""
        self._log = log
        self._tell()

    def of_records(self, doubts: Sequence[Doubt]) -> None:
        """Take in all that reading the records again came to."""
        self._find("records", doubts)

    def of_server(self, log: str) -> Callable[[Doubt | None], None]:
        """Where to say what the server contradicts in a log."""
        return lambda doubt: self._find(f"server {log}", () if doubt is None else (doubt,))

    def signed_by_server(self, log: str) -> Callable[[int], None]:
        """Where to say up to which position a log is what the server signed."""

        def sign(position: int) -> None:
            self._signed[log] = position
            self._tell()

        return sign

    def _find(self, finder: str, doubts: Sequence[Doubt]) -> None:
        self._found[finder] = doubts
        self._tell()

    def _tell(self) -> None:
        doubts = [one for found in self._found.values() for one in found]
        shown = [one for one in doubts if one.concerns(self._log)]
        earliest = min(shown, key=attrgetter("first"), default=None)
        if earliest != self._told:
            self._told = earliest
            self._publish(earliest)
        signed = self._signed.get(self._log, 0)
        if signed != self._told_signed:
            self._told_signed = signed
            self._publish_signed(signed)
