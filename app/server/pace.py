"""How fast one console may write: a token bucket each."""

from __future__ import annotations

from dataclasses import dataclass

_FORGET_ABOVE = 10_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Pace:
    """Lets `burst` events through at once and `rate` per second after that, per name.

    A batch passes while anything is left, whatever its size; what it takes too much delays the
    next one.  Times are seconds on a clock that never goes back.
    """

    def __init__(self, *, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._buckets: dict[str, _Bucket] = {}

    def wait_for(self, name: str, events: int, now: float) -> float:
        """0.0 if `events` may pass now, and then counts them; else the seconds to wait."""
        bucket = self._buckets.get(name)
        if bucket is None:
            self._forget_full_buckets(now)
            bucket = self._buckets[name] = _Bucket(self._burst, now)
        bucket.level = min(self._burst, bucket.level + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.level < 1.0:
            return (1.0 - bucket.level) / self._rate
        bucket.level -= events
        return 0.0

    def _forget_full_buckets(self, now: float) -> None:
        if len(self._buckets) < _FORGET_ABOVE:
            return
        self._buckets = {
            name: bucket
            for name, bucket in self._buckets.items()
            if bucket.level + (now - bucket.at) * self._rate < self._burst
        }
