"""Attachments: put under the SHA-256 of their content, and read again by whoever knows it."""

from __future__ import annotations

import asyncio
import re
from hashlib import sha256
from time import monotonic

from litestar import Response, get, put
from litestar.params import FromPath

from app.log.credentials import Principal
from app.proof.layout import MAX_BLOB_BYTES
from app.protocol.bodies import BlobKept
from app.protocol.problems import ProblemCode, refused
from app.server.api.content import Call, answer, read_content
from app.server.site import Site, site_of

ANY_BYTES = "application/octet-stream"
_NAME = re.compile(r"[0-9a-f]{64}")
_PACE = 5
"""An attachment counts as much as so many events."""

_HARMLESS = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=31536000, immutable",
}
"""Whatever an attachment is, nothing may run or show it in the name of this server."""


@put("/v1/blobs/{name:str}")
async def keep_blob(request: Call, name: FromPath[str]) -> Response[bytes]:
    """Keep an attachment of at most 25 MiB under its SHA-256, in lower-case hex.

    Answers 201 once it is durable, and 200 if it was here: it can be sent again as it is.  What
    the request says of its type is not kept.  An event refers to it by its SHA-256.
    """
    site = site_of(request)
    principal: Principal = request.user
    _require_name(name)
    if await asyncio.to_thread(site.blobs.has, name):
        return answer(BlobKept(sha256=name), 200)
    wait = site.pace.wait_for(principal.actor, _PACE, monotonic())
    if wait:
        raise refused(ProblemCode.RATE_LIMITED, retry_after=round(wait, 3))
    is_new = await _keep(site, request, name, principal)
    return answer(BlobKept(sha256=name), 201 if is_new else 200)


async def _keep(site: Site, request: Call, name: str, principal: Principal) -> bool:
    if site.uploading.locked():
        raise refused(ProblemCode.OVERLOADED, "too many attachments at once", retry_after=1.0)
    async with site.uploading:
        content = await read_content(request, MAX_BLOB_BYTES)
        if await asyncio.to_thread(lambda: sha256(content).hexdigest()) != name:
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                "the content has another SHA-256; send it again",
                field="sha256",
            )
        now = site.now()
        return await site.recorder.write(
            lambda: site.blobs.keep(content, actor=principal.actor, now=now)
        )


@get("/v1/blobs/{name:str}", media_type=ANY_BYTES)
async def read_blob(request: Call, name: FromPath[str]) -> Response[bytes]:
    """The attachment with this SHA-256, as bytes of no type.

    The name is the right to read it: who may not read a note is not told what it refers to.
    """
    site = site_of(request)
    _require_name(name)
    content = await asyncio.to_thread(site.blobs.content, name)
    if content is None:
        raise refused(ProblemCode.NOT_FOUND, "no attachment has this SHA-256")
    return Response(content, media_type=ANY_BYTES, headers=_HARMLESS | {"ETag": f'"{name}"'})


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise refused(
            ProblemCode.MALFORMED_REQUEST, "is not 64 lower-case hex digits", field="sha256"
        )
