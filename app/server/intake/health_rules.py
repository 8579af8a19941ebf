"""How a service is: the worst that is said of it now, and five minutes of care after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.events.event import Draft
from app.incident.kinds.signals import Health, HealthChanged
from app.server.intake.courses import Course
from app.server.intake.incident_signals import IncidentSignals, KnownHealth
from app.server.intake.reports import HEALTH_OF_SEVERITY
from app.server.intake.wording import INDICATOR_CHARACTERS, shortened

RECOVERY = timedelta(minutes=5)
"""How long a service counts as recovering once nothing bad is said of it any more."""

_RANK = {health: rank for rank, health in enumerate(Health)}
_MOST_CAUSES = 20
_BAD = (Health.NO_DATA, Health.DEGRADED, Health.FAILING)
READINGS_CAUSE = "readings:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one alert or one source of readings says of a service, since when.

    `cause` names it in the facts: `alert:<alert>` or `readings:<source>`.
    """

    health: Health
    indicator: str
    cause: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What the last report of an alert said outright of its services; it is in no fact."""

    health: Health | None
    indicator: str


def claim_of(course: Course, known: KnownHealth | None, spoken: Spoken | None) -> Claim | None:
    """What an open alert says of a service, or None if it is too slight to say anything.

    `spoken` is None if nobody remembers, as after a restart; then what was recorded because of
    this alert holds, if there is something in `known`.
    """
    cause = f"alert:{course.alert}"
    health = course.health or HEALTH_OF_SEVERITY.get(course.severity)
    indicator = ""
    if spoken is not None:
        health, indicator = spoken.health or health, spoken.indicator
    elif known is not None and known.health in _BAD and known.cause[:1] == (cause,):
        health, indicator = known.health, known.indicator
    if health is None:
        return None
    return Claim(
        health=health,
        indicator=indicator or shortened(course.summary or course.name, INDICATOR_CHARACTERS),
        cause=cause,
        since=course.started_at,
    )


def remembered_claims(signals: IncidentSignals) -> dict[tuple[str, str], Claim]:
    """What readings said last, by service and cause; it holds until they say something again."""
    return {
        (service, known.cause[0]): Claim(
            health=known.health,
            indicator=known.indicator,
            cause=known.cause[0],
            since=known.since,
        )
        for service, known in signals.health.items()
        if known.health in _BAD and known.cause and known.cause[0].startswith(READINGS_CAUSE)
    }


def health_drafts(
    signals: IncidentSignals, claims: Mapping[str, Sequence[Claim]], now: datetime
) -> list[Draft]:
    """The changes of health that follow from all `claims` by service, services by id.

    Health that somebody else recorded, without a cause, is left alone until a claim is made.
    """
    ours = {service for service, known in signals.health.items() if known.cause}
    drafts = []
    for service in sorted({*claims, *ours}):
        known = signals.health.get(service)
        draft = _draft(service, known, claims.get(service, ()), now)
        if draft is not None:
            drafts.append(draft)
    return drafts


def next_recovery(signals: IncidentSignals) -> datetime | None:
    """When the next recovering service counts as normal, if any is recovering."""
    due = [
        known.since + RECOVERY
        for known in signals.health.values()
        if known.cause and known.health is Health.RECOVERING
    ]
    return min(due, default=None)


def _draft(
    service: str, known: KnownHealth | None, claims: Sequence[Claim], now: datetime
) -> Draft | None:
    if not claims:
        return None if known is None else _recovery(service, known, now)
    ordered = sorted(claims, key=lambda one: (-_RANK[one.health], one.since, one.cause))
    worst = ordered[0]
    if known is not None and (known.health, known.indicator) == (worst.health, worst.indicator):
        return None
    is_worse = known is None or _RANK[worst.health] > _RANK[known.health]
    changed = HealthChanged(
        service=service,
        health=worst.health,
        indicator=worst.indicator,
        cause=tuple(one.cause for one in ordered[:_MOST_CAUSES]),
    )
    return Draft(fact=changed, occurred_at=min(worst.since, now) if is_worse else None)


def _recovery(service: str, known: KnownHealth, now: datetime) -> Draft | None:
    if known.health is Health.NORMAL:
        return None
    if known.health is not Health.RECOVERING:
        recovering = HealthChanged(service=service, health=Health.RECOVERING, cause=known.cause)
        return Draft(fact=recovering, occurred_at=now)
    if now < known.since + RECOVERY:
        return None
    normal = HealthChanged(service=service, health=Health.NORMAL, cause=known.cause)
    return Draft(fact=normal, occurred_at=known.since + RECOVERY)
