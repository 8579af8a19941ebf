"""Asks sources on a schedule: readings stream past, changes of health become facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
import msgspec

from app.errors import InvalidInput
from app.events.codec import Codec, to_microseconds
from app.events.event import ORGANISATION_LOG
from app.graph.catalog import Catalog
from app.graph.catalogue_facts import catalogue_facts
from app.graph.deploy_gate import HealthWord
from app.graph.formats import read_catalog
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.organisation.state import OrganisationState
from app.protocol.problems import Refused
from app.protocol.readings import CatalogueSourceLine, Readings, TelemetryState
from app.protocol.stream import FrameKind
from app.server.directory import Directory
from app.server.feed import Feed
from app.server.intake.intake import Intake
from app.server.intake.known_logs import KnownLogs
from app.server.intake.service_names import ServiceNames
from app.server.own_hand import OwnHand
from app.server.scheduled_sources import CatalogueSource, PrometheusSource
from app.server.telemetry.asking import (
    TIMEOUT_SECONDS,
    SourceSilent,
    ask_prometheus,
    fetch_catalogue,
)
from app.server.telemetry.lines import dependency_lines, service_lines
from app.server.telemetry.service_levels import ServiceLevels
from app.server.telemetry.service_readings import Reading, read_answers, renamed

STALE_AFTER = timedelta(seconds=90)
CLOCK_MAY_DIFFER = timedelta(seconds=60)
_BATCH = 500

_log = logging.getLogger(__name__)


class Telemetry:
    """Asks every source on its schedule while it runs.  Use as an async context manager."""

    def __init__(
        self,
        prometheus: Sequence[PrometheusSource],
        catalogues: Sequence[CatalogueSource],
        *,
        log: EventLog,
        codec: Codec,
        clock: Callable[[], datetime],
        own_hand: OwnHand,
        intake: Intake,
        directory: Directory,
        feed: Feed,
    ) -> None:
        self._prometheus = tuple(prometheus)
        self._catalogues = tuple(catalogues)
        self._logs = KnownLogs(log, codec)
        self._organisation_lock = asyncio.Lock()
        self._clock = clock
        self._own_hand = own_hand
        self._intake = intake
        self._directory = directory
        self._feed = feed
        self._levels = {one.name: ServiceLevels(one.name, one.thresholds) for one in prometheus}
        self._readings = {one.name: Readings(source=one.name) for one in prometheus}
        self._read = {one.name: CatalogueSourceLine(source=one.name) for one in catalogues}
        self._client: httpx.AsyncClient | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        if self._prometheus or self._catalogues:
            self._client = client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
            jobs: list[Coroutine[Any, Any, None]] = [
                *(self._follow_prometheus(client, one) for one in self._prometheus),
                *(self._follow_catalogue(client, one) for one in self._catalogues),
            ]
            self._tasks = [asyncio.create_task(job, name="telemetry") for job in jobs]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._client is not None:
            await self._client.aclose()

    def state(self) -> TelemetryState:
        """Every source and what it said last, as of now."""
        return TelemetryState(
            readings=[self._as_of_now(one) for one in self._readings.values()],
            catalogues=list(self._read.values()),
        )

    def words(self) -> list[HealthWord]:
        """What the last readings say is wrong with which service."""
        return [
            HealthWord(
                service=service,
                health=claim.health,
                told_by=source,
                indicator=claim.indicator,
                since=claim.since,
            )
            for source, levels in self._levels.items()
            for service, claim in levels.claims().items()
        ]

    # Readings

    async def _follow_prometheus(
        self, client: httpx.AsyncClient, source: PrometheusSource
    ) -> None:
        while True:
            try:
                await self._look(client, source)
            except (SourceSilent, InvalidInput, StoreError, Refused) as error:
                _log.warning("%s: %s", source.name, error)
                known = self._readings[source.name]
                self._tell(msgspec.structs.replace(known, problem=str(error)))
            await asyncio.sleep(source.interval)

    async def _look(self, client: httpx.AsyncClient, source: PrometheusSource) -> None:
        answers = await ask_prometheus(client, source)
        label = source.queries.service_label
        reading = await asyncio.to_thread(read_answers, answers, source.name, label)
        observed_at = self._trusted_time(reading, source.name)
        organisation, names = await self._known()
        reading = renamed(reading, lambda word: names.find((word,)) or word)
        if source.tells_dependencies:
            await self._record_catalogue(reading.calls, source.name, is_complete=False)
            organisation, _ = await self._known()
        claims = self._levels[source.name].take(reading.services, observed_at)
        await self._intake.hear_readings(
            source.name,
            {one: said for one, said in claims.items() if one in organisation.services},
        )
        self._tell(
            Readings(
                source=source.name,
                observed_at=to_microseconds(observed_at),
                services=service_lines(reading.services),
                dependencies=dependency_lines(reading.calls.dependencies),
            )
        )

    def _trusted_time(self, reading: Reading, name: str) -> datetime:
        """When the source looked; raises `SourceSilent` for nothing, and for a wrong clock."""
        if reading.observed_at is None:
            raise SourceSilent(f"{name}: has no readings")
        ahead = reading.observed_at - self._clock()
        if abs(ahead) > CLOCK_MAY_DIFFER:
            seconds = round(ahead.total_seconds())
            raise SourceSilent(f"{name}: its readings are from {seconds:+d} s from now")
        return reading.observed_at

    def _tell(self, readings: Readings) -> None:
        """Keep the readings, and stream them to whoever follows a running incident."""
        self._readings[readings.source] = readings
        line = msgspec.json.encode(self._as_of_now(readings))
        for log in (ORGANISATION_LOG, *(one.log for one in self._directory.running())):
            self._feed.announce(log, FrameKind.READINGS, [line])

    def _as_of_now(self, readings: Readings) -> Readings:
        if readings.observed_at is None:
            return msgspec.structs.replace(readings, is_stale=True)
        age = to_microseconds(self._clock()) - readings.observed_at
        return msgspec.structs.replace(
            readings, is_stale=age > STALE_AFTER / timedelta(microseconds=1)
        )

    # Catalogues

    async def _follow_catalogue(self, client: httpx.AsyncClient, source: CatalogueSource) -> None:
        while True:
            try:
                content = await fetch_catalogue(client, source)
                catalog = await asyncio.to_thread(read_catalog, content, source.name)
                await self._record_catalogue(catalog, source.name, is_complete=True)
                self._read[source.name] = CatalogueSourceLine(
                    source=source.name,
                    read_at=to_microseconds(self._clock()),
                    warnings=list(catalog.warnings),
                )
            except (SourceSilent, InvalidInput, StoreError, Refused) as error:
                _log.warning("%s: %s", source.name, error)
                known = self._read[source.name]
                self._read[source.name] = msgspec.structs.replace(known, problem=str(error))
            await asyncio.sleep(source.interval)

    async def _known(self) -> tuple[OrganisationState, ServiceNames]:
        async with self._organisation_lock:
            names = await asyncio.to_thread(self._logs.services)
            return await asyncio.to_thread(self._logs.organisation), names

    async def _record_catalogue(self, catalog: Catalog, source: str, *, is_complete: bool) -> None:
        async with self._organisation_lock:
            organisation = await asyncio.to_thread(self._logs.organisation)
            drafts = catalogue_facts(catalog, organisation, source, is_complete=is_complete)
            for some in _batches(drafts):
                await self._own_hand.record(ORGANISATION_LOG, f"integration:{source}", some)


def _batches(drafts: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (drafts[start : start + _BATCH] for start in range(0, len(drafts), _BATCH))
