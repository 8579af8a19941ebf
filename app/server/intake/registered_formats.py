"""The formats of deliveries the server reads, put together: reading, and what is new."""

from __future__ import annotations

from app.server.intake.reading import IntakeFormat

FORMATS: tuple[IntakeFormat, ...] = ()
