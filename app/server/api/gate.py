"""The gate before a deploy: a pipeline asks, and is told why not."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.params import Parameter

from app.protocol.problems import ProblemCode, refused
from app.server.api.content import Call, answer
from app.server.site import site_of

_MOST_CHARACTERS = 200


@get("/v1/deploy-gate")
async def ask_deploy_gate(
    request: Call,
    service: Annotated[str, Parameter(description="id, alias or name of the service")] = "",
    environment: Annotated[str, Parameter(description="where to; empty: anywhere")] = "",
) -> Response[bytes]:
    """Whether a service may be deployed now, with the reasons (`DeployAnswer`)."""
    asked = service.strip()
    if not asked or len(asked) > _MOST_CHARACTERS:
        raise refused(
            ProblemCode.MALFORMED_REQUEST, "names the service to deploy", field="service"
        )
    desk = site_of(request).deploy_desk
    found = answer(await desk.ask(asked, environment.strip(), asker=request.user))
    found.headers["cache-control"] = "no-store"
    return found
