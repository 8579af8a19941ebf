"""How long to wait before trying again: exponential, with full jitter."""

from __future__ import annotations

from random import Random

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0


class Backoff:
    """Waits grow with each failure in a row; a success forgets them.

    A wait is a uniform draw from 0 to min(30 s, 0.5 s x 2^failures), "full jitter" after the
    AWS Architecture Blog, "Exponential Backoff And Jitter" (2015): consoles that lost the server
    together do not come back together.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self.failures = 0

    def next_wait(self, asked_for: float | None = None) -> float:
        """Seconds until the next try; what the server `asked_for` wins."""
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self.failures, 16))
        self.failures += 1
        return self._random.uniform(0.0, longest) if asked_for is None else asked_for

    def forget(self) -> None:
        """Something worked: start small again."""
        self.failures = 0
