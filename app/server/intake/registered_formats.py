"""The formats of deliveries the server reads."""

from __future__ import annotations

from app.server.intake import alertmanager, changes
from app.server.intake.reading import IntakeFormat

FORMATS: tuple[IntakeFormat, ...] = (
    IntakeFormat(name=alertmanager.FORMAT, read=alertmanager.read_alertmanager),
    IntakeFormat(name=changes.FORMAT, read=changes.read_change),
)
