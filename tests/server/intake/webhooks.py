"""Alertmanager webhooks as Alertmanager writes them, for alerts of our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from app.organisation.kinds import SourceRegistered

START = datetime(2026, 3, 9, 11, 30, tzinfo=UTC)
OPEN_END = "0001-01-01T00:00:00Z"
SOURCE = SourceRegistered(source="monitor", format="alertmanager", token_sha256="")


def moment(seconds: float = 0) -> str:
    """A time as Alertmanager writes it, some seconds after `START`."""
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def alert(
    name: str = "ErrorRate",
    *,
    service: str = "checkout",
    severity: str = "critical",
    is_resolved: bool = False,
    started: float = 0,
    ended: float = 60,
    annotations: dict[str, str] | None = None,
    **labels: str,
) -> dict[str, Any]:
    """One alert of a webhook; `started` and `ended` in seconds after `START`."""
    return {
        "status": "resolved" if is_resolved else "firing",
        "labels": {"alertname": name, "service": service, "severity": severity, **labels},
        "annotations": annotations or {"summary": f"{name} of {service}"},
        "startsAt": moment(started),
        "endsAt": moment(ended) if is_resolved else OPEN_END,
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "fingerprint": "",
    }


def webhook(*alerts: dict[str, Any], **changes: Any) -> bytes:
    """A whole notification."""
    body = {
        "receiver": "watchfloor",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        **changes,
    }
    return json.dumps(body).encode()
