"""Facts from monitoring: alerts, changes of health, the incident's indicator, suspects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.events.fact import Fact


class Health(StrEnum):
    """How a service is, from best to worst knowledge of it."""

    NORMAL = "normal"
    RECOVERING = "recovering"
    NO_DATA = "no_data"
    DEGRADED = "degraded"
    FAILING = "failing"


class AlertSeverity(StrEnum):
    """How bad the sender says an alert is, in our words."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFired(Fact):
    """An alert began to fire.

    `alert` identifies the alert at its source (the deduplication key); `episode` tells one
    firing from the next.  Text fields are the sender's and are never trusted.
    """

    kind: ClassVar[str] = "alert.fired@1"

    alert: str
    episode: str
    source: str
    name: str
    summary: str = ""
    severity: AlertSeverity = AlertSeverity.MEDIUM
    services: tuple[str, ...] = ()
    started_at: datetime | None = None
    labels: dict[str, str] | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Fact):
    """An alert stopped firing; `why` says if the sender went quiet instead of saying so."""

    kind: ClassVar[str] = "alert.resolved@1"

    alert: str
    episode: str
    source: str
    ended_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChanged(Fact):
    """A service's health changed.

    `indicator` is the worst indicator in a few characters ("41% err"); `cause` the alerts or
    readings that say so.
    """

    kind: ClassVar[str] = "service.health_changed@1"

    service: str
    health: Health
    indicator: str = ""
    cause: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSampled(Fact):
    """One sample of the incident's chosen indicator, at most one per 15 s."""

    kind: ClassVar[str] = "indicator.sampled@1"

    indicator: str
    value: float
    unit: str = "%"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectNamed(Fact):
    """Somebody suspects a service of being where it started, or takes a ruling on it back.

    `layer` is network, host, database, application or third_party; empty: the layer in which
    parts of its kind are looked at first.  With an empty `service` the whole layer is meant.
    """

    kind: ClassVar[str] = "suspect.named@1"

    service: str
    reason: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRuledIn(Fact):
    """The evidence says that a suspect is where it started; fields as when it was named."""

    kind: ClassVar[str] = "suspect.ruled_in@1"

    service: str
    evidence: str
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRuledOut(Fact):
    """A suspect was ruled out, with the evidence; fields as when it was named."""

    kind: ClassVar[str] = "suspect.ruled_out@1"

    service: str
    evidence: str
    layer: str = ""


SIGNAL_KINDS: tuple[type[Fact], ...] = (
    AlertFired,
    AlertResolved,
    HealthChanged,
    IndicatorSampled,
    SuspectNamed,
    SuspectRuledIn,
    SuspectRuledOut,
)
