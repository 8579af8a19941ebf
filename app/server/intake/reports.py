"""What a sender says, in our words: one report per alert or change, whatever its format was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.incident.kinds.freezes import ChangeSeen
from app.incident.kinds.signals import AlertSeverity, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReport:
    """What one notification says about one alert.

    `alert` identifies it at its source: the fingerprint of the labels that count.  `member` is
    the fingerprint of all its labels, so that senders in a pair, told apart by a label that does
    not count, report one alert.  `called` are the words that may name a service, in the order in
    which to try them.  `health` is what the sender says outright, instead of by severity;
    `indicator` a few characters such as "41% err".  Texts are plain and never trusted.
    """

    alert: str
    member: str
    started_at: datetime
    is_firing: bool
    name: str
    summary: str = ""
    severity: AlertSeverity = AlertSeverity.MEDIUM
    called: tuple[str, ...] = ()
    health: Health | None = None
    indicator: str = ""
    ended_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    @property
    def episode(self) -> str:
        """What tells this firing of the alert from its next one."""
        return f"{self.alert}@{self.started_at.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """A change somebody made or tried to make, and when (aware UTC; None: now)."""

    change: ChangeSeen
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Everything one delivery says.

    `left_out` are sentences about parts that could not be read; the rest was kept.
    `is_heartbeat` says that the sender only shows that it lives.
    """

    alerts: tuple[AlertReport, ...] = ()
    changes: tuple[ChangeReport, ...] = ()
    left_out: tuple[str, ...] = ()
    is_heartbeat: bool = False


HEALTH_OF_SEVERITY: Mapping[AlertSeverity, Health] = {
    AlertSeverity.CRITICAL: Health.FAILING,
    AlertSeverity.HIGH: Health.DEGRADED,
    AlertSeverity.MEDIUM: Health.DEGRADED,
}
"""What an open alert says of its services; lower severities say nothing."""
