"""Who may do what: listing and revoking tokens and consoles, and setting clearances."""

from __future__ import annotations

import asyncio

import msgspec
from litestar import Response, delete, get, put
from litestar.params import FromPath, FromQuery

from app.events.event import ORGANISATION_LOG, Draft
from app.log.credentials import IssuedToken, Principal
from app.organisation.kinds import ClearanceSet, ConsoleRevoked
from app.protocol.problems import ProblemCode, refused
from app.protocol.rights import (
    TOKEN_ID_CHARACTERS,
    ClearanceLine,
    ClearanceList,
    ClearanceRequest,
    ConsoleLine,
    ConsoleList,
    TokenLine,
    TokenList,
)
from app.server.api.content import Call, answer, decoded, read_content
from app.server.site import Site, site_of
from app.server.standing import SERVER_ACTOR

_SMALL = 16 * 1024
_MOST_REASON = 500
_CLEARANCE = msgspec.json.Decoder(ClearanceRequest)


@get("/v1/tokens")
async def list_tokens(request: Call) -> Response[bytes]:
    """The tokens that were issued, without what is secret of them (`TokenList`).

    The owner sees all of them, everybody else their own.
    """
    principal: Principal = request.user
    issued = await asyncio.to_thread(site_of(request).credentials.issued)
    lines = [_line(one, principal) for one in issued if _is_theirs(one.actor, principal)]
    return answer(TokenList(tokens=lines))


@delete("/v1/tokens/{token:str}", status_code=204)
async def revoke_token(request: Call, token: FromPath[str]) -> None:
    """End a token, named by the id that the list has: the owner any, everybody else their own.

    Requests with it are refused and its streams end with `bye`.  The owner's last token stays.
    """
    site = site_of(request)
    principal: Principal = request.user
    issued = await asyncio.to_thread(site.credentials.issued)
    valid = [one for one in issued if one.revoked_at is None]
    found = [
        one
        for one in valid
        if len(token) >= TOKEN_ID_CHARACTERS
        and one.digest.startswith(token)
        and _is_theirs(one.actor, principal)
    ]
    if len(found) != 1:
        raise refused(ProblemCode.NOT_FOUND, "no valid token has this id")
    if found[0].is_owner and sum(one.is_owner for one in valid) == 1:
        raise refused(ProblemCode.FORBIDDEN, "the owner's last token stays; issue another first")
    digest, now = found[0].digest, site.now()
    await site.recorder.write(lambda: site.credentials.revoke(digest, now=now))
    site.access.forget(digest)
    site.feed.rouse()


@get("/v1/consoles")
async def list_consoles(request: Call) -> Response[bytes]:
    """The consoles that may sign events, or might once (`ConsoleList`).

    The owner sees all of them, everybody else their own.
    """
    principal: Principal = request.user
    lines = [
        ConsoleLine(console=one.console, actor=one.actor, is_revoked=one.is_revoked)
        for one in site_of(request).registry.consoles()
        if _is_theirs(one.actor, principal)
    ]
    return answer(ConsoleList(consoles=lines))


@delete("/v1/consoles/{console:str}", status_code=204)
async def revoke_console(
    request: Call, console: FromPath[str], reason: FromQuery[str] = ""
) -> None:
    """End a console's right to sign: the owner any, everybody else their own.

    What it signs from now on is kept and shown, and takes no effect.
    """
    site = site_of(request)
    principal: Principal = request.user
    known = site.registry.console(console)
    if known is None or not _is_theirs(known.actor, principal):
        raise refused(ProblemCode.NOT_FOUND, "no console has this id")
    if known.actor == SERVER_ACTOR:
        raise refused(ProblemCode.FORBIDDEN, "this is the server's own key")
    if not known.is_revoked:
        revoked = ConsoleRevoked(console=console, reason=reason[:_MOST_REASON])
        await _record(site, principal, Draft(fact=revoked))


@get("/v1/clearances")
async def list_clearances(request: Call) -> Response[bytes]:
    """Every clearance that was set, by person (`ClearanceList`); for the owner."""
    _require_owner(request)
    lines = [
        ClearanceLine(person=person, clearance=clearance)
        for person, clearance in site_of(request).registry.clearances().items()
    ]
    return answer(ClearanceList(clearances=lines))


@put("/v1/clearances/{person:str}")
async def set_clearance(request: Call, person: FromPath[str]) -> Response[bytes]:
    """The owner says how sensitive an entry a person may read (`ClearanceRequest`).

    From now on that person's consoles get what is at most so sensitive, earlier entries too.
    Answers with `ClearanceLine`.
    """
    site = site_of(request)
    principal = _require_owner(request)
    asked = decoded(await read_content(request, _SMALL), _CLEARANCE)
    if not 0 < len(person) <= 128:
        raise refused(ProblemCode.MALFORMED_REQUEST, "has 1 to 128 characters", field="person")
    if site.registry.clearance(person) is not asked.clearance:
        fact = ClearanceSet(person=person, clearance=asked.clearance)
        await _record(site, principal, Draft(fact=fact))
        site.feed.rouse()
    return answer(ClearanceLine(person=person, clearance=asked.clearance))


def _require_owner(request: Call) -> Principal:
    principal: Principal = request.user
    if not principal.is_owner:
        raise refused(ProblemCode.FORBIDDEN, "only the owner of this server sets clearances")
    return principal


def _is_theirs(actor: str, principal: Principal) -> bool:
    return principal.is_owner or actor == principal.actor


def _line(issued: IssuedToken, principal: Principal) -> TokenLine:
    return TokenLine(
        id=issued.digest[:TOKEN_ID_CHARACTERS],
        actor=issued.actor,
        is_owner=issued.is_owner,
        created_at=issued.created_at,
        revoked_at=issued.revoked_at,
        is_this=issued.digest == principal.token,
    )


async def _record(site: Site, principal: Principal, draft: Draft) -> None:
    """The server signs; the actor says on whose word."""
    actor = f"automation:rights/{principal.actor.replace(':', '/')}"
    await site.own_hand.record(ORGANISATION_LOG, actor, [draft])
