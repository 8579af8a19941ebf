"""The description of the protocol that the server serves, with every body in it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.protocol import bodies, rights, sources
from app.protocol.gate import DeployAnswer
from app.protocol.problems import MEDIA_TYPE, Problem
from app.server.api.intake import Taken

_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_ANY_BYTES = "application/octet-stream"

Struct = type[msgspec.Struct]

_ASKED: dict[tuple[str, str], Struct] = {
    ("/v1/logs/{log}/events", "post"): bodies.PushRequest,
    ("/v1/tokens", "post"): bodies.TokenRequest,
    ("/v1/consoles", "post"): bodies.ConsoleRegistration,
    ("/v1/clearances/{person}", "put"): rights.ClearanceRequest,
    ("/v1/sources", "post"): sources.SourceRegistration,
}
_ANSWERED: dict[tuple[str, str], tuple[str, Struct]] = {
    ("/v1/logs/{log}/events", "post"): ("200", bodies.PushResponse),
    ("/v1/logs/{log}/proof", "get"): ("200", bodies.InclusionProof),
    ("/v1/logs/{log}/consistency", "get"): ("200", bodies.ConsistencyProof),
    ("/v1/deploy-gate", "get"): ("200", DeployAnswer),
    ("/v1/incidents", "get"): ("200", bodies.IncidentList),
    ("/v1/time", "get"): ("200", bodies.ServerTime),
    ("/v1/me", "get"): ("200", bodies.WhoAmI),
    ("/v1/tokens", "post"): ("201", bodies.TokenIssued),
    ("/v1/consoles", "post"): ("201", bodies.ConsoleAccepted),
    ("/v1/blobs/{name}", "put"): ("200", bodies.BlobKept),
    ("/v1/tokens", "get"): ("200", rights.TokenList),
    ("/v1/consoles", "get"): ("200", rights.ConsoleList),
    ("/v1/clearances", "get"): ("200", rights.ClearanceList),
    ("/v1/clearances/{person}", "put"): ("200", rights.ClearanceLine),
    ("/v1/sources", "post"): ("201", sources.SourceIssued),
    ("/v1/sources", "get"): ("200", sources.SourceList),
    ("/v1/intake/waiting", "get"): ("200", sources.WaitingList),
    ("/v1/intake/{form}/{source}", "post"): ("202", Taken),
}


def openapi_config() -> OpenAPIConfig:
    """Serves `/v1/schema/openapi.json`; no pages, so that nothing is fetched from elsewhere."""
    return OpenAPIConfig(
        title="Watchfloor", version="1", path="/v1/schema", render_plugins=[DescribedBodies()]
    )


class DescribedBodies(JsonRenderPlugin):
    """Adds the bodies, which routes read as bytes, and problems to what the framework knows."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The whole description as JSON."""
        return self.render_json(request, described(openapi_schema))


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with the bodies of every route, a bearer token, and problems as other answers."""
    structs = [*_ASKED.values(), *(struct for _, struct in _ANSWERED.values()), Problem]
    _, components = msgspec.json.schema_components(structs, ref_template=_REFERENCE)
    paths = {
        path: {
            method: _operation(path, method, operation) for method, operation in methods.items()
        }
        for path, methods in schema["paths"].items()
    }
    known = schema.get("components", {})
    return schema | {
        "paths": paths,
        "components": known
        | {
            "schemas": known.get("schemas", {}) | components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    responses = {
        status: answer for status, answer in operation["responses"].items() if status < "400"
    }
    if (path, method) in _ANSWERED:
        status, struct = _ANSWERED[path, method]
        responses[status] = responses.get(status, {"description": ""}) | _content(_JSON, struct)
    problems = {"description": "A problem (RFC 9457)."} | _content(MEDIA_TYPE, Problem)
    described = operation | {"responses": responses | {"default": problems}}
    if (path, method) in _ASKED:
        described["requestBody"] = {"required": True} | _content(_JSON, _ASKED[path, method])
    elif path.startswith("/v1/intake/") or (path, method) == ("/v1/blobs/{name}", "put"):
        described["requestBody"] = {"required": True, "content": {_ANY_BYTES: {}}}
    if path.startswith("/health/"):
        described["security"] = []
    return described


def _content(media_type: str, struct: Struct) -> dict[str, Any]:
    reference = {"$ref": _REFERENCE.format(name=struct.__name__)}
    return {"content": {media_type: {"schema": reference}}}
