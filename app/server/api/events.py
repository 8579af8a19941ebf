"""Pushing events to a log and reading its pages: the hot path, on exact bytes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.errors import InvalidInput
from app.events.codec import MAX_BODY_BYTES, Body, read_body
from app.events.event import ORGANISATION_LOG
from app.log.appending import Arrival, Batch, Outcome, Placement
from app.log.credentials import Principal
from app.log.event_log import Page
from app.proof.encoding import to_base64
from app.proof.strict_signatures import StrictVerifyingKey
from app.proof.withheld import is_withheld_line
from app.protocol.bodies import (
    EPOCH_HEADER,
    HEAD_HEADER,
    MAX_BATCH_EVENTS,
    MAX_PAGE_RECORDS,
    MAX_WAIT_SECONDS,
    NDJSON,
    NEXT_HEADER,
    ROOT_HEADER,
    EventProblem,
    PushRequest,
    PushResponse,
    PushResult,
)
from app.protocol.problems import ProblemCode, Refused, refused
from app.server.api.content import JSON, Call, decoded, read_content, require_log_name
from app.server.site import Site, site_of
from app.server.standing import Verdict

_PUSH = msgspec.json.Decoder(PushRequest)
_CACHEABLE_MULTIPLE = 1_000
_MAX_SKEW = timedelta(days=36_500)


@post("/v1/logs/{log:str}/events", status_code=200)
async def push_events(request: Call, log: FromPath[str]) -> Response[bytes]:
    """Record a batch of events (`PushRequest`); what became of each is in `PushResponse`.

    Answers once everything is durable.  Events that were recorded before get the position
    they got then, so a batch may be sent again as it is.
    """
    content = await read_content(request)
    response = await record_push(site_of(request), request.user, log, content)
    return Response(response, media_type=JSON)


async def record_push(site: Site, principal: Principal, log: str, content: bytes) -> bytes:
    """Record what a `PushRequest` holds; returns an encoded `PushResponse` once it is durable.

    Raises `Refused` (malformed-request, too-large, rate-limited, overloaded, epoch-changed) and
    `StoreError`.
    """
    return await record_accepted(site, log, accepted_push(site, principal, log, content))


def accepted_push(site: Site, principal: Principal, log: str, content: bytes) -> PushRequest:
    """The `PushRequest` in `content`, if its sender may push that much now; raises `Refused`."""
    require_log_name(log)
    push = decoded(content, _PUSH)
    if len(push.events) > MAX_BATCH_EVENTS:
        raise refused(ProblemCode.TOO_LARGE, f"a batch has at most {MAX_BATCH_EVENTS} events")
    _keep_pace(site, principal, log, push)
    return push


async def record_accepted(site: Site, log: str, push: PushRequest) -> bytes:
    """Record a push; an encoded `PushResponse` once it is durable.  See `record_push`."""
    try:
        prepared = prepared_push(site, log, push)
    except Refused:  # a console may have registered with another process a moment ago
        if not await site.neighbours.catch_up(ORGANISATION_LOG):
            raise
        prepared = prepared_push(site, log, push)
    outcome = await site.recorder.submit(prepared.batch, prepared.keys)
    return answer_to(outcome, prepared)


@dataclass(frozen=True, slots=True)
class PreparedPush:
    """A push that was read: what is to be recorded, and what is known already.

    `keys` are those which must have signed the events of the batch.  `results` has None where
    the recorder decides.
    """

    batch: Batch
    keys: list[StrictVerifyingKey]
    results: list[PushResult | None]


def prepared_push(site: Site, log: str, push: PushRequest) -> PreparedPush:
    """Look at every event of a push but its signature; raises `Refused` (unknown-console)."""
    results: list[PushResult | None] = []
    arrivals: list[Arrival] = []
    keys: list[StrictVerifyingKey] = []
    for signed in push.events:
        body = bytes(signed.body)
        try:
            envelope = read_wire_body(body, log)
        except InvalidInput as error:
            results.append(_refused_event(site, body, error))
            continue
        hearing = site.judge.hear(envelope)
        arrivals.append(_arrival(envelope, body, signed.sig, hearing.verdict))
        keys.append(hearing.key)
        results.append(None)
    return PreparedPush(_batch(site, log, push, arrivals), keys, results)


def answer_to(outcome: Outcome, prepared: PreparedPush) -> bytes:
    """The encoded `PushResponse`; raises `Refused` (epoch-changed)."""
    if outcome.is_epoch_changed:
        raise refused(ProblemCode.EPOCH_CHANGED, epoch=outcome.epoch, head=outcome.head)
    return msgspec.json.encode(_response(outcome, prepared.results))


@get("/v1/logs/{log:str}/events", media_type=NDJSON)
async def read_events(
    request: Call,
    *,
    log: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE_RECORDS)] = 1_000,
    wait: Annotated[float, QueryParameter(ge=0, le=MAX_WAIT_SECONDS)] = 0.0,
    epoch: FromQuery[str] = "",
    root: FromQuery[bool] = False,
) -> Response[bytes]:
    """Record lines after a position, one a line.

    What this reader may not read is there as its leaf hash.  With `wait` (seconds), an empty
    page is held back until there is news.  Headers say where to read on, how far the log has
    grown, and its epoch; with `root`, the Merkle root over the log up to the end of the page.
    """
    site = site_of(request)
    require_log_name(log)
    with site.feed.listen(log) as subscription:  # before reading, or news could slip between
        page = await read_page(site, log, after, request.user, limit=limit, epoch=epoch)
        if not page.lines and wait:
            await subscription.packets(wait)
            page = await read_page(site, log, after, request.user, limit=limit, epoch=epoch)
    response = _page_response(page, limit)
    if root and (found := await _root_after(site, page)) is not None:
        response.headers[ROOT_HEADER] = to_base64(found)
    return response


async def _root_after(site: Site, page: Page) -> bytes | None:
    """The root over a log up to the end of a page; None if it was restored meanwhile."""
    return await asyncio.to_thread(site.trees.root, page.log, page.next, page.epoch)


async def read_page(
    site: Site,
    log: str,
    after: int,
    reader: Principal,
    *,
    limit: int = MAX_PAGE_RECORDS,
    epoch: str = "",
) -> Page:
    """A page of `log` as this reader may see it.

    Raises `UnknownLog`, and `Refused` (epoch-changed, cursor-ahead).
    """

    page = await site.pages.page(log, after, reader, limit=limit)
    if epoch and epoch != page.epoch:
        raise refused(ProblemCode.EPOCH_CHANGED, epoch=page.epoch, head=page.head)
    if after > page.head:
        raise refused(
            ProblemCode.CURSOR_AHEAD,
            f"the log ends at {page.head}, you asked for what follows {after}",
            epoch=page.epoch,
            head=page.head,
        )
    return page


def _keep_pace(site: Site, principal: Principal, log: str, push: PushRequest) -> None:
    """Raises `Refused` (rate-limited).

    An owner who imports a catalogue has 100,000 facts to write: as fast as they are recorded,
    because what waits is bounded for everybody.
    """
    if log == ORGANISATION_LOG and principal.is_owner:
        return
    wait = site.pace.wait_for(principal.actor, len(push.events), monotonic())
    if wait:
        raise refused(ProblemCode.RATE_LIMITED, retry_after=round(wait, 3))


def _arrival(envelope: Body, body: bytes, sig: str, verdict: Verdict) -> Arrival:
    return Arrival(
        event_id=envelope.id,
        kind=envelope.kind,
        console=envelope.console,
        n=envelope.n,
        body=body,
        sig=sig,
        standing=verdict.standing,
        why=verdict.why,
    )


def read_wire_body(body: bytes, log: str) -> Body:
    """The envelope of a body that is fit to be stored as part of one line of `log`.

    Raises `InvalidInput` when it is malformed, over a limit, broken over lines, not UTF-8, or
    made for another log.
    """
    if b"\n" in body or b"\r" in body:
        raise InvalidInput("must be one line", field="body")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"byte {error.start} is not UTF-8", field="body") from error
    try:
        envelope = read_body(body)
    except RecursionError as error:
        raise InvalidInput("nests too deeply", field="data") from error
    if envelope.log != log:
        raise InvalidInput(f"is {envelope.log!r}, but it was sent to {log!r}", field="log")
    if not envelope.id or len(envelope.id) > 64:
        raise InvalidInput("must have 1 to 64 characters", field="id")
    if len(envelope.console) > 64:
        raise InvalidInput("must have at most 64 characters", field="console")
    if max(envelope.n, envelope.seen) > 2**53 - 1:
        raise InvalidInput("is larger than 2^53 - 1", field="n")
    return envelope


class _OnlyId(msgspec.Struct):
    id: str = ""


def _refused_event(site: Site, body: bytes, error: InvalidInput) -> PushResult:
    is_large = len(body) > MAX_BODY_BYTES
    code = ProblemCode.TOO_LARGE if is_large else ProblemCode.MALFORMED_EVENT
    site.measurements.problems[code] += 1
    try:
        identity = msgspec.json.decode(body, type=_OnlyId).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        identity = ""
    return PushResult(
        id=identity, problem=EventProblem(code=code, detail=error.reason, field=error.field)
    )


def _batch(site: Site, log: str, push: PushRequest, arrivals: list[Arrival]) -> Batch:
    now = site.now()
    limit = _MAX_SKEW // timedelta(milliseconds=1)
    skew = 0 if push.sent_at is None else (push.sent_at - now) // 1_000
    return Batch(
        log=log,
        arrivals=tuple(arrivals),
        arrived_at=now,
        epoch=push.epoch,
        skew_ms=max(-limit, min(limit, skew)),
    )


def _response(outcome: Outcome, results: list[PushResult | None]) -> PushResponse:
    placements = iter(outcome.placements)
    told = [result or _result(next(placements)) for result in results]
    return PushResponse(epoch=outcome.epoch, head=outcome.head, results=told)


def _result(placement: Placement) -> PushResult:
    problem = placement.problem
    return PushResult(
        id=placement.event_id,
        position=placement.position,
        standing=placement.standing,
        why=placement.why,
        problem=None if problem is None else EventProblem(code=problem, field=_field_of(problem)),
    )


def _field_of(problem: ProblemCode) -> str:
    return "sig" if problem is ProblemCode.BAD_SIGNATURE else ""


def _page_response(page: Page, limit: int) -> Response[bytes]:
    headers = {
        NEXT_HEADER: str(page.next),
        HEAD_HEADER: str(page.head),
        EPOCH_HEADER: page.epoch,
    }
    is_full = len(page.lines) == limit and page.next % _CACHEABLE_MULTIPLE == 0
    if is_full and not any(map(is_withheld_line, page.lines)):
        headers["ETag"] = f'"{page.epoch}.{page.after}.{page.next}"'
        headers["Cache-Control"] = "private, max-age=31536000, immutable"
    else:
        headers["Cache-Control"] = "no-store"
    content = b"".join(line + b"\n" for line in page.lines)
    return Response(content, media_type=NDJSON, headers=headers)
