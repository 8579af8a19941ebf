"""What all panels of one console share."""

from __future__ import annotations

from dataclasses import dataclass

from app.views.clock import Clock
from app.views.theme import Theme
from app.views.times import TimeDisplay


@dataclass(slots=True, kw_only=True)
class Desk:
    """One console's theme, clock and zone, and who sits at it.

    `me` is a person id; it is empty until the server has said whom the token speaks for.
    """

    theme: Theme
    clock: Clock
    times: TimeDisplay
    me: str
