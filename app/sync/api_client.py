"""Talks to the server: one method per call, failures as `Failure` values or `ServerRefused`."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from app.events.codec import to_microseconds
from app.events.event import ORGANISATION_LOG
from app.events.sensitivity import Sensitivity
from app.proof.encoding import from_base64
from app.protocol.bodies import (
    EPOCH_HEADER,
    EVENT_STREAM,
    HEAD_HEADER,
    ROOT_HEADER,
    SITE_CHECKPOINT_HEADER,
    ConsistencyProof,
    ConsoleRegistration,
    IncidentList,
    PushRequest,
    PushResponse,
    ServerTime,
    SignedBody,
    TokenIssued,
    TokenRequest,
    WhoAmI,
)
from app.protocol.gate import DeployAnswer
from app.protocol.presence import PresenceWord, presence_content
from app.protocol.problems import ProblemCode, read_problem
from app.protocol.rights import ClearanceList, ClearanceRequest, ConsoleList, TokenList
from app.protocol.sources import SourceIssued, SourceList, SourceRegistration
from app.protocol.stream import Frame, StreamBroken, StreamParser
from app.sync.exchange import Failure, Outgoing
from app.sync.unavailable import ServerUnavailable

_REQUEST_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_STREAM_TIMEOUT = httpx.Timeout(5.0, read=None)
_ENCODER = msgspec.json.Encoder()

PACKED_FROM_BYTES = 16 * 1024
"""A push of this size is sent as gzip: what a device wrote while apart goes up a thin line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLines:
    """A page of record lines as they came, how far the log reaches, and its epoch.

    `root` is that over the log up to the end of the page (32 bytes); empty if it is not known.
    """

    lines: tuple[bytes, ...]
    head: int
    epoch: str
    root: bytes = b""


class Gossip(Protocol):
    """Whoever compares what the server says of its record with what was seen of it before."""

    def word(self) -> str:
        """The header that says what was seen last; empty before anything was."""

    def hear(self, word: str) -> None:
        """Take in the header of an answer."""


