"""How deliveries are understood: one `IntakeFormat` per kind of sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.organisation.kinds import SourceRegistered
from app.server.intake.reports import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFormat:
    """One format of deliveries, by the `name` in its address.

    `read(content, source)` says what is in a delivery that `source` made, and raises
    `InvalidInput` when it cannot be read at all: the sender is told.  It is pure; what of it is
    news is decided elsewhere, because deliveries come twice.
    """

    name: str
    read: Callable[[bytes, SourceRegistered], Notification]
