"""The web application: routes, who may call them, and how failures are answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import ceil
from typing import Any

from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.middleware.base import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from app.log.event_log import UnknownLog
from app.log.problems import StorageFull, StoreError
from app.protocol.problems import MEDIA_TYPE, Problem, ProblemCode, Refused, problem
from app.server.api import events, health, listing, presence, stream
from app.server.settings import Settings
from app.server.site import Clock, Site, running_site, utc_now

_log = logging.getLogger(__name__)

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
    presence.tell_presence,
    health.tell_live,
    health.tell_ready,
    health.tell_measurements,
)

_CODE_OF_STATUS = {
    400: ProblemCode.MALFORMED_REQUEST,
    401: ProblemCode.UNAUTHENTICATED,
    403: ProblemCode.FORBIDDEN,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.TOO_LARGE,
}


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Litestar:
    """The server as an ASGI application; its store is open while its lifespan runs.

    Then `app.state.site` is the running `Site`.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with running_site(settings, clock) as site:
            app.state.site = site
            try:
                yield
            finally:
                site.feed.close(retry_ms=1_000)

    return _application([lifespan])


def app_of(site: Site) -> Litestar:
    """The ASGI application of a site that is running already."""
    app = _application([])
    app.state.site = site
    return app


Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def _application(lifespan: Sequence[Lifespan]) -> Litestar:
    return Litestar(
        route_handlers=ROUTES,
        lifespan=lifespan,
        middleware=[DefineMiddleware(TokenCheck, exclude_from_auth_key="open")],
        exception_handlers={
            Refused: _answer_refused,
            StoreError: _answer_store_error,
            HTTPException: _answer_http_exception,
            Exception: _answer_bug,
        },
        openapi_config=OpenAPIConfig(title="Watchfloor", version="1", path="/v1/schema"),
        request_max_body_size=None,
        logging_config=None,
    )


class TokenCheck(AbstractAuthenticationMiddleware):
    """Lets a request through only with a token, unless its route says it is open."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Whom the request speaks for; raises `Refused` (unauthenticated)."""
        site: Site = connection.app.state.site
        principal = await site.access.principal(connection.headers.get("authorization"))
        return AuthenticationResult(user=principal, auth=None)


def _answer_refused(request: Request[Any, Any, Any], error: Refused) -> Response[bytes]:
    return _answer(request, error.problem)


def _answer_store_error(request: Request[Any, Any, Any], error: StoreError) -> Response[bytes]:
    if isinstance(error, UnknownLog):
        return _answer(request, problem(ProblemCode.UNKNOWN_LOG, str(error)))
    _log.error("the store failed", exc_info=error)
    if isinstance(error, StorageFull):
        return _answer(request, problem(ProblemCode.STORAGE_FULL, str(error)))
    why = problem(ProblemCode.STORAGE_UNAVAILABLE, str(error), retry_after=5.0)
    return _answer(request, why)


def _answer_http_exception(
    request: Request[Any, Any, Any], error: HTTPException
) -> Response[bytes]:
    code = _CODE_OF_STATUS.get(error.status_code, ProblemCode.INTERNAL)
    return _answer(request, problem(code, error.detail))


def _answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.error("a request failed", exc_info=error)
    return _answer(request, problem(ProblemCode.INTERNAL))


def _answer(request: Request[Any, Any, Any], why: Problem) -> Response[bytes]:
    site: Site = request.app.state.site
    site.measurements.problems[why.code] += 1
    headers = {"Cache-Control": "no-store"}
    if why.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(why.retry_after)))
    if why.code == ProblemCode.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(why.encoded(), media_type=MEDIA_TYPE, status_code=why.status, headers=headers)
