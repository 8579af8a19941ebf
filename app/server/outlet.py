"""The straight way out of the server: chunks of a streamed body, past the ASGI application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

OUTLET = "watchfloor.outlet"
"""The extension of an ASGI scope in which the `Outlet` of its response is found."""


class Outlet(Protocol):
    """Where chunks of a response's body can be written at once."""

    def write(self, chunk: bytes) -> bool:
        """Write one chunk, framed already; False when the client must be waited for instead."""
        ...

    def cut(self) -> None:
        """Hang up, whatever the client has not read, unless the response is over by now."""
        ...


def outlet_in(scope: Mapping[str, Any]) -> Outlet | None:
    """The outlet of the response to a request with this ASGI scope, where there is one."""
    found: Outlet | None = (scope.get("extensions") or {}).get(OUTLET, {}).get("outlet")
    return found


def chunk_of(body: bytes) -> bytes:
    """`body`, not empty, as one chunk of a chunked body (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(body), body)
