"""The facts an incident's log can hold, by area."""

from __future__ import annotations

from app.events.fact import Fact
from app.incident.kinds.causes import CAUSE_KINDS
from app.incident.kinds.decisions import DECISION_KINDS
from app.incident.kinds.freezes import FREEZE_KINDS
from app.incident.kinds.reporting import REPORTING_KINDS
from app.incident.kinds.roles import ROLE_KINDS
from app.incident.kinds.signals import SIGNAL_KINDS
from app.incident.kinds.situation import SITUATION_KINDS
from app.incident.kinds.work import WORK_KINDS

INCIDENT_KINDS: tuple[type[Fact], ...] = (
    *SITUATION_KINDS,
    *ROLE_KINDS,
    *WORK_KINDS,
    *DECISION_KINDS,
    *FREEZE_KINDS,
    *SIGNAL_KINDS,
    *CAUSE_KINDS,
    *REPORTING_KINDS,
)
