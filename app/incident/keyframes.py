"""The state of a log at any moment of it: a state is kept every 1,000 positions, the rest folded.

Works for every log that folds: an incident's and the organisation's.  Nothing of this is stored;
it is made again from the records whenever they are at hand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from app.events.event import Recorded

S = TypeVar("S")

KEYFRAME_EVERY = 1_000
"""So many positions apart, states are kept for good."""

MOMENTS_KEPT = 64
"""States of single moments that were asked for; going back and forth costs nothing."""

WAYPOINT_EVERY = 100
_WAYPOINTS_KEPT = 12


class Keyframes(Generic[S]):
    """Answers what a log's state was, by position or by moment.

    `replay` folds records in position order onto a state; `start` is the state before any.
    States are kept for good `every` positions, and near what was asked for lately every
    `waypoint_every`.
    """

    def __init__(
        self,
        replay: Callable[[Sequence[Recorded], S], S],
        start: S,
        *,
        every: int = KEYFRAME_EVERY,
        waypoint_every: int = WAYPOINT_EVERY,
    ) -> None:
        self._replay = replay
        self._every = every
        self._waypoint_every = waypoint_every
        self._records: list[Recorded] = []
        self._moments: list[datetime] = []
        self._frames: list[S] = [start]
        self._waypoints: OrderedDict[int, S] = OrderedDict()
        self._answers: OrderedDict[int, S] = OrderedDict()

    def __len__(self) -> int:
        """How many records are known."""
        return len(self._records)

    def extend(self, news: Sequence[Recorded]) -> None:
        """Add the records that follow those known, in position order.

        A record without a readable time counts as received with the one before it.
        """
        for recorded in news:
            latest = self._moments[-1] if self._moments else recorded.received_at
            self._records.append(recorded)
            self._moments.append(max(latest, recorded.received_at))
        while (len(self._frames) * self._every) <= len(self._records):
            after = (len(self._frames) - 1) * self._every
            page = self._records[after : after + self._every]
            self._frames.append(self._replay(page, self._frames[-1]))

    def count_by(self, moment: datetime) -> int:
        """How many records were received by `moment`, itself included."""
        return bisect_right(self._moments, moment)

    def at(self, moment: datetime) -> S:
        """The state after the last record received by `moment`."""
        return self.after(self.count_by(moment))

    def after(self, count: int) -> S:
        """The state after the first `count` records; the same object when asked again."""
        if count % self._every == 0:
            return self._frames[count // self._every]
        found = self._answers.get(count)
        if found is None:
            near, state = self._waypoint(count)
            found = self._replay(self._records[near:count], state)
            self._answers[count] = found
            _forget_oldest(self._answers, MOMENTS_KEPT)
        self._answers.move_to_end(count)
        return found

    def prepare(self, moment: datetime) -> None:
        """Have states ready a little before and after `moment`, while nobody waits."""
        count = self.count_by(moment)
        for near in (count, count - self._waypoint_every, count + self._waypoint_every):
            self._waypoint(min(len(self._records), max(0, near)))

    def _waypoint(self, count: int) -> tuple[int, S]:
        """A position at or a little before `count`, and the state there."""
        near = count - count % self._every
        near += (count - near) // self._waypoint_every * self._waypoint_every
        if near % self._every == 0:
            return near, self._frames[near // self._every]
        state = self._waypoints.get(near)
        if state is None:
            before, start = near - near % self._every, self._frames[near // self._every]
            reached = [one for one in self._waypoints if before < one < near]
            if reached:
                before, start = max(reached), self._waypoints[max(reached)]
            state = self._replay(self._records[before:near], start)
            self._waypoints[near] = state
            _forget_oldest(self._waypoints, _WAYPOINTS_KEPT)
        self._waypoints.move_to_end(near)
        return near, state


def _forget_oldest(kept: OrderedDict[int, S], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
