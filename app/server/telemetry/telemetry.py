"""Asks sources on a schedule: readings stream past, changes of health become facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
import msgspec

from app.errors import InvalidInput
from app.events.codec import Codec, to_microseconds
from app.events.event import ORGANISATION_LOG
from app.graph.catalog import Catalog
from app.graph.deploy_gate import HealthWord
from app.graph.formats import read_catalog
from app.graph.merging import known_as
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.protocol.problems import Refused
from app.protocol.readings import CatalogueSourceLine, Readings, TelemetryState
from app.server.directory import Directory
from app.server.feed import Feed
from app.server.intake.intake import Intake
from app.server.own_hand import OwnHand
from app.server.scheduled_sources import CatalogueSource, PrometheusSource, Thresholds
from app.server.talk import Talk
from app.server.telemetry.asking import (
    TIMEOUT_SECONDS,
    SourceSilent,
    ask_prometheus,
    fetch_catalogue,
)
from app.server.telemetry.call_levels import CallLevels, is_measured
from app.server.telemetry.error_shares import ErrorShares
from app.server.telemetry.known_organisation import KnownOrganisation
from app.server.telemetry.lines import service_lines
from app.server.telemetry.newest import Newest, frame_of, loudest
from app.server.telemetry.service_levels import ServiceLevels
from app.server.telemetry.service_readings import Reading, read_answers, renamed

_READINGS, _CATALOGUE, _WORDS = "readings", "catalogue-read", "health-words"
CLOCK_MAY_DIFFER = timedelta(seconds=60)

_log = logging.getLogger(__name__)


class _SaidOfHealth(msgspec.Struct, frozen=True, kw_only=True):
    """All that one source says is wrong, as it is passed between processes."""

    source: str
    words: tuple[HealthWord, ...]


class Telemetry:
    """Knows what the sources said last; asks them on their schedule while it is on duty.

    Use as an async context manager.
    """

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
        talk: Talk,
    ) -> None:
        self._talk = talk
        self._prometheus = tuple(prometheus)
        self._catalogues = tuple(catalogues)
        self._organisation = KnownOrganisation(log, codec, own_hand)
        self._clock = clock
        self._intake = intake
        self._directory = directory
        self._feed = feed
        self._levels = {one.name: ServiceLevels(one.name, one.thresholds) for one in prometheus}
        self._calls = {one.name: CallLevels(one.thresholds) for one in prometheus}
        self._calls |= {one.name: CallLevels(Thresholds()) for one in catalogues}
        self._shares = {one.name: ErrorShares(one) for one in prometheus}
        self._newest = Newest(
            clock, [one.name for one in prometheus], [one.name for one in catalogues]
        )
        self._words: dict[str, tuple[HealthWord, ...]] = {}
        self._is_asking = False

    async def __aenter__(self) -> Self:
        self._talk.on_word(_READINGS, lambda _, content: self._hear_readings(content))
        self._talk.on_word(_CATALOGUE, lambda _, content: self._hear_catalogue(content))
        self._talk.on_word(_WORDS, lambda _, content: self._hear_words(content))
        self._talk.on_retell.append(self._tell_again)
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    @asynccontextmanager
    async def shift(self) -> AsyncIterator[None]:
        """Ask every source on its schedule, for a while; one process of a site at a time."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            jobs: list[Coroutine[Any, Any, None]] = [
                *(self._follow_prometheus(client, one) for one in self._prometheus),
                *(self._follow_catalogue(client, one) for one in self._catalogues),
            ]
            tasks = [asyncio.create_task(job, name="telemetry") for job in jobs]
            self._is_asking = True
            try:
                yield
            finally:
                self._is_asking = False
                for task in tasks:
                    task.cancel()
                if tasks:
                    await asyncio.wait(tasks)

    def state(self) -> TelemetryState:
        """Every source and what it said last, as of now."""
        return TelemetryState(
            readings=[self._newest.as_of_now(one) for one in self._newest.readings.values()],
            catalogues=list(self._newest.catalogues.values()),
        )

    def frames(self, log: str) -> list[bytes]:
        """What every source said last, as `readings` frames for one who begins to follow `log`.

        Nothing for an incident that is over.
        """
        return self._newest.frames() if self._is_told(log) else []

    def words(self) -> list[HealthWord]:
        """What the last readings say is wrong with which service."""
        return [word for words in self._words.values() for word in words]

    # Readings

    async def _follow_prometheus(
        self, client: httpx.AsyncClient, source: PrometheusSource
    ) -> None:
        while True:
            try:
                await self._look(client, source)
            except (SourceSilent, InvalidInput, StoreError, Refused) as error:
                _log.warning("%s: %s", source.name, error)
                known = self._newest.readings[source.name]
                self._tell(msgspec.structs.replace(known, problem=str(error)))
            await asyncio.sleep(source.interval)

    async def _look(self, client: httpx.AsyncClient, source: PrometheusSource) -> None:
        answers = await ask_prometheus(client, source)
        label = source.queries.service_label
        reading = await asyncio.to_thread(read_answers, answers, source.name, label)
        observed_at = self._trusted_time(reading, source.name)
        organisation, names = await self._organisation.now()

        def name_of(word: str) -> str:
            return names.find((word,)) or word

        reading = renamed(reading, name_of)
        if source.tells_dependencies:
            await self._organisation.record(reading.calls, source.name, is_complete=False)
            organisation, _ = await self._organisation.now()
        claims = self._levels[source.name].take(reading.services, observed_at)
        await self._intake.hear_readings(
            source.name,
            {one: said for one, said in claims.items() if one in organisation.services},
        )
        self._keep_words(source.name)
        shares = self._shares[source.name]
        await shares.refresh(client, organisation.services, self._clock(), name_of)
        self._tell(
            Readings(
                source=source.name,
                observed_at=to_microseconds(observed_at),
                services=service_lines(reading.services, shares.of),
                dependencies=loudest(self._calls[source.name].lines(reading.calls.dependencies)),
            )
        )

    def _keep_words(self, source: str) -> None:
        """Keep what is wrong, also for the processes that ask nobody."""
        claims = self._levels[source].claims()
        self._words[source] = tuple(
            HealthWord(
                service=service,
                health=claim.health,
                told_by=source,
                indicator=claim.indicator,
                since=claim.since,
            )
            for service, claim in claims.items()
        )
        self._pass_on_words(source)

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
        self._pass_on(_READINGS, readings.source, readings)
        self._stream(readings)

    def _stream(self, readings: Readings) -> None:
        if self._newest.keep(readings):
            self._announce(self._newest.frame(readings))

    def _announce(self, frame: bytes) -> None:
        for log in (ORGANISATION_LOG, *(one.log for one in self._directory.running())):
            self._feed.announce_frame(log, frame)

    def _is_told(self, log: str) -> bool:
        return log == ORGANISATION_LOG or self._directory.is_running(log)

    # Catalogues

    async def _follow_catalogue(self, client: httpx.AsyncClient, source: CatalogueSource) -> None:
        while True:
            try:
                content = await fetch_catalogue(client, source)
                catalog = await asyncio.to_thread(read_catalog, content, source.name)
                await self._organisation.record(catalog, source.name, is_complete=True)
                await self._tell_of_calls(catalog, source)
                self._note_catalogue(
                    CatalogueSourceLine(
                        source=source.name,
                        read_at=to_microseconds(self._clock()),
                        warnings=list(catalog.warnings),
                    )
                )
            except (SourceSilent, InvalidInput, StoreError, Refused) as error:
                _log.warning("%s: %s", source.name, error)
                known = self._newest.catalogues[source.name]
                self._note_catalogue(msgspec.structs.replace(known, problem=str(error)))
            await asyncio.sleep(source.interval)

    async def _tell_of_calls(self, catalog: Catalog, source: CatalogueSource) -> None:
        """Stream rates, errors and latencies that a catalogue such as Kiali's measured.

        As of the time it names, or of now for an answer to a question: a file can be years old.
        """
        moments = [one.observed_at for one in catalog.sources if one.observed_at is not None]
        if not moments and source.is_file:
            return
        organisation, _ = await self._organisation.now()
        calls = [one for one in known_as(catalog, organisation).dependencies if is_measured(one)]
        if calls:
            at = to_microseconds(min(moments, default=self._clock()))
            lines = loudest(self._calls[source.name].lines(calls))
            self._tell(Readings(source=source.name, observed_at=at, dependencies=lines))

    def _note_catalogue(self, line: CatalogueSourceLine) -> None:
        self._show_catalogue(line)
        self._pass_on(_CATALOGUE, line.source, line)

    def _show_catalogue(self, line: CatalogueSourceLine) -> None:
        """Keep how a catalogue was read; consoles hear of it as of a source without readings."""
        if (said := self._newest.keep_catalogue(line)) is not None:
            self._announce(frame_of(said))

    # Other processes

    def _pass_on(self, topic: str, source: str, said: msgspec.Struct) -> None:
        if self._talk.is_shared:
            self._talk.say(topic, msgspec.json.encode(said), key=source)

    def _pass_on_words(self, source: str) -> None:
        self._pass_on(_WORDS, source, _SaidOfHealth(source=source, words=self._words[source]))

    def _tell_again(self) -> None:
        """For a process that has come since."""
        if self._is_asking:
            for line in self._newest.catalogues.values():
                self._pass_on(_CATALOGUE, line.source, line)
            for readings in self._newest.readings.values():
                self._pass_on(_READINGS, readings.source, readings)
            for source in self._words:
                self._pass_on_words(source)

    def _hear_readings(self, content: bytes) -> None:
        try:
            readings = msgspec.json.decode(content, type=Readings)
        except msgspec.DecodeError:
            return
        if not self._is_asking and readings != self._newest.readings.get(readings.source):
            self._stream(readings)

    def _hear_catalogue(self, content: bytes) -> None:
        try:
            line = msgspec.json.decode(content, type=CatalogueSourceLine)
        except msgspec.DecodeError:
            return
        if not self._is_asking and line.source in self._newest.catalogues:
            self._show_catalogue(line)

    def _hear_words(self, content: bytes) -> None:
        try:
            said = msgspec.json.decode(content, type=_SaidOfHealth)
        except msgspec.DecodeError:
            return
        if not self._is_asking and said.source in self._levels:
            self._words[said.source] = said.words
