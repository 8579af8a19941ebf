"""The newest readings of every source, for a stream that opens after they were made.

They are kept in memory, of so many sources and so many calls each: what is loudest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from app.events.codec import to_microseconds
from app.protocol.readings import CatalogueSourceLine, DependencyReadingLine, Readings
from app.protocol.stream import FrameKind, encode_frame

STALE_AFTER = timedelta(seconds=90)
MOST_SOURCES = 64
"""Other processes may know of sources that are not asked here; of no more than this in all."""

MOST_CALLS = 10_000
"""Calls in the readings of one source: about 1.5 MB, which a listener's queue has room for."""

_QUIET = "normal"


class Newest:
    """What every source said last, with how old that is by `clock`."""

    def __init__(
        self, clock: Callable[[], datetime], asked: Iterable[str], catalogues: Iterable[str]
    ) -> None:
        """`asked` are the sources of readings; `catalogues` may give some, too."""
        self._clock = clock
        self.readings = {one: Readings(source=one) for one in asked}
        self.catalogues = {one: CatalogueSourceLine(source=one) for one in catalogues}
        self._encoded: dict[str, tuple[Readings, bool, bytes]] = {}

    def keep(self, readings: Readings) -> bool:
        """Keep what a source says; whether there is room for that source."""
        known = readings.source in self.readings
        if not known and len(self.readings) >= MOST_SOURCES:
            return False
        self.readings[readings.source] = readings
        return True

    def keep_catalogue(self, line: CatalogueSourceLine) -> Readings | None:
        """Keep how a catalogue was read; what consoles are told of it, if that is anything."""
        known, self.catalogues[line.source] = self.catalogues[line.source], line
        return _trouble(line) if line.problem or known.problem else None

    def as_of_now(self, readings: Readings) -> Readings:
        """The same, marked stale when they are too old to be shown as live."""
        return msgspec.structs.replace(readings, is_stale=self._is_stale(readings))

    def frame(self, readings: Readings) -> bytes:
        """The `readings` frame that says them as of now; made once for all who listen."""
        is_stale = self._is_stale(readings)
        known = self._encoded.get(readings.source)
        if known is not None and known[0] is readings and known[1] is is_stale:
            return known[2]
        frame = frame_of(msgspec.structs.replace(readings, is_stale=is_stale))
        self._encoded[readings.source] = (readings, is_stale, frame)
        return frame

    def frames(self) -> list[bytes]:
        """What every source that has said anything said last, for one who begins to listen."""
        said = [one for one in self.readings.values() if one.observed_at or one.problem]
        broken = [_trouble(one) for one in self.catalogues.values() if one.problem]
        return [*map(self.frame, said), *map(frame_of, broken)]

    def _is_stale(self, readings: Readings) -> bool:
        if readings.observed_at is None:
            return True
        age = to_microseconds(self._clock()) - readings.observed_at
        return age > STALE_AFTER / timedelta(microseconds=1)


def loudest(calls: list[DependencyReadingLine]) -> list[DependencyReadingLine]:
    """At most `MOST_CALLS` of these: what is unwell first, then what is called most."""
    if len(calls) <= MOST_CALLS:
        return calls
    return sorted(calls, key=_loudness)[:MOST_CALLS]


def frame_of(readings: Readings) -> bytes:
    """A `readings` frame."""
    return encode_frame(FrameKind.READINGS, [msgspec.json.encode(readings)])


def _trouble(line: CatalogueSourceLine) -> Readings:
    return Readings(source=line.source, is_stale=bool(line.problem), problem=line.problem)


def _loudness(line: DependencyReadingLine) -> tuple[bool, float, float, str, str]:
    errors, rate = line.error_ratio or 0.0, line.rate or 0.0
    return line.health == _QUIET, -errors, -rate, line.caller, line.callee
