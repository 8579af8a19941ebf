"""Whether a freeze is more than a notice: whether a deploy system lets itself be stopped by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.incident.kinds.freezes import ChangeOutcome
from app.incident.projections.freezes import Change

SILENT_AFTER = timedelta(hours=24)
"""A deploy system that was not heard for so long counts as out of reach.

Teams that deploy at all deploy every working day; one that asked yesterday and not today may be
down, be without the step that asks, or have nothing to deploy, and a freeze is the wrong moment
to believe the last.
"""

_STOPPED = (ChangeOutcome.HELD, ChangeOutcome.BLOCKED)


def is_only_a_notice(asked_at: datetime | None, changes: Iterable[Change], now: datetime) -> bool:
    """Whether nothing says that a deploy system minds the freezes of an incident.

    It minds them if a pipeline asked the gate lately (`asked_at` is when that was last recorded),
    or if it told lately that it held or blocked one of the `changes` of the incident.
    """
    heard = [one.at for one in changes if one.outcome in _STOPPED]
    heard += [asked_at] if asked_at is not None else []
    return all(now - at >= SILENT_AFTER for at in heard)