class ApiClient:
    """One server, spoken to as one person.

    `url` is the server's address and `token` the person's; `clock` is this console's clock, from
    which the server tells its skew.  `gossip` exchanges words on the site's record with it, on
    every request.  Every call raises
    `ServerUnavailable` when no answer comes or the answer is a problem; cancelling a call is
    always safe, because every write is idempotent.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.AsyncBaseTransport | None = None,
        verify: ssl.SSLContext | bool = True,
        gossip: Gossip | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._clock = clock
        self._gossip = gossip
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_REQUEST_TIMEOUT,
            transport=transport,
            verify=verify,
            trust_env=False,
        )
        if gossip is not None:
            self._http.event_hooks = {"request": [self._tell], "response": [self._hear]}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _tell(self, request: httpx.Request) -> None:
        if self._gossip is not None and (word := self._gossip.word()):
            request.headers[SITE_CHECKPOINT_HEADER] = word

    async def _hear(self, answer: httpx.Response) -> None:
        if self._gossip is not None and (word := answer.headers.get(SITE_CHECKPOINT_HEADER)):
            self._gossip.hear(word)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def push(self, log: str, epoch: str, rows: Sequence[Outgoing]) -> PushResponse:
        """Send a batch; what became of each event."""
        request = PushRequest(
            epoch=epoch,
            sent_at=to_microseconds(self._clock()),
            events=[SignedBody(body=msgspec.Raw(row.body), sig=row.sig) for row in rows],
        )
        content, headers = _ENCODER.encode(request), dict[str, str]()
        if len(content) >= PACKED_FROM_BYTES:
            content, headers = gzip.compress(content, 1, mtime=0), {"Content-Encoding": "gzip"}
        answer = await self._request(
            "POST", f"/v1/logs/{log}/events", content=content, headers=headers
        )
        return _decoded(answer.content, PushResponse)

    async def page(
        self,
        log: str,
        *,
        after: int,
        limit: int,
        epoch: str = "",
        wait: float = 0.0,
        with_root: bool = False,
    ) -> PageLines:
        """Record lines after a position; with `wait` seconds, held back until there is news."""
        params: dict[str, str | int | float] = {"after": after, "limit": limit}
        if with_root:
            params["root"] = "true"
        if epoch:
            params["epoch"] = epoch
        if wait:
            params["wait"] = wait
        answer = await self._request(
            "GET", f"/v1/logs/{log}/events", params=params, timeout=10.0 + wait
        )
        try:
            head = int(answer.headers[HEAD_HEADER])
            root = from_base64(answer.headers.get(ROOT_HEADER, ""))
        except (KeyError, ValueError) as error:
            raise ServerUnavailable(
                Failure(detail="what answers is not a Watchfloor server")
            ) from error
        return PageLines(
            lines=tuple(answer.content.splitlines()),
            head=head,
            epoch=answer.headers.get(EPOCH_HEADER, ""),
            root=root,
        )

    async def stream(
        self, log: str, *, after: int, epoch: str = ""
    ) -> AsyncGenerator[list[Frame], None]:
        """Frames as they come; an empty list is a heartbeat.  Ends when the server ends it."""
        parser = StreamParser()
        headers = {"Accept": EVENT_STREAM, "Last-Event-ID": str(after)}
        params = {"epoch": epoch} if epoch else {}
        try:
            async with self._http.stream(
                "GET",
                f"/v1/logs/{log}/stream",
                headers=headers,
                params=params,
                timeout=_STREAM_TIMEOUT,
            ) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise ServerUnavailable(_failure_of(answer, await answer.aread()))
                yield []
                async for chunk in answer.aiter_raw():
                    yield parser.feed(chunk)
        except (httpx.TransportError, StreamBroken) as error:
            raise ServerUnavailable(Failure(detail=_plain(error))) from error

    async def incidents(self) -> IncidentList:
        """All incidents with the heads of their logs."""
        answer = await self._request("GET", "/v1/incidents")
        return _decoded(answer.content, IncidentList)

    async def who_am_i(self) -> WhoAmI:
        """Whom the token speaks for."""
        answer = await self._request("GET", "/v1/me")
        return _decoded(answer.content, WhoAmI)

    async def organisation_epoch(self) -> str:
        """The epoch of the organisation's log; empty where nothing was recorded in it yet."""
        path, params = f"/v1/logs/{ORGANISATION_LOG}/events", {"after": 0, "limit": 1}
        try:  # asked of any site: it tells them apart
            answer = await ApiClient._request(self, "GET", path, params=params)
        except ServerUnavailable as error:
            if error.failure.code is ProblemCode.UNKNOWN_LOG:
                return ""
            raise
        return str(answer.headers.get(EPOCH_HEADER, ""))

    async def server_time(self) -> int:
        """The server's clock, microseconds since 1970 UTC."""
        answer = await self._request("GET", "/v1/time")
        return _decoded(answer.content, ServerTime).now

    async def site_checkpoint(self) -> bytes:
        """The newest checkpoint of the site's log, a signed note."""
        return (await self._request("GET", "/v1/logs/site/checkpoint")).content

    async def consistency(self, log: str, old: int, new: int) -> list[str]:
        """Base64 hashes that show that `log` ("site" too) of size `old` begins that of `new`."""
        params = {"from": old, "to": new}
        answer = await self._request("GET", f"/v1/logs/{log}/consistency", params=params)
        return _decoded(answer.content, ConsistencyProof).hashes

    async def register_console(self, console: str, public_key: str) -> None:
        """Let this console sign events for the person the token speaks for."""
        request = ConsoleRegistration(console=console, public_key=public_key)
        await self._request("POST", "/v1/consoles", content=_ENCODER.encode(request))

    async def issue_token(self, actor: str) -> str:
        """As the server's owner, a new token for a person or an integration."""
        request = _ENCODER.encode(TokenRequest(actor=actor))
        answer = await self._request("POST", "/v1/tokens", content=request)
        return _decoded(answer.content, TokenIssued).token

    async def say_presence(self, log: str, word: PresenceWord) -> None:
        """Say to all who follow `log` that somebody is at this console, or no longer."""
        content = presence_content(word)
        await self._request("POST", f"/v1/logs/{log}/presence", content=content)

    async def keep_blob(self, content: bytes) -> str:
        """Put an attachment on the server; its SHA-256.  Putting it again changes nothing."""
        name = sha256(content).hexdigest()
        await self._request("PUT", f"/v1/blobs/{name}", content=content, timeout=120.0)
        return name

    async def blob(self, name: str) -> bytes:
        """The attachment with this SHA-256.

        Raises `ServerUnavailable` also when what comes is something else.
        """
        answer = await self._request("GET", f"/v1/blobs/{quote(name, safe='')}", timeout=120.0)
        if sha256(answer.content).hexdigest() != name:
            raise ServerUnavailable(Failure(detail="what came is not the attachment asked for"))
        return answer.content

    async def tokens(self) -> TokenList:
        """The tokens that were issued: all for the owner, their own for anybody else."""
        return _decoded((await self._request("GET", "/v1/tokens")).content, TokenList)

    async def revoke_token(self, token_id: str) -> None:
        """End a token, by the id that the list has."""
        await self._request("DELETE", f"/v1/tokens/{quote(token_id, safe='')}")

    async def consoles(self) -> ConsoleList:
        """The consoles that may sign, or might once: all for the owner, else one's own."""
        return _decoded((await self._request("GET", "/v1/consoles")).content, ConsoleList)

    async def revoke_console(self, console: str, reason: str = "") -> None:
        """End a console's right to sign."""
        path = f"/v1/consoles/{quote(console, safe='')}"
        await self._request("DELETE", path, params={"reason": reason})

    async def clearances(self) -> ClearanceList:
        """As the server's owner, every clearance that was set."""
        return _decoded((await self._request("GET", "/v1/clearances")).content, ClearanceList)

    async def set_clearance(self, person: str, clearance: Sensitivity) -> None:
        """As the server's owner, say how sensitive an entry a person may read."""
        request = _ENCODER.encode(ClearanceRequest(clearance=clearance))
        await self._request("PUT", f"/v1/clearances/{quote(person, safe='')}", content=request)

    async def get(self, path: str) -> bytes:
        """What is at a path of the server."""
        return (await self._request("GET", path, timeout=60.0)).content

    async def register_source(self, asked: SourceRegistration) -> SourceIssued:
        """As the server's owner, let a sender deliver; its token is in the answer only."""
        answer = await self._request("POST", "/v1/sources", content=_ENCODER.encode(asked))
        return _decoded(answer.content, SourceIssued)

    async def revoke_source(self, source: str) -> None:
        """As the server's owner, end a sender's right to deliver."""
        await self._request("DELETE", f"/v1/sources/{quote(source, safe='')}")

    async def sources(self) -> SourceList:
        """The registered senders."""
        answer = await self._request("GET", "/v1/sources")
        return _decoded(answer.content, SourceList)

    async def deploy_gate(self, service: str, environment: str = "") -> DeployAnswer:
        """Whether a service (id, alias or name) may be deployed now, and why not."""
        asked = {"service": service, "environment": environment}
        answer = await self._request("GET", "/v1/deploy-gate", params=asked)
        return _decoded(answer.content, DeployAnswer)

    async def post(self, path: str, content: bytes, headers: dict[str, str]) -> bytes:
        """Post bytes to a path of the server; gives back the answer's body."""
        answer = await self._request("POST", path, content=content, headers=headers)
        return answer.content

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ServerUnavailable(Failure(detail=_plain(error))) from error
        if not answer.is_success:
            raise ServerUnavailable(_failure_of(answer, answer.content))
        return answer


def _plain(error: Exception) -> str:
    return str(error) or type(error).__name__


def _failure_of(answer: httpx.Response, content: bytes) -> Failure:
    problem = read_problem(answer.status_code, content)
    try:
        code = ProblemCode(problem.code)
    except ValueError:
        code = ProblemCode.INTERNAL
    detail = f"{problem.title}: {problem.detail}" if problem.detail else problem.title
    return Failure(
        detail=detail, code=code, retry_after=problem.retry_after, epoch=problem.epoch or ""
    )


T = TypeVar("T")


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        failure = Failure(detail=f"the answer cannot be read: {error}")
        raise ServerUnavailable(failure) from error
