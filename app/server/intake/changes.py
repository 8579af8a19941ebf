"""Reads changes (deploys, flags, configuration) in our own small JSON format."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from app.errors import InvalidInput
from app.incident.kinds.freezes import ChangeOutcome, ChangeSeen
from app.organisation.kinds import SourceRegistered
from app.server.intake.reports import ChangeReport, Notification
from app.server.intake.wording import NAME_CHARACTERS, SUMMARY_CHARACTERS, shortened

FORMAT = "change"


class _Change(msgspec.Struct, kw_only=True):
    ref: str
    title: str
    service: str = ""
    environment: str = ""
    version: str = ""
    change_type: str = "deploy"
    outcome: ChangeOutcome = ChangeOutcome.APPLIED
    at: datetime | None = None


_CHANGE = msgspec.json.Decoder(_Change)


def read_change(content: bytes, source: SourceRegistered) -> Notification:
    """One change, reported by `source`.

    `ref` names it there: the same ref with the same outcome is one change, however often it is
    sent.  Raises `InvalidInput` naming the field.
    """
    try:
        said = _CHANGE.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(str(error), field="body", kept="nothing of it takes effect") from error
    if not said.ref.strip() or not said.title.strip():
        field = "title" if said.ref.strip() else "ref"
        raise InvalidInput("must not be empty", field=field, kept="nothing of it takes effect")
    if said.at is not None and said.at.tzinfo is None:
        raise InvalidInput(
            "needs an offset from UTC, such as Z", field="at", kept="nothing of it takes effect"
        )
    change = ChangeSeen(
        ref=shortened(said.ref, NAME_CHARACTERS),
        title=shortened(said.title, SUMMARY_CHARACTERS),
        service=shortened(said.service, NAME_CHARACTERS),
        environment=shortened(said.environment, NAME_CHARACTERS),
        change_type=shortened(said.change_type, NAME_CHARACTERS),
        version=shortened(said.version, NAME_CHARACTERS),
        outcome=said.outcome,
        source=source.source,
    )
    at = None if said.at is None else said.at.astimezone(UTC)
    return Notification(changes=(ChangeReport(change=change, at=at),))
