"""When a row of readings changes a service's health: never on one reading alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.incident.kinds.signals import Health
from app.server.scheduled_sources import Thresholds

_RANK = {health: rank for rank, health in enumerate(Health)}
_SLACK = 0.8


@dataclass(frozen=True, slots=True)
class Level:
    """What readings make of a service: its health, and what the last readings said."""

    health: Health = Health.NORMAL
    recent: tuple[Health, ...] = ()


def observed(error_ratio: float | None, health: Health, thresholds: Thresholds) -> Health:
    """What one reading says of a service that is `health`; None: that there is no data."""
    if error_ratio is None:
        return Health.NO_DATA
    for level, bound in (
        (Health.FAILING, thresholds.failing),
        (Health.DEGRADED, thresholds.degraded),
    ):
        needed = bound * _SLACK if _RANK[health] >= _RANK[level] else bound
        if error_ratio >= needed:
            return level
    return Health.NORMAL


def level_after(level: Level, said: Health, thresholds: Thresholds) -> Level:
    """The level after one more reading, which said `said`."""
    kept = max(thresholds.rise, thresholds.fall)
    recent = (*level.recent, said)[-kept:]
    health, rank = level.health, _RANK[level.health]
    rising, falling = recent[-thresholds.rise :], recent[-thresholds.fall :]
    if len(rising) == thresholds.rise and all(_RANK[one] > rank for one in rising):
        health = min(rising, key=_RANK.__getitem__)
    elif len(falling) == thresholds.fall and all(_RANK[one] < rank for one in falling):
        health = max(falling, key=_RANK.__getitem__)
    return Level(health=health, recent=recent)
