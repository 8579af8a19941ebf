"""Readings as they are streamed."""

from __future__ import annotations

from collections.abc import Iterable

from app.graph.formats.prometheus_service_graph import ServiceReading
from app.protocol.readings import ServiceReadingLine


def service_lines(readings: Iterable[ServiceReading]) -> list[ServiceReadingLine]:
    """How services do."""
    return [
        ServiceReadingLine(
            service=one.service_id,
            rate=one.rate,
            error_ratio=one.error_ratio,
            latency=one.latency,
        )
        for one in readings
    ]
