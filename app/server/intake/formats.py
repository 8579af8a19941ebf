"""Which formats of deliveries are read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.organisation.kinds import SourceRegistered
from app.server.intake import alertmanager, changes
from app.server.intake.reading import IntakeFormat
from app.server.intake.reports import Notification

Reader = Callable[[bytes, SourceRegistered], Notification]
"""Turns the bytes of a delivery into reports.  Raises `InvalidInput`."""

READERS: Mapping[str, Reader] = {
    alertmanager.FORMAT: alertmanager.read_alertmanager,
    changes.FORMAT: changes.read_change,
}
"""By the name of the format, as it stands in the address and in a source's registration."""

FORMATS: tuple[IntakeFormat, ...] = ()
