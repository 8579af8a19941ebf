"""Shares of failed calls over the windows that service levels need, asked now and then.

A share over thirty days does not move within a minute: long windows are asked less often.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from app.errors import InvalidInput
from app.graph.formats.prometheus_service_graph import read_red
from app.graph.service_level import objective_in, windows_of
from app.organisation.kinds import ServiceRecorded
from app.server.scheduled_sources import PrometheusSource
from app.server.telemetry.asking import SourceSilent, ask_vector

_EMPTY_PAUSE = timedelta(seconds=15)
_LEAST_PAUSE = timedelta(seconds=60)
_MOST_PAUSE = timedelta(minutes=10)
_PAUSES_IN_WINDOW = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one window came to, and when (aware UTC)."""

    at: datetime
    shares: Mapping[str, float]


class ErrorShares:
    """The shares that one source tells of."""

    def __init__(self, source: PrometheusSource) -> None:
        self._source = source
        self._asked: dict[timedelta, _Asked] = {}
        self._services: Mapping[str, ServiceRecorded] = {}
        self._windows: tuple[timedelta, ...] = ()

    async def refresh(
        self,
        client: httpx.AsyncClient,
        services: Mapping[str, ServiceRecorded],
        now: datetime,
        name_of: Callable[[str], str],
    ) -> None:
        """Ask what is due at `now` for the objectives of `services`.

        `name_of` gives the service that the source calls so.  A window without an answer is left
        out until there is one: an old share must not look like one of now.
        """
        if services is not self._services:
            self._services = services
            self._windows = await asyncio.to_thread(_windows, services.values())
        self._asked = {one: said for one, said in self._asked.items() if one in self._windows}
        for window in self._windows:
            known = self._asked.get(window)
            pause = pause_of(window) if known is not None and known.shares else _EMPTY_PAUSE
            if known is None or now - known.at >= pause:
                self._asked[window] = _Asked(now, await self._shares(client, window, name_of))

    def of(self, service: str) -> dict[int, float]:
        """Shares of failed calls by seconds; none for a service without an objective."""
        recorded = self._services.get(service)
        if recorded is None or not recorded.slo:
            return {}
        return {
            int(window.total_seconds()): said.shares[service]
            for window, said in self._asked.items()
            if service in said.shares
        }

    async def _shares(
        self, client: httpx.AsyncClient, window: timedelta, name_of: Callable[[str], str]
    ) -> dict[str, float]:
        queries, name = self._source.queries, self._source.name
        label = queries.service_label
        try:
            readings = read_red(
                name=name,
                rate=await self._vector(client, queries.window_calls, window),
                errors=await self._vector(client, queries.window_failed, window),
                label=label,
            )
        except (SourceSilent, InvalidInput) as error:
            _log.warning("%s: over %s: %s", name, window, error)
            return {}
        return {
            name_of(one.service_id): one.error_ratio
            for one in readings
            if one.error_ratio is not None
        }

    async def _vector(
        self, client: httpx.AsyncClient, query: str, window: timedelta
    ) -> bytes | None:
        seconds = f"{int(window.total_seconds())}s"
        filled = query.replace("$label", self._source.queries.service_label)
        return await ask_vector(client, self._source, filled.replace("$window", seconds))


def pause_of(window: timedelta) -> timedelta:
    """How long the share over a window is good enough."""
    return min(_MOST_PAUSE, max(_LEAST_PAUSE, window / _PAUSES_IN_WINDOW))


def _windows(services: Iterable[ServiceRecorded]) -> tuple[timedelta, ...]:
    words = {one.slo for one in services if one.slo}
    found = (objective_in(one) for one in sorted(words))
    return windows_of(one for one in found if one is not None)
