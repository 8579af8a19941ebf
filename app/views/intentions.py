"""What a person asked for, as values that views hand up.  Views never act themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.capture.entry import Entry


class AndThen(StrEnum):
    """What should follow once a line is logged."""

    NOTHING = "nothing"
    POLL = "poll"
    DECIDE_GO = "decide_go"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLine:
    """A line somebody logged.  `first_typed_at` (aware UTC) is when its first character was."""

    entry: Entry
    first_typed_at: datetime
    and_then: AndThen = AndThen.NOTHING
