"""What one log's state was at moments of the past, from the records on this console's disk."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Generic, TypeVar

from app.events.codec import Codec
from app.incident.keyframes import KEYFRAME_EVERY, Keyframes
from app.sync.folding import Folding
from app.sync.local_store import RecordStore
from app.sync.long_read import keep_for_good
from app.sync.reading import read_arrived

S = TypeVar("S")


class Past(Generic[S]):
    """Reads a log from disk when it is first asked for, and what was added since each time.

    Only what the server has recorded is in it: what waits here has no place in time yet.
    """

    def __init__(
        self, *, log: str, store: RecordStore, codec: Codec, folding: Folding[S], start: S
    ) -> None:
        self._log = log
        self._store = store
        self._codec = codec
        self._folding = folding
        self._start = start
        self._epoch, self._rewrites = "", 0
        self._frames: Keyframes[S] = Keyframes(folding.replay, start)

    async def catch_up(self) -> None:
        """Take in what is on disk; other work of the loop goes on between pages."""
        cursor = self._store.cursor(self._log)
        is_another = (cursor.epoch, cursor.rewrites) != (self._epoch, self._rewrites)
        if is_another or cursor.position < len(self._frames):
            self._epoch, self._rewrites = cursor.epoch, cursor.rewrites
            self._frames = Keyframes(self._folding.replay, self._start)
        frames, known = self._frames, len(self._frames)
        while lines := self._store.lines(self._log, len(frames), KEYFRAME_EVERY):
            arrived = read_arrived(self._codec, self._log, lines, len(frames))
            frames.extend([one.recorded for one in arrived])
            await asyncio.sleep(0)
        # Or every full collection walks all of it, and a drag would stutter.
        keep_for_good(len(frames) - known)

    def at(self, moment: datetime) -> S:
        """The state after the last record received by `moment` (aware UTC, server time)."""
        return self._frames.at(moment)

    def prepare(self, moment: datetime) -> None:
        """Make the steps from `moment` quick; for when nobody waits for an answer."""
        self._frames.prepare(moment)
