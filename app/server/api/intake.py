"""Where monitoring and pipelines deliver."""

from __future__ import annotations

from hmac import compare_digest

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from app.events.event import ORGANISATION_LOG
from app.log.credentials import token_digest
from app.organisation.kinds import SourceRegistered
from app.protocol.problems import ProblemCode, Refused, refused
from app.server.access import token_in
from app.server.api.content import Call, answer, read_content
from app.server.site import Site, site_of


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The delivery is safe; `delivery` is its number here."""

    delivery: int


@post("/v1/intake/{form:str}/{source:str}", status_code=202, opt={"open": True})
async def take_delivery(
    request: Call, form: FromPath[str], source: FromPath[str]
) -> Response[bytes]:
    """Take in a delivery of a registered source, as it is (`Taken`).

    The token goes in `Authorization` (Bearer, or as the password of Basic).  Answers once the
    delivery is durable; what it says is on the timeline a moment later.
    """
    site = site_of(request)
    authorization = request.headers.get("authorization")
    try:
        registered = _registration(site, form, source, authorization)
    except Refused:  # it may have been registered with another process a moment ago
        if not await site.neighbours.catch_up(ORGANISATION_LOG):
            raise
        registered = _registration(site, form, source, authorization)
    delivery = await site.intake.take(registered, await read_content(request))
    return answer(Taken(delivery=delivery.id), 202)


def _registration(
    site: Site, form: str, source: str, authorization: str | None
) -> SourceRegistered:
    """The source that sends; the same is raised for an unknown one as for a wrong token."""
    registered = site.registry.source(source)
    token = token_in(authorization)
    expected = "" if registered is None else registered.token_sha256.lower()
    given = "" if token is None else token_digest(token)
    if registered is None or not compare_digest(expected.encode(), given.encode()) or not given:
        raise refused(ProblemCode.UNAUTHENTICATED, "no source with this name and token")
    if registered.format != form:
        raise refused(
            ProblemCode.UNKNOWN_FORMAT, f"{source!r} is registered for {registered.format!r}"
        )
    return registered
