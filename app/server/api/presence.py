"""Who is looking at what right now: passed on to the others, never recorded."""

from __future__ import annotations

from time import monotonic

import msgspec
from litestar import post
from litestar.params import FromPath

from app.log.credentials import Principal
from app.protocol.bodies import MAX_PRESENCE_BYTES
from app.protocol.problems import ProblemCode, refused
from app.server.api.content import Call, decoded, read_content, require_log_name
from app.server.site import site_of

_ANY_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@post("/v1/logs/{log:str}/presence", status_code=204)
async def tell_presence(request: Call, log: FromPath[str]) -> None:
    """Tell everyone who follows this log who is there, wherever they follow it.

    Takes a small JSON object of the console's own.  It holds for a minute, until another, or until
    `"gone": true`; `console` tells the consoles of one person apart.  Followers get it as
    a `presence` frame with `actor`, and one with `gone` when it is over, at the latest six
    seconds after the server process it was told to has died.
    """
    site = site_of(request)
    if site.directory.head(require_log_name(log)) is None:
        raise refused(ProblemCode.UNKNOWN_LOG, f"there is no log {log!r}")
    principal: Principal = request.user
    said = decoded(await read_content(request, MAX_PRESENCE_BYTES), _ANY_OBJECT)
    wait = site.presence_pace.wait_for(principal.actor, 1, monotonic())
    if wait:
        raise refused(ProblemCode.RATE_LIMITED, retry_after=round(wait, 3))
    site.presence.say(log, principal.actor, said)
