"""Who may deliver alerts and changes: registered and revoked by the owner of the server."""

from __future__ import annotations

import re

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from app.events.codec import to_microseconds
from app.events.event import ORGANISATION_LOG, Draft
from app.incident.kinds.signals import AlertSeverity
from app.log.credentials import Principal, new_token, token_digest
from app.organisation.kinds import SourceRegistered, SourceRevoked
from app.protocol.problems import ProblemCode, refused
from app.protocol.sources import (
    SourceIssued,
    SourceLine,
    SourceList,
    SourceRegistration,
    WaitingAlertLine,
    WaitingList,
)
from app.server.api.content import Call, answer, decoded, read_content
from app.server.intake.waiting import WaitingAlert
from app.server.site import site_of

_SMALL = 16 * 1024
_REGISTRATION = msgspec.json.Decoder(SourceRegistration)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SEVERITY_WORDS = frozenset({*AlertSeverity, "error", "warning", "none"})


@post("/v1/sources", status_code=201)
async def register_source(request: Call) -> Response[bytes]:
    """The owner registers a sender (`SourceRegistration` in, `SourceIssued` out).

    The token is in the answer and nowhere else: the organisation's log has its hash only.
    """
    site = site_of(request)
    principal = _owner(request)
    asked = decoded(await read_content(request, _SMALL), _REGISTRATION)
    _require_sense(asked, site.intake.formats)
    token = new_token()
    fact = SourceRegistered(
        source=asked.source,
        format=asked.format,
        token_sha256=token_digest(token),
        service_labels=asked.service_labels,
        ignored_labels=asked.ignored_labels,
        severities=asked.severities or None,
        incident=asked.incident,
    )
    await site.own_hand.record(ORGANISATION_LOG, _on_behalf_of(principal), [Draft(fact=fact)])
    issued = SourceIssued(
        source=asked.source,
        format=asked.format,
        path=f"/v1/intake/{asked.format}/{asked.source}",
        token=token,
    )
    return answer(issued, 201)


@delete("/v1/sources/{source:str}", status_code=204)
async def revoke_source(request: Call, source: FromPath[str]) -> None:
    """The owner takes a sender's right to deliver away, at once."""
    site = site_of(request)
    principal = _owner(request)
    if site.registry.source(source) is None:
        raise refused(ProblemCode.NOT_FOUND, f"there is no source {source[:64]!r}")
    revoked = Draft(fact=SourceRevoked(source=source))
    await site.own_hand.record(ORGANISATION_LOG, _on_behalf_of(principal), [revoked])


@get("/v1/sources")
async def list_sources(request: Call) -> Response[bytes]:
    """The registered senders, by name, and when each was last heard of (`SourceList`)."""
    site = site_of(request)
    heard_at = site.intake.heard_at
    lines = [
        SourceLine(
            source=one.source,
            format=one.format,
            incident=one.incident,
            heard_at=to_microseconds(heard_at[one.source]) if one.source in heard_at else None,
        )
        for one in site.registry.sources()
    ]
    return answer(SourceList(sources=lines))


@get("/v1/intake/waiting")
async def tell_waiting(request: Call) -> Response[bytes]:
    """What came while no incident was run and goes into the next one (`WaitingList`)."""
    site = site_of(request)
    room = await site.intake.room()
    alerts = sorted(
        room.alerts.values(), key=lambda one: (one.report.started_at, one.report.alert)
    )
    waiting = WaitingList(
        alerts=[_line(alert) for alert in alerts],
        changes=len(room.changes),
        deliveries=site.intake.waiting,
    )
    return answer(waiting)


@get("/v1/telemetry")
async def tell_telemetry(request: Call) -> Response[bytes]:
    """What is asked on a schedule and what it said last, as of when (`TelemetryState`)."""
    return answer(site_of(request).telemetry.state())


def _owner(request: Call) -> Principal:
    principal: Principal = request.user
    if not principal.is_owner:
        raise refused(ProblemCode.FORBIDDEN, "only the owner of this server registers sources")
    return principal


def _on_behalf_of(principal: Principal) -> str:
    """The server signs; the fact says for whom."""
    return f"automation:sources/{principal.actor.replace(':', '/')}"


def _require_sense(asked: SourceRegistration, formats: tuple[str, ...]) -> None:
    if not _NAME.fullmatch(asked.source):
        raise refused(
            ProblemCode.MALFORMED_REQUEST,
            "must have 1 to 64 of a-z 0-9 . _ - and begin with a letter or digit",
            field="source",
        )
    if asked.format not in formats:
        known = ", ".join(formats)
        raise refused(ProblemCode.UNKNOWN_FORMAT, f"use one of {known}", field="format")
    for word in asked.severities.values():
        if word.casefold() not in _SEVERITY_WORDS:
            known = ", ".join(AlertSeverity)
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                f"{word[:40]!r} is none of {known}",
                field="severities",
            )


def _line(alert: WaitingAlert) -> WaitingAlertLine:
    report = alert.report
    return WaitingAlertLine(
        source=alert.source,
        alert=report.alert,
        name=report.name,
        summary=report.summary,
        severity=report.severity,
        started_at=to_microseconds(report.started_at),
    )
