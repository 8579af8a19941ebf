"""What streams past without being recorded: rates, errors and latencies, as of when.

Times are microseconds since 1970 UTC.  Rates are calls per second, errors a share from 0 to 1,
latencies seconds; None means that the source does not say.
"""

from __future__ import annotations

import msgspec


class ServiceReadingLine(msgspec.Struct, frozen=True, kw_only=True):
    """How one service does.

    `saturation` is the share in use of what it has least of.  `error_shares` are shares of failed
    calls by the length in seconds of the stretch that ends now, for services with an objective.
    """

    service: str
    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    saturation: float | None = None
    error_shares: dict[int, float] = {}


class DependencyReadingLine(msgspec.Struct, frozen=True, kw_only=True):
    """How the calls from one service to another do; `health` is normal, degraded or failing."""

    caller: str
    callee: str
    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    health: str = "normal"


class Readings(msgspec.Struct, frozen=True, kw_only=True):
    """The last good readings of one source; the data of a `readings` frame.

    `observed_at` is None until there was one good answer.  With `is_stale` they are too old to
    be shown as live; `problem` says why the source gives nothing newer.
    """

    source: str
    observed_at: int | None = None
    is_stale: bool = False
    problem: str = ""
    services: list[ServiceReadingLine] = []
    dependencies: list[DependencyReadingLine] = []


class CatalogueSourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue that is read on a schedule; after a `problem` the last good one stays."""

    source: str
    read_at: int | None = None
    problem: str = ""
    warnings: list[str] = []


class TelemetryState(msgspec.Struct, frozen=True, kw_only=True):
    """Every source that is asked on a schedule, and what it said last."""

    readings: list[Readings]
    catalogues: list[CatalogueSourceLine]


__all__ = [
    "CatalogueSourceLine",
    "DependencyReadingLine",
    "Readings",
    "ServiceReadingLine",
    "TelemetryState",
]
