"""Readings as they are streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.graph.formats.prometheus_service_graph import ServiceReading
from app.protocol.readings import ServiceReadingLine


def service_lines(
    readings: Iterable[ServiceReading], shares_of: Callable[[str], dict[int, float]]
) -> list[ServiceReadingLine]:
    """How services do; `shares_of` gives shares of failed calls by the seconds of a window."""
    return [
        ServiceReadingLine(
            service=one.service_id,
            rate=one.rate,
            error_ratio=one.error_ratio,
            latency=one.latency,
            saturation=one.saturation,
            error_shares=shares_of(one.service_id),
        )
        for one in readings
    ]
