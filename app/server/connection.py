"""One connection of a client: uvicorn's protocol, with two short cuts.

Live streams get a straight way out, and the request that matters most, a push whose sender is
known already, is answered without a task, an ASGI application and a framework in between: in a
third of the time.  When it has the head of the push before, its head is not parsed again either.
Everything out of the ordinary takes the general road.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.protocol.bodies import MAX_REQUEST_BYTES, SITE_HEADER
from app.server.known_head import KnownHead
from app.server.outlet import OUTLET
from app.server.push_lane import Answer, Push, PushLane
from app.server.site import Site

_PREFIX = b"/v1/logs/"
_STREAM = b"/stream"
_EVENTS = b"/events"
_SITE = SITE_HEADER.lower().encode()
_OUT_OF_THE_ORDINARY = frozenset(
    (b"content-encoding", b"transfer-encoding", b"expect", b"upgrade")
)
"""Headers of requests that take the general road."""


class Connection(HttpToolsProtocol):
    """Serves one client.  `lane` takes the pushes."""

    lane: PushLane

    _is_between_requests = True
    _known: tuple[KnownHead, Push] | None = None
    """The head of the last push that took the short way, and what it said."""

    def data_received(self, data: bytes) -> None:
        """Take in what the client sent."""
        is_beginning, before = self._is_between_requests, self.cycle
        if is_beginning and self._is_as_before(data):
            return
        super().data_received(data)
        cycle = self.cycle
        if is_beginning and cycle is not before and isinstance(cycle, _ShortCycle):
            head = KnownHead.of(data)
            self._known = None if head is None else (head, cycle.push)

    def on_message_begin(self) -> None:
        """Note that the parser is within a request."""
        self._is_between_requests = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin with a request, as the parser has read its headers."""
        if (cycle := self._short_way()) is not None:
            self.cycle = cycle
            return
        super().on_headers_complete()
        if self.url.partition(b"?")[0].endswith(_STREAM) and self.cycle is not None:
            self.scope["extensions"] = {OUTLET: {"outlet": _StraightOut(self.cycle)}}

    def on_body(self, body: bytes) -> None:
        """Take in a part of a body; that of a push is read on, whatever its size."""
        if isinstance(self.cycle, _ShortCycle):
            self.cycle.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer a request that is here as a whole."""
        super().on_message_complete()
        self._is_between_requests = True
        if isinstance(self.cycle, _ShortCycle) and not self.cycle.more_body:
            self.cycle.begin()

    def _is_as_before(self, request: bytes) -> bool:
        """Whether this is the push of before with another body; then it is on its way."""
        if self._known is None or not self._is_free():
            return False
        head, push = self._known
        body = head.body_in(request)
        if body is None or len(body) > MAX_REQUEST_BYTES or not push.is_still_ordinary():
            return False
        self._unset_keepalive_if_required()
        self.cycle = cycle = _ShortCycle(self, push)
        cycle.body += body
        cycle.more_body = False
        cycle.begin()
        return True

    def _short_way(self) -> _ShortCycle | None:
        """The short way for the request whose headers are here, if it may take it."""
        url = self.url
        if not (url.startswith(_PREFIX) and url.endswith(_EVENTS)):
            return None
        if b"%" in url or b"?" in url or self.parser.get_method() != b"POST":
            return None
        if not (self.parser.should_keep_alive() and self._is_free()):
            return None
        headers = dict(self.headers)
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
            return None
        if not _OUT_OF_THE_ORDINARY.isdisjoint(headers) or len(headers) != len(self.headers):
            return None
        if headers.get(_SITE, self.lane.site_key) != self.lane.site_key:
            return None
        log = url[len(_PREFIX) : -len(_EVENTS)].decode("latin-1")
        push = self.lane.ordinary(log, headers.get(b"authorization", b"").decode("latin-1"))
        return None if push is None else _ShortCycle(self, push)

    def _is_free(self) -> bool:
        """Whether nothing else is being answered, and the client reads what it is told."""
        cycle: RequestResponseCycle | None = self.cycle
        return (cycle is None or cycle.response_complete) and not self.flow.write_paused


def connections_of(site: Site) -> type[Connection]:
    """The protocol that serves the clients of a site."""

    class ConnectionOfSite(Connection):
        """Serves one client of this site."""

        lane = PushLane(site)

    return ConnectionOfSite


_NOBODY_WAITS = asyncio.Event()
"""What the connection sets when there is news for a short cycle: one does for all of them."""


class _ShortCycle(RequestResponseCycle):
    """A push and its answer; the connection sees a request like any other."""

    def __init__(self, connection: Connection, push: Push) -> None:
        self._connection = connection
        self.push = push
        self.body = bytearray()
        self.message_event = _NOBODY_WAITS
        self.more_body = True
        self.keep_alive = True
        self.disconnected = False
        self.response_complete = False

    def begin(self) -> None:
        """Hand over what has come; it is answered once it is durable."""
        self.push.begin(bytes(self.body), self._answer)

    def _answer(self, answer: Answer) -> None:
        self.response_complete = True
        connection = self._connection
        if self.disconnected or connection.transport.is_closing():
            return
        head = [STATUS_LINE[answer.status], *answer.head]
        if not self.keep_alive:
            head.append(b"connection: close\r\n")
        head += (b"content-length: %d\r\n\r\n" % len(answer.body), answer.body)
        connection.transport.write(b"".join(head))
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


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

    def cut(self) -> None:
        """See `Outlet`."""
        if not (self._cycle.disconnected or self._cycle.response_complete):
            self._cycle.transport.abort()
