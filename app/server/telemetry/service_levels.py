"""What the readings of one source make of each service, told only when it can be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.graph.formats.prometheus_service_graph import ServiceReading
from app.incident.kinds.signals import Health
from app.server.intake.health_rules import READINGS_CAUSE, Claim
from app.server.scheduled_sources import Thresholds
from app.server.telemetry.levels import Level, level_after, observed

NO_DATA = "no data"


class ServiceLevels:
    """The levels of the services that one source tells of."""

    def __init__(self, source: str, thresholds: Thresholds) -> None:
        self._cause = f"{READINGS_CAUSE}{source}"
        self._thresholds = thresholds
        self._levels: dict[str, Level] = {}
        self._claims: dict[str, Claim | None] = {}

    def claims(self) -> dict[str, Claim]:
        """What is wrong with which service, as of the last look."""
        return {one: claim for one, claim in self._claims.items() if claim is not None}

    def take(self, readings: Iterable[ServiceReading], at: datetime) -> dict[str, Claim | None]:
        """What is said of services after one more look at `at`; a missing one has no data.

        Services of which too little is known yet are not in it.
        """
        ratios = {one.service_id: self._ratio(one) for one in readings if self._counts(one)}
        seen = {one.service_id for one in readings}
        for service in sorted({*ratios, *(self._levels.keys() - seen)}):
            self._judge(service, ratios.get(service), at)
        return dict(self._claims)

    def _counts(self, reading: ServiceReading) -> bool:
        """Whether enough calls were seen to conclude anything."""
        is_enough = (reading.rate or 0.0) >= self._thresholds.least_rate
        return is_enough and reading.error_ratio is not None

    def _ratio(self, reading: ServiceReading) -> float:
        return reading.error_ratio or 0.0

    def _judge(self, service: str, ratio: float | None, at: datetime) -> None:
        before = self._levels.get(service, Level())
        level = level_after(
            before, observed(ratio, before.health, self._thresholds), self._thresholds
        )
        self._levels[service] = level
        if level.health is Health.NORMAL:
            if len(level.recent) >= self._thresholds.fall:
                self._claims[service] = None
        elif level.health is not before.health:
            self._claims[service] = Claim(
                health=level.health,
                indicator=NO_DATA if ratio is None else f"{ratio:.0%} err",
                cause=self._cause,
                since=at,
            )
