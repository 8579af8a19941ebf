"""What monitoring says: alerts, the health of services, the indicator, and who is suspected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.events.event import Recorded
from app.incident.kinds.signals import (
    AlertFired,
    AlertResolved,
    AlertSeverity,
    Health,
    HealthChanged,
    IndicatorSampled,
    SuspectNamed,
    SuspectRuledIn,
    SuspectRuledOut,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert, open or over, identified by `source` and `alert`."""

    alert: str
    source: str
    episode: str
    name: str
    summary: str
    severity: AlertSeverity
    services: tuple[str, ...]
    fired_at: datetime
    resolved_at: datetime | None = None
    fired_count: int = 1
    link: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still firing."""
        return self.resolved_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHealth:
    """How one service is, and since when."""

    service: str
    health: Health
    indicator: str
    since: datetime
    before: Health = Health.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample of the incident's indicator."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """The incident's chosen indicator and its samples in log order."""

    name: str = ""
    unit: str = "%"
    samples: tuple[Sample, ...] = ()


class SuspicionKind(StrEnum):
    """What somebody said of a suspect."""

    NAMED = "named"
    RULED_IN = "ruled_in"
    RULED_OUT = "ruled_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectWord:
    """Somebody's word on a suspect, in log order; `text` is the reason or the evidence.

    `by` is a person id or an actor, `layer` may be empty, an empty `service` means the layer.
    """

    service: str
    layer: str
    said: SuspicionKind
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A service somebody suspects, has ruled in, or has ruled out with evidence."""

    service: str
    reason: str
    named_by: str
    at: datetime
    ruled_out_because: str = ""
    ruled_in_because: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Everything monitoring and suspicion say, in the order it was first said."""

    alerts: tuple[Alert, ...] = ()
    services: tuple[ServiceHealth, ...] = ()
    indicator: Indicator = field(default_factory=Indicator)
    suspects: tuple[Suspect, ...] = ()
    words: tuple[SuspectWord, ...] = ()

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """The alerts that are firing."""
        return tuple(alert for alert in self.alerts if alert.is_open)

    def health_of(self, service: str) -> ServiceHealth | None:
        """The last health said of `service`, or None if nothing was."""
        return next((one for one in self.services if one.service == service), None)


def project_signals(known: Signals, news: Sequence[Recorded]) -> Signals:
    """The signals after `news`."""
    alerts = {(alert.source, alert.alert): alert for alert in known.alerts}
    services = {one.service: one for one in known.services}
    suspects = {one.service: one for one in known.suspects}
    samples: list[Sample] = []
    words: list[SuspectWord] = []
    indicator = known.indicator
    for recorded in news:
        match recorded.event.fact:
            case AlertFired() as fired:
                key = (fired.source, fired.alert)
                alerts[key] = _fire(alerts.get(key), recorded, fired)
            case AlertResolved() as resolved if (resolved.source, resolved.alert) in alerts:
                key = (resolved.source, resolved.alert)
                alerts[key] = _resolve(alerts[key], recorded, resolved)
            case HealthChanged() as changed:
                services[changed.service] = _change_health(
                    services.get(changed.service), recorded, changed
                )
            case IndicatorSampled(indicator=name, value=value, unit=unit):
                indicator = replace(indicator, name=name, unit=unit)
                samples.append(Sample(at=recorded.happened_at, value=value))
            case SuspectNamed() | SuspectRuledIn() | SuspectRuledOut() as said:
                words.append(_word(recorded, said))
                _suspect(suspects, words[-1])
            case _:
                pass
    return Signals(
        alerts=tuple(alerts.values()),
        services=tuple(services.values()),
        indicator=replace(indicator, samples=(*indicator.samples, *samples)),
        suspects=tuple(suspects.values()),
        words=(*known.words, *words),
    )


def _fire(before: Alert | None, recorded: Recorded, fired: AlertFired) -> Alert:
    if before is not None and before.is_open and before.episode == fired.episode:
        return before
    return Alert(
        alert=fired.alert,
        source=fired.source,
        episode=fired.episode,
        name=fired.name,
        summary=fired.summary,
        severity=fired.severity,
        services=fired.services,
        fired_at=fired.started_at or recorded.happened_at,
        fired_count=1 if before is None else before.fired_count + 1,
        link=fired.link,
    )


def _resolve(alert: Alert, recorded: Recorded, resolved: AlertResolved) -> Alert:
    if not alert.is_open or alert.episode != resolved.episode:
        return alert
    return replace(alert, resolved_at=resolved.ended_at or recorded.happened_at)


def _change_health(
    before: ServiceHealth | None, recorded: Recorded, changed: HealthChanged
) -> ServiceHealth:
    is_same = before is not None and before.health is changed.health
    return ServiceHealth(
        service=changed.service,
        health=changed.health,
        indicator=changed.indicator,
        since=before.since if before is not None and is_same else recorded.happened_at,
        before=Health.NORMAL if before is None else before.before if is_same else before.health,
    )


def _word(
    recorded: Recorded, said: SuspectNamed | SuspectRuledIn | SuspectRuledOut
) -> SuspectWord:
    match said:
        case SuspectNamed(reason=text):
            what = SuspicionKind.NAMED
        case SuspectRuledIn(evidence=text):
            what = SuspicionKind.RULED_IN
        case SuspectRuledOut(evidence=text):
            what = SuspicionKind.RULED_OUT
    return SuspectWord(
        service=said.service,
        layer=said.layer,
        said=what,
        by=recorded.event.person_id or recorded.event.actor,
        at=recorded.happened_at,
        text=text,
    )


def _suspect(suspects: dict[str, Suspect], word: SuspectWord) -> None:
    """The suspect after one more word; a word on a whole layer names nobody."""
    if not word.service:
        return
    known = suspects.get(word.service)
    if word.said is SuspicionKind.NAMED or known is None:
        known = Suspect(
            service=word.service,
            reason=word.text if word.said is SuspicionKind.NAMED else "",
            named_by=word.by,
            at=word.at,
            layer=word.layer,
        )
    is_out, is_in = word.said is SuspicionKind.RULED_OUT, word.said is SuspicionKind.RULED_IN
    suspects[word.service] = replace(
        known,
        ruled_out_because=word.text if is_out else "",
        ruled_in_because=word.text if is_in else "",
    )
