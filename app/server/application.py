"""The web application: routes, who may call them, and how failures are answered."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.middleware.base import DefineMiddleware
from litestar.types import ControllerRouterHandler, Message, Scope

from app.protocol.bodies import SITE_CHECKPOINT_HEADER, SITE_HEADER
from app.protocol.problems import MEDIA_TYPE, ProblemCode, refused
from app.server.api import (
    blobs,
    events,
    gate,
    health,
    intake,
    listing,
    presence,
    proof,
    rights,
    sources,
    stream,
)
from app.server.failures import SenderLeft, headers_of, problem_of
from app.server.openapi import openapi_config
from app.server.site import Site

ROUTES: tuple[ControllerRouterHandler, ...] = (
    events.push_events,
    events.read_events,
    stream.stream_log,
    stream.stream_heads,
    listing.list_incidents,
    listing.tell_time,
    listing.tell_who,
    listing.issue_token,
    listing.register_console,
    blobs.keep_blob,
    blobs.read_blob,
    rights.list_tokens,
    rights.revoke_token,
    rights.list_consoles,
    rights.revoke_console,
    rights.list_clearances,
    rights.set_clearance,
    presence.tell_presence,
    intake.take_delivery,
    sources.register_source,
    sources.revoke_source,
    sources.list_sources,
    sources.tell_waiting,
    sources.tell_telemetry,
    gate.ask_deploy_gate,
    proof.tell_checkpoint,
    proof.prove_inclusion,
    proof.prove_consistency,
    proof.export_log,
    health.tell_live,
    health.tell_ready,
    health.tell_measurements,
)


def app_of(site: Site) -> Litestar:
    """The ASGI application of a site that is running."""
    app = _application()
    app.state.site = site
    return app


def _application() -> Litestar:
    return Litestar(
        route_handlers=ROUTES,
        before_send=[_tell_of_site],
        middleware=[DefineMiddleware(TokenCheck, exclude_from_auth_key="open")],
        exception_handlers={
            Exception: _answer_failure,
            HTTPException: _answer_failure,
        },
        openapi_config=openapi_config(),
        request_max_body_size=None,
        logging_config=None,
    )


class TokenCheck(AbstractAuthenticationMiddleware):
    """Lets a request through only with a token, unless its route says it is open.

    One that is meant for another site is refused, whatever its token.
    """

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Whom the request speaks for; raises `Refused` (unauthenticated, other-site)."""
        site: Site = connection.app.state.site
        principal = await site.access.principal(connection.headers.get("authorization"))
        if (key := connection.headers.get(SITE_HEADER)) is not None and key != site.key:
            raise refused(ProblemCode.OTHER_SITE, "this request was meant for another one")
        if (word := connection.headers.get(SITE_CHECKPOINT_HEADER)) is not None:
            await site.witness.hear(word, principal.actor)
        return AuthenticationResult(user=principal, auth=None)


async def _tell_of_site(message: Message, scope: Scope) -> None:
    """Put the site's newest checkpoint on what answers somebody who is let in."""
    if message["type"] == "http.response.start" and "user" in scope:
        site: Site = scope["litestar_app"].state.site
        if word := site.witness.word():
            headers = MutableScopeHeaders.from_message(message)
            headers[SITE_CHECKPOINT_HEADER] = word


def _answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    site: Site = request.app.state.site
    why = problem_of(error)
    if isinstance(error, SenderLeft):
        site.measurements.abandoned += 1
    else:
        site.measurements.problems[why.code] += 1
    return Response(
        why.encoded(), media_type=MEDIA_TYPE, status_code=why.status, headers=headers_of(why)
    )
