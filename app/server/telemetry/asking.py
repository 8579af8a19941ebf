"""Asking over HTTP: Prometheus for its vectors, and whoever holds a catalogue for that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from app.errors import WatchfloorError
from app.server.scheduled_sources import CatalogueSource, PrometheusSource
from app.server.telemetry.service_readings import Answers

MAX_ANSWER_BYTES = 32 * 1024 * 1024
TIMEOUT_SECONDS = 10.0


class SourceSilent(WatchfloorError):
    """A source gives no answer that could be read; what it said last stays."""

    advice = "Check its address, and that it answers. It is asked again on schedule."


async def ask_prometheus(client: httpx.AsyncClient, source: PrometheusSource) -> Answers:
    """The answers to all its queries; raises `SourceSilent`."""
    queries = source.queries
    return Answers(
        requests=await ask_vector(client, source, queries.requests),
        failed=await ask_vector(client, source, queries.failed),
        latency=await ask_vector(client, source, queries.latency),
        service_rate=await ask_vector(client, source, queries.service_rate),
        service_errors=await ask_vector(client, source, queries.service_errors),
        service_latency=await ask_vector(client, source, queries.service_latency),
        service_saturation=await ask_vector(client, source, queries.service_saturation),
    )


async def fetch_catalogue(client: httpx.AsyncClient, source: CatalogueSource) -> bytes:
    """The bytes of a catalogue, from the web or a file; raises `SourceSilent`."""
    if not source.is_file:
        return await _get(client, source.name, source.where, {})
    try:
        return await asyncio.to_thread(_file, Path(source.where))
    except OSError as error:
        raise SourceSilent(f"{source.name}: {source.where}: {error.strerror}") from error


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_ANSWER_BYTES + 1)


async def ask_vector(
    client: httpx.AsyncClient, source: PrometheusSource, query: str
) -> bytes | None:
    """The body of the answer to one query, None for an empty one; raises `SourceSilent`."""
    if not query:
        return None
    url = f"{source.url.rstrip('/')}/api/v1/query"
    return await _get(client, source.name, url, {"query": query})


async def _get(client: httpx.AsyncClient, name: str, url: str, params: dict[str, str]) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        async with client.stream("GET", url, params=params) as answer:
            async for part in answer.aiter_bytes():
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    raise SourceSilent(f"{name}: answers more than {MAX_ANSWER_BYTES} bytes")
                parts.append(part)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise SourceSilent(f"{name}: {reason}") from error
    is_refusal = answer.status_code >= httpx.codes.BAD_REQUEST
    if is_refusal and answer.headers.get("content-type", "") != "application/json":
        raise SourceSilent(f"{name}: answered {answer.status_code}")
    return b"".join(parts)
