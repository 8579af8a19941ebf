"""Reads Alertmanager's webhook, version 4.

Source: "webhook_config" in the Alertmanager documentation and what Alertmanager 0.25 really
sends.  The status of the group says only whether any of its alerts fires, so each alert's own
status counts.  Fields this version does not know are passed over.
"""

from __future__ import annotations

from datetime import UTC

import msgspec

from app.errors import InvalidInput
from app.incident.kinds.signals import AlertSeverity, Health
from app.organisation.kinds import SourceRegistered
from app.server.intake.fingerprint import fingerprint
from app.server.intake.reports import AlertReport, Notification
from app.server.intake.wording import (
    INDICATOR_CHARACTERS,
    NAME_CHARACTERS,
    SUMMARY_CHARACTERS,
    kept_labels,
    moment_in,
    shortened,
    web_link,
)

FORMAT = "alertmanager"
_KEPT = "nothing of it takes effect"
_HEARTBEATS = frozenset({"watchdog", "deadmansswitch"})
_SEVERITIES = {
    "critical": AlertSeverity.CRITICAL,
    "error": AlertSeverity.HIGH,
    "high": AlertSeverity.HIGH,
    "warning": AlertSeverity.MEDIUM,
    "medium": AlertSeverity.MEDIUM,
    "low": AlertSeverity.LOW,
    "info": AlertSeverity.INFO,
    "none": AlertSeverity.INFO,
}
_SAYABLE = {
    health.value: health for health in (Health.NO_DATA, Health.DEGRADED, Health.FAILING)
}  # recovery is found out, not said


class _Alert(msgspec.Struct, kw_only=True, rename="camel"):
    status: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str = ""
    ends_at: str = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")


class _Webhook(msgspec.Struct, kw_only=True, rename="camel"):
    version: str
    alerts: list[msgspec.Raw]
    truncated_alerts: int = 0


_WEBHOOK = msgspec.json.Decoder(_Webhook)
_ALERT = msgspec.json.Decoder(_Alert)


def read_alertmanager(content: bytes, source: SourceRegistered) -> Notification:
    """What an Alertmanager says; `source` is whom it was registered as.

    Raises `InvalidInput` when `content` is not a version 4 webhook, for instance because the
    receiver has a `payload` of its own.
    """
    webhook = _webhook(content)
    alerts: list[AlertReport] = []
    left_out: list[str] = []
    is_heartbeat = False
    for number, raw in enumerate(webhook.alerts):
        try:
            alert = _ALERT.decode(raw)
            if alert.labels.get("alertname", "").casefold() in _HEARTBEATS:
                is_heartbeat = True
            else:
                alerts.append(_report(alert, source))
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidInput) as error:
            left_out.append(f"alerts[{number}]: {error}, this alert was left out")
    if webhook.truncated_alerts > 0:
        left_out.append(
            f"the sender left out {webhook.truncated_alerts} alerts by itself (max_alerts)"
        )
    return Notification(alerts=tuple(alerts), left_out=tuple(left_out), is_heartbeat=is_heartbeat)


def _webhook(content: bytes) -> _Webhook:
    try:
        webhook = _WEBHOOK.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"not an Alertmanager webhook of version 4 ({error}); "
            "send it without a custom `payload`",
            field="body",
            kept=_KEPT,
        ) from error
    if webhook.version != "4":
        raise InvalidInput(
            f"{webhook.version[:20]!r} is not known, 4 is", field="version", kept=_KEPT
        )
    return webhook


def _report(alert: _Alert, source: SourceRegistered) -> AlertReport:
    labels = alert.labels
    started_at = moment_in(alert.starts_at)
    if alert.status not in ("firing", "resolved"):
        raise InvalidInput(f"{alert.status[:20]!r} is neither firing nor resolved", field="status")
    if started_at is None:
        raise InvalidInput("is not a time", field="startsAt")
    ended_at = moment_in(alert.ends_at)
    summary = alert.annotations.get("summary") or alert.annotations.get("description", "")
    said = alert.annotations.get("health") or labels.get("health", "")
    return AlertReport(
        alert=fingerprint(labels, source.ignored_labels),
        member=fingerprint(labels),
        started_at=started_at.astimezone(UTC),
        is_firing=alert.status == "firing",
        name=shortened(labels.get("alertname", ""), NAME_CHARACTERS) or "Alert without a name",
        summary=shortened(summary, SUMMARY_CHARACTERS),
        severity=severity_of(labels.get("severity", ""), source),
        called=tuple(labels[name] for name in source.service_labels if labels.get(name)),
        health=_SAYABLE.get(said.casefold()),
        indicator=shortened(alert.annotations.get("indicator", ""), INDICATOR_CHARACTERS),
        ended_at=None if ended_at is None else ended_at.astimezone(UTC),
        labels=kept_labels(labels),
        link=web_link(alert.generator_url),
    )


def severity_of(word: str, source: SourceRegistered) -> AlertSeverity:
    """Our severity for the sender's word: as the source says, else the usual meaning."""
    own = {key.casefold(): value.casefold() for key, value in (source.severities or {}).items()}
    word = word.casefold()
    return _SEVERITIES.get(own.get(word, word), AlertSeverity.MEDIUM)
