"""The live streams: one log as it grows, or the heads of all logs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from app.events.sensitivity import Sensitivity
from app.log.credentials import Principal
from app.protocol.bodies import EPOCH_HEADER, EVENT_STREAM, HEAD_HEADER, LogHead
from app.protocol.problems import ProblemCode, refused
from app.protocol.stream import (
    CLEARANCE_CHANGED,
    HEARTBEAT,
    SIGNED_OUT,
    FrameKind,
    encode_bye,
    encode_frame,
)
from app.server.api.content import Call, header_after, require_log_name
from app.server.api.events import read_page
from app.server.feed import Subscription, head_frame, record_packets
from app.server.outlet import Outlet, outlet_in
from app.server.site import Site, site_of

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_BYE_SIGNED_OUT = encode_bye(retry_ms=60_000, reason=SIGNED_OUT)
_BYE_CLEARANCE_CHANGED = encode_bye(retry_ms=100, reason=CLEARANCE_CHANGED)
_LAGGED = encode_frame(FrameKind.LAGGED, [b"{}"])


@get("/v1/logs/{log:str}/stream", media_type=EVENT_STREAM)
async def stream_log(
    request: Call,
    log: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    epoch: FromQuery[str] = "",
) -> Stream:
    """Everything recorded after `Last-Event-ID` (or `after`), and then everything new."""
    site = site_of(request)
    require_log_name(log)
    from_header = header_after(request)
    start = after if from_header is None else from_header
    head = _head_at(site, log, start)
    if head is None or epoch not in ("", head.epoch):
        page = await read_page(site, log, start, request.user, limit=1, epoch=epoch)
        log_epoch, position = page.epoch, page.head
    else:
        log_epoch, position = head.epoch, head.position
    headers = {**_HEADERS, EPOCH_HEADER: log_epoch, HEAD_HEADER: str(position)}
    following = Following(
        site=site,
        log=log,
        epoch=log_epoch,
        reader=request.user,
        clearance=site.discretion.clearance(request.user),
    )
    frames = follow_log(following, start, outlet_in(request.scope))
    return Stream(frames, media_type=EVENT_STREAM, headers=headers)


@get("/v1/stream", media_type=EVENT_STREAM)
async def stream_heads(request: Call) -> Stream:
    """The head of every log now, and then each head that changes."""
    frames = follow_heads(site_of(request), request.user, outlet_in(request.scope))
    return Stream(frames, media_type=EVENT_STREAM, headers=_HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Who follows which log, as it was when they began."""

    site: Site
    log: str
    epoch: str
    reader: Principal
    clearance: Sensitivity

    async def farewell(self) -> bytes | None:
        """The frame that ends the stream of a reader whose rights changed; None while not."""
        if await self.site.access.is_revoked(self.reader):
            return _BYE_SIGNED_OUT
        if self.site.discretion.clearance(self.reader) is not self.clearance:
            return _BYE_CLEARANCE_CHANGED
        return None


def _head_at(site: Site, log: str, position: int) -> LogHead | None:
    """The head of `log` if that is where it is known to end: then the store need not be asked.

    What others have recorded after it and is not known here yet comes to whoever listens, as
    the rest does.  A crowd that comes back after a restart mostly stands there.
    """
    head = site.directory.head(log)
    if head is None or head.position != position or not site.discretion.knows(log, position):
        return None
    return head


async def follow_log(
    following: Following, after: int, outlet: Outlet | None = None
) -> AsyncIterator[bytes]:
    """The frames of one listener.  It is registered only once somebody really reads."""
    site = following.site
    with site.feed.listen(following.log) as subscription:
        subscription.outlet = outlet
        yield HEARTBEAT
        if _head_at(site, following.log, after) is None:
            async for position, chunk in _catch_up(following, after):
                after = position
                yield chunk
        if present := site.presence.present(following.log):
            yield b"".join(encode_frame(FrameKind.PRESENCE, [line]) for line in present)
        for frame in site.telemetry.frames(following.log):
            yield frame
        while True:
            subscription.after = after
            packets = await subscription.packets(site.settings.limits.heartbeat_seconds)
            after = subscription.after
            chunks: list[bytes] = []
            for packet in packets:
                if packet.last and packet.first != after + 1:
                    async for position, chunk in _between(following, after, packet.last):
                        after = position
                        chunks.append(chunk)
                else:
                    after = packet.last or after
                    chunks.append(packet.frame)
            if (farewell := await following.farewell()) is not None:
                yield farewell
                return
            if (ending := _ending(subscription)) is not None:
                yield b"".join([*chunks, ending])
                return
            yield b"".join(chunks) or HEARTBEAT


async def follow_heads(
    site: Site, reader: Principal, outlet: Outlet | None = None
) -> AsyncIterator[bytes]:
    """The frames of one listener to heads."""
    with site.feed.listen_to_heads() as subscription:
        subscription.outlet = outlet
        yield b"".join(head_frame(head) for head in site.directory.heads()) or HEARTBEAT
        while True:
            packets = await subscription.packets(site.settings.limits.heartbeat_seconds)
            if await site.access.is_revoked(reader):
                yield _BYE_SIGNED_OUT
                return
            if (ending := _ending(subscription)) is not None:
                yield ending
                return
            yield b"".join(packet.frame for packet in packets) or HEARTBEAT


def _ending(subscription: Subscription) -> bytes | None:
    return _LAGGED if subscription.is_lagged else subscription.bye


async def _between(
    following: Following, after: int, last: int
) -> AsyncIterator[tuple[int, bytes]]:
    """What is missing up to `last`, which may have been sent already."""
    if last > after:
        async for position, chunk in _catch_up(following, after):
            yield position, chunk


async def _catch_up(following: Following, after: int) -> AsyncIterator[tuple[int, bytes]]:
    """Stored records after a position as frames, each with the position it reaches."""
    while True:
        page = await read_page(following.site, following.log, after, following.reader)
        if page.epoch != following.epoch:
            raise refused(ProblemCode.EPOCH_CHANGED, epoch=page.epoch, head=page.head)
        for packet in record_packets(page.lines, after + 1):
            yield packet.last, packet.frame
        after = page.next
        if after >= page.head:
            return
