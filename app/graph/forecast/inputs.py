"""What a forecast is told: the calls, how each service is now, and how full it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from app.graph.catalog import Criticality, Dependency
from app.incident.kinds.signals import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`caller` depends on `callee`; what trouble at the callee does is told by `criticality`.

    `rate` in calls per second and `error_ratio` from 0 to 1, where known; over an edge with a
    known rate of zero nothing spreads.
    """

    caller: str
    callee: str
    criticality: Criticality = Criticality.HARD
    rate: float | None = None
    error_ratio: float | None = None

    @classmethod
    def of(cls, dependency: Dependency) -> Call:
        """The call that a dependency of the catalogue stands for."""
        return cls(
            caller=dependency.caller,
            callee=dependency.callee,
            criticality=dependency.criticality,
            rate=dependency.rate,
            error_ratio=dependency.error_ratio,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How one service is now.

    `since` is when this health began (aware UTC), None if nobody knows.  `saturation` is the
    fullest of its limits (pool, queue, memory, CPU) from 0 to 1; `saturation_growth` how much of
    it is added per minute.  `budget_left` is the part of the error budget that is left, 0 to 1;
    `budget_burn` how much of the whole budget goes per hour.
    """

    service: str
    health: Health = Health.NORMAL
    since: datetime | None = None
    saturation: float | None = None
    saturation_growth: float | None = None
    budget_left: float | None = None
    budget_burn: float | None = None

    @property
    def minutes_to_full(self) -> float | None:
        """Minutes until the fullest limit is reached at this growth; None if it is not growing."""
        level, growth = self.saturation, self.saturation_growth
        if level is None or growth is None or not math.isfinite(level + growth) or growth <= 0:
            return None
        minutes = max(0.0, 1.0 - level) / growth
        return minutes if math.isfinite(minutes) else None
