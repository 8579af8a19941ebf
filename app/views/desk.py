"""What all panels of one console share."""

from __future__ import annotations

from dataclasses import dataclass

from app.views.clock import Clock
from app.views.theme import Theme
from app.views.times import TimeDisplay


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One console's theme, clock and zone, and who sits at it (`me` is a person id)."""

    theme: Theme
    clock: Clock
    times: TimeDisplay
    me: str
