"""Reading requests and writing answers: bytes within limits, JSON through msgspec."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from app.events.event import ORGANISATION_LOG, incident_id_of
from app.protocol.bodies import MAX_REQUEST_BYTES
from app.protocol.problems import ProblemCode, refused
from app.server.api.unpacking import NOTHING_KEPT, Gzipped, Plain
from app.server.failures import SenderLeft

Call = Request[Any, Any, Any]
Content = TypeVar("Content")

JSON = "application/json"
_DRAIN_BYTES = 8 * 1024 * 1024
_INCIDENT_ID_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-")


async def read_content(request: Call, limit: int = MAX_REQUEST_BYTES) -> bytes:
    """The request's body, unpacked if it came as gzip.

    Raises `Refused`: too-large when it has, or unpacks to, more than `limit` bytes, and
    malformed-request when its `Content-Encoding` is another one or it is no gzip.  Some of what
    is too much is read and thrown away, so that the sender sees the answer.  Raises `SenderLeft`.
    """
    taken = _taken_in(request.headers.get("content-encoding", ""), limit)
    received = 0
    async for part in _parts(request):
        received += len(part)
        taken.feed(part)
        if taken.is_too_large and received > _DRAIN_BYTES:
            break
    return taken.content()


async def _parts(request: Call) -> AsyncIterator[bytes]:
    """The body as it comes."""
    has_more = True
    while has_more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise SenderLeft
        yield message["body"]
        has_more = message["more_body"]


def _taken_in(encoding: str, limit: int) -> Plain:
    match encoding.strip().lower():
        case "" | "identity":
            return Plain(limit)
        case "gzip" | "x-gzip":
            return Gzipped(limit)
    raise refused(
        ProblemCode.MALFORMED_REQUEST,
        "send the body as it is, or as gzip",
        field="Content-Encoding",
    )


def decoded(content: bytes, decoder: msgspec.json.Decoder[Content]) -> Content:
    """`content` as the decoder's type; raises `Refused` (malformed-request) saying where."""
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail = f"{error}; {NOTHING_KEPT}"
        raise refused(ProblemCode.MALFORMED_REQUEST, detail) from error
    except RecursionError as error:
        detail = f"nests too deeply; {NOTHING_KEPT}"
        raise refused(ProblemCode.MALFORMED_REQUEST, detail) from error


def answer(body: msgspec.Struct, status: int = 200) -> Response[bytes]:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), media_type=JSON, status_code=status)


def require_log_name(log: str) -> str:
    """`log` if it can be the name of one; raises `Refused` (unknown-log)."""
    if log == ORGANISATION_LOG:
        return log
    incident_id = incident_id_of(log)
    if incident_id and len(incident_id) <= 64 and _INCIDENT_ID_CHARACTERS.issuperset(incident_id):
        return log
    raise refused(ProblemCode.UNKNOWN_LOG, "logs are `organisation` and `incident:<id>`")


def header_after(request: Call) -> int | None:
    """The position in `Last-Event-ID`, if the request has that header.

    Raises `Refused` (malformed-request) if it is no position.
    """
    value = request.headers.get("last-event-id")
    if value is None or value == "":
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 17):
        raise refused(ProblemCode.MALFORMED_REQUEST, "is not a position", field="Last-Event-ID")
    return int(value)
