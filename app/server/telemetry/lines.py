"""Readings as they are streamed."""

from __future__ import annotations

from collections.abc import Iterable

from app.graph.catalog import Dependency
from app.graph.formats.prometheus_service_graph import ServiceReading
from app.protocol.readings import DependencyReadingLine, ServiceReadingLine


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


def dependency_lines(dependencies: Iterable[Dependency]) -> list[DependencyReadingLine]:
    """How the calls between services do."""
    return [
        DependencyReadingLine(
            caller=one.caller,
            callee=one.callee,
            rate=one.rate,
            error_ratio=one.error_ratio,
            latency=one.latency,
        )
        for one in dependencies
    ]
