"""What there is: incidents, heads, the time, who one is; tokens and consoles."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post

from app.events.event import ORGANISATION_LOG, Draft
from app.log.credentials import Principal
from app.organisation.kinds import ConsoleRegistered
from app.proof.encoding import from_base64url
from app.proof.signatures import PUBLIC_KEY_BYTES, console_id
from app.protocol.bodies import (
    ConsoleAccepted,
    ConsoleRegistration,
    ServerTime,
    TokenIssued,
    TokenRequest,
    WhoAmI,
)
from app.protocol.problems import ProblemCode, refused
from app.server.api.content import Call, answer, decoded, read_content
from app.server.site import site_of
from app.server.standing import SERVER_ACTOR

_SMALL = 16 * 1024
_REGISTRATION = msgspec.json.Decoder(ConsoleRegistration)
_TOKEN_REQUEST = msgspec.json.Decoder(TokenRequest)


@get("/v1/incidents")
async def list_incidents(request: Call) -> Response[bytes]:
    """All incidents with the heads of their logs, latest change first (`IncidentList`)."""
    return answer(site_of(request).directory.incidents())


@get("/v1/time")
async def tell_time(request: Call) -> Response[bytes]:
    """The server's clock in microseconds (`ServerTime`)."""
    return answer(ServerTime(now=site_of(request).now()))


@get("/v1/me")
async def tell_who(request: Call) -> Response[bytes]:
    """Whom the token speaks for (`WhoAmI`)."""
    principal: Principal = request.user
    site = site_of(request)
    return answer(WhoAmI(actor=principal.actor, site=site.settings.site, site_key=site.key))


@post("/v1/tokens", status_code=201)
async def issue_token(request: Call) -> Response[bytes]:
    """The owner issues a token for somebody (`TokenRequest` in, `TokenIssued` out)."""
    site = site_of(request)
    principal: Principal = request.user
    if not principal.is_owner:
        raise refused(ProblemCode.FORBIDDEN, "only the owner of this server issues tokens")
    asked = decoded(await read_content(request, _SMALL), _TOKEN_REQUEST)
    kind, _, name = asked.actor.partition(":")
    if kind not in ("person", "integration") or not name or len(asked.actor) > 128:
        raise refused(
            ProblemCode.MALFORMED_REQUEST, "is not person:<id> or integration:<id>", field="actor"
        )
    now = site.now()
    token = await site.recorder.write(lambda: site.credentials.issue(asked.actor, now=now))
    return answer(TokenIssued(actor=asked.actor, token=token), 201)


@post("/v1/consoles", status_code=201)
async def register_console(request: Call) -> Response[bytes]:
    """Let an installation sign events for the person who asks.

    Takes `ConsoleRegistration`, answers `ConsoleAccepted`.  Asking again changes nothing.
    """
    site = site_of(request)
    principal: Principal = request.user
    asked = decoded(await read_content(request, _SMALL), _REGISTRATION)
    _require_own_id(asked)
    actor = principal.actor
    person = principal.person_id or actor
    known = site.registry.console(asked.console)
    if known is not None:
        if known.is_revoked or known.actor != actor:
            raise refused(ProblemCode.FORBIDDEN, "this console is revoked or somebody else's")
        position = site.registry.position
        return answer(ConsoleAccepted(console=asked.console, person=person, position=position))
    fact = ConsoleRegistered(console=asked.console, public_key=asked.public_key, person=person)
    (position,) = await site.own_hand.record(ORGANISATION_LOG, SERVER_ACTOR, [Draft(fact=fact)])
    accepted = ConsoleAccepted(console=asked.console, person=person, position=position)
    return answer(accepted, 201)


def _require_own_id(asked: ConsoleRegistration) -> None:
    try:
        key = from_base64url(asked.public_key)
    except ValueError as error:
        raise refused(ProblemCode.MALFORMED_REQUEST, str(error), field="public_key") from error
    if len(key) != PUBLIC_KEY_BYTES or asked.console != console_id(key):
        raise refused(ProblemCode.MALFORMED_REQUEST, "is not the id of this key", field="console")
