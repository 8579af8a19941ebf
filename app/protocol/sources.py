"""Senders of alerts and changes: registering them, and what waits of what they sent.

Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

import msgspec


class SourceRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """The owner lets `source` send deliveries in `format`; see `SourceRegistered` for the rest.

    Registering a name again gives it a new token, and the old one ends.
    """

    source: str
    format: str
    service_labels: tuple[str, ...] = ("service", "app", "job")
    ignored_labels: tuple[str, ...] = ()
    severities: dict[str, str] = {}
    incident: str = ""


class SourceIssued(msgspec.Struct, frozen=True, kw_only=True):
    """The source may send to `path` with `token`, which is shown this once."""

    source: str
    format: str
    path: str
    token: str


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A registered source; `heard_at` is None if it was not heard of since the server started."""

    source: str
    format: str
    incident: str
    heard_at: int | None


class SourceList(msgspec.Struct, frozen=True, kw_only=True):
    """The registered sources, by name."""

    sources: list[SourceLine]


class WaitingAlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that fires while no incident is run that would take it."""

    source: str
    alert: str
    name: str
    summary: str
    severity: str
    started_at: int


class WaitingList(msgspec.Struct, frozen=True, kw_only=True):
    """What the next incident will begin with: alerts, the earliest first, and seen changes.

    `deliveries` is how many deliveries are not read yet.
    """

    alerts: list[WaitingAlertLine]
    changes: int
    deliveries: int


__all__ = [
    "SourceIssued",
    "SourceLine",
    "SourceList",
    "SourceRegistration",
    "WaitingAlertLine",
    "WaitingList",
]
