"""For probes and Prometheus: whether the server lives, is ready, and what it counts."""

from __future__ import annotations

import asyncio

from litestar import Response, get

from app.log.problems import StoreError
from app.protocol.problems import ProblemCode, refused
from app.server.api.content import JSON, Call
from app.server.site import site_of

_PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@get("/health/live", opt={"open": True})
async def tell_live() -> Response[bytes]:
    """The process answers."""
    return Response(b'{"live":true}', media_type=JSON)


@get("/health/ready", opt={"open": True})
async def tell_ready(request: Call) -> Response[bytes]:
    """The database answers and there is room for more events."""
    site = site_of(request)
    if site.recorder.queued > site.settings.limits.queue:
        raise refused(ProblemCode.OVERLOADED, retry_after=1.0)
    try:
        await asyncio.to_thread(site.log.head, "organisation")
    except StoreError as error:
        raise refused(ProblemCode.STORAGE_UNAVAILABLE, str(error)) from error
    return Response(b'{"ready":true}', media_type=JSON)


@get("/metrics")
async def tell_measurements(request: Call) -> Response[bytes]:
    """Everything counted since the start, as Prometheus text."""
    site = site_of(request)
    gauges = {
        "events_queued": float(site.recorder.queued),
        "deliveries_waiting": float(site.intake.waiting),
        "streams_open": float(site.feed.listener_count),
        "logs": float(len(site.directory.heads())),
    }
    text = site.measurements.text(gauges, {"streams_cut_total": site.feed.cut_count})
    return Response(text.encode(), media_type=_PROMETHEUS_TEXT)
