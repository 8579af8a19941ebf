"""One connection of a client: uvicorn's protocol, and a straight way out for live streams."""

from __future__ import annotations

from typing import Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

OUTLET = "watchfloor.outlet"
"""The extension in an ASGI scope under which the `Outlet` of its response is found."""

_STREAM = b"/stream"


class Outlet(Protocol):
    """Where chunks of a response's body can be written at once, past the ASGI application."""

    def write(self, chunk: bytes) -> bool:
        """Write one chunk, framed already; False when the client must be waited for instead."""
        ...


class _StraightOut:
    """The outlet of one response: its chunks go to the transport as they are."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle

    def write(self, chunk: bytes) -> bool:
        """See `Outlet`: nothing passes what waits in front of it, nor a response that is over."""
        cycle = self._cycle
        if cycle.flow.write_paused or cycle.disconnected or cycle.response_complete:
            return False
        if not cycle.chunked_encoding:
            return False
        cycle.transport.write(chunk)
        return True


class Connection(HttpToolsProtocol):
    """Serves one client; requests for streams learn of their outlet."""

    def on_headers_complete(self) -> None:
        """Begin to answer a request, as uvicorn calls it."""
        super().on_headers_complete()
        if self.scope["path"].encode().endswith(_STREAM) and self.cycle is not None:
            self.scope["extensions"] = {OUTLET: {"outlet": _StraightOut(self.cycle)}}


def outlet_in(scope: object) -> Outlet | None:
    """The outlet of the response to a request with this ASGI scope, where there is one."""
    extensions = scope.get("extensions") if isinstance(scope, dict) else None
    found: Outlet | None = (extensions or {}).get(OUTLET, {}).get("outlet")
    return found


def chunk_of(body: bytes) -> bytes:
    """`body` as one chunk of a chunked body (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(body), body)
