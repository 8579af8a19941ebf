"""Records that could not be verified: of which log, and from which position on."""

from __future__ import annotations

from dataclasses import dataclass

EVERY_LOG = ""
"""Where not even the log could be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Nobody vouches for the records of `log` from position `first` on (the first record is 1).

    Those before it are what they were when they were confirmed or signed.
    """

    log: str
    first: int

    def concerns(self, log: str) -> bool:
        """Whether records of this log are in doubt."""
        return self.log in (log, EVERY_LOG)
