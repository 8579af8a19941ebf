"""What is known of one service, in words: for the inspector strip and for the side sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from app.graph.answers import Lifetime, ServiceAnswers, missing_words
from app.graph.catalog import Criticality, Service
from app.graph.forecast import CascadeForecast, ForecastStep
from app.graph.impact import Containment, Reach
from app.graph.investigation import Investigation
from app.graph.isolation import Standing
from app.graph.live_readings import Live
from app.graph.topology import Topology
from app.incident.kinds.signals import Health
from app.incident.state import IncidentState
from app.models.finding_model import Finding
from app.views.disagreement_words import disagreement_lines
from app.views.inspector import ServiceBrief
from app.views.reading_words import (
    Measured,
    brief_facts,
    call_lines,
    level_lines,
    service_lines,
)
from app.views.service_map.picture import ServiceHealth
from app.views.service_map.speech import counted, state_words
from app.views.times import TimeDisplay

CHANGES_FOR = timedelta(hours=24)
"""Changes older than this are not recent."""

_MOST_LISTED = 6
_MOST_STEPS = 40


def brief_of(
    answers: ServiceAnswers,
    health: ServiceHealth | None,
    *,
    live: Live = (),
    now: datetime | None = None,
    is_offline: bool = False,
) -> ServiceBrief:
    """What the inspector says: name and tier, owner, on call, blast radius, users, burn, upstream.

    `health` is None while none was heard; `live` readings count as of `now`.  When `is_offline`,
    who is on call was where they are said to be when somebody last heard.
    """
    service = answers.service
    facts = [
        ("Owner", service.team or "no owner"),
        ("On call", _on_call(answers, is_offline=is_offline)),
        ("Blast radius", _neighbours(answers)),
    ]
    if answers.users is not None:
        facts.append(("Users an hour", f"{answers.users:,}"))
    if now is not None:
        facts += brief_facts(service, live, now)
    if answers.ill_upstream and health is not None:
        facts.append(("Unhealthy upstream", _listed(list(answers.ill_upstream), 1)))
    elif answers.needed_by is not None:
        needing = counted(answers.needed_by, "service needs it", "services need it")
        facts.append(("Single point of failure", needing))
    return ServiceBrief(
        name=service.name,
        health=None if health is None else health.state,
        detail=_detail(answers),
        facts=tuple(facts),
    )


def _detail(answers: ServiceAnswers) -> str:
    service = answers.service
    parts = [f"Tier {service.tier}" if service.tier is not None else "no tier"]
    if answers.lifetime is not None and answers.lifetime.warns:
        parts.append(answers.lifetime.support.value)
    elif answers.missing:
        parts.append(missing_words(answers.missing))
    elif service.fault_domain:
        parts.append(service.fault_domain)
    return ", ".join(parts)


def _on_call(answers: ServiceAnswers, *, is_offline: bool) -> str:
    on_call = answers.on_call
    if on_call is None:
        return "nobody"
    where = "on bridge" if on_call.is_on_bridge else "here" if on_call.is_here else ""
    was = "was " if is_offline else ""
    return f"{on_call.name}, {was}{where}" if where else on_call.name


def _neighbours(answers: ServiceAnswers) -> str:
    return (
        f"{counted(answers.callers, 'caller', 'callers')}, "
        f"{counted(answers.dependencies, 'dep', 'deps')}"
    )


def sheet_of(
    answers: ServiceAnswers,
    topology: Topology,
    state: IncidentState,
    health: ServiceHealth | None,
    *,
    times: TimeDisplay,
    now: datetime,
    as_of: datetime | None = None,
    investigation: Investigation | None = None,
    live: Live = (),
    is_past: bool = False,
    is_offline: bool = False,
) -> tuple[Finding, ...]:
    """Everything known of a service, in the order in which it is asked for in an incident.

    `as_of` is when health was last known, None while it is live; `health` is None while none was
    heard.  Of `live`, the last readings, nothing is known when `is_past`; rest as in `brief_of`.
    """
    name = {one.id: one.name for one in topology.graph.services}
    measured = Measured(live=live, now=now, times=times, is_past=is_past)
    disputed = disagreement_lines(answers.disagreements, topology.organisation, times, now)
    sections: list[tuple[str, Iterator[Finding]]] = [
        ("Now" if as_of is None else f"As of {times.minute(as_of)}", _now(answers, health, times)),
        ("Measured", service_lines(answers.service.id, measured)),
        ("Still unhealthy upstream", _upstream(answers, name, health)),
        ("Sources disagree", disputed),
        ("Contacts", _contacts(answers, topology, is_offline=is_offline)),
        ("Blast radius", _blast(answers)),
        ("Weak points", _weak_points(answers, name)),
        ("Recent changes", _changes(answers.service, topology, state, times, now)),
        ("Service level", level_lines(answers.service, measured)),
        ("Calls", call_lines(answers.service.id, topology.graph, measured)),
        ("Runbooks", (Finding(text=one) for one in answers.service.runbooks)),
    ]
    if investigation is not None:
        suspicion = _suspicion(answers.service.id, investigation, state)
        sections.insert(4, ("Suspicion, not a verdict", suspicion))
        sections.append(_course(answers.service.id, investigation.forecast, name))
    return under_headings(sections)


def _course(
    service_id: str, forecast: CascadeForecast, name: Mapping[str, str]
) -> tuple[str, Iterator[Finding]]:
    return forecast.label, iter(forecast_lines(forecast, name, only=service_id))


def under_headings(sections: list[tuple[str, Iterator[Finding]]]) -> tuple[Finding, ...]:
    """The lines of each section under its heading; a section without lines is left out."""
    found: list[Finding] = []
    for heading, section in sections:
        lines = list(section)
        if lines:
            found += [Finding(text=heading, is_heading=True), *lines]
    return tuple(found)


def _now(
    answers: ServiceAnswers, health: ServiceHealth | None, times: TimeDisplay
) -> Iterator[Finding]:
    yield Finding(text="Health loading") if health is None else _condition(health, times)
    service = answers.service
    facts = [service.kind.value.capitalize()]
    facts += [f"tier {service.tier}"] if service.tier is not None else []
    facts += [one for one in (service.environment, service.fault_domain) if one]
    yield Finding(text=", ".join(facts))


def _condition(health: ServiceHealth, times: TimeDisplay) -> Finding:
    words = [state_words(health.state).capitalize()]
    if health.indicator:
        words.append(health.indicator)
    if health.since is not None:
        words.append(f"since {times.minute(health.since)}")
    is_ill = health.state in (Health.FAILING, Health.DEGRADED)
    return Finding(text=", ".join(words), is_warning=is_ill)


def _upstream(
    answers: ServiceAnswers, name: Mapping[str, str], health: ServiceHealth | None
) -> Iterator[Finding]:
    if health is None:
        return
    for service_id, hops in answers.ill_upstream.items():
        text = f"{name.get(service_id, service_id)}, {counted(hops, 'hop', 'hops')} away"
        yield Finding(text=text, service=service_id, is_warning=True)


def _contacts(
    answers: ServiceAnswers, topology: Topology, *, is_offline: bool
) -> Iterator[Finding]:
    service = answers.service
    yield Finding(text=f"Owner: {service.team or 'nobody'}", is_warning=not service.team)
    on_call = _on_call(answers, is_offline=is_offline)
    yield Finding(text=f"On call: {on_call}", is_warning=answers.on_call is None)
    person = topology.organisation.on_call_for(service.id)
    if person is not None and person.phone:
        yield Finding(text=f"Phone: {person.phone}")
    if "runbooks" in answers.missing:
        yield Finding(text="No runbook", is_warning=True)


def _blast(answers: ServiceAnswers) -> Iterator[Finding]:
    yield Finding(text=f"If it fails: {reach_words(answers.downstream)}")
    for line in (*_consequences(answers.downstream), *_hit(answers)):
        yield Finding(text=line)
    yield Finding(text=f"It rests on: {reach_words(answers.upstream)}")


def reach_words(reach: Reach) -> str:
    """ "6 services in 3 teams: 2 at 1 hop, 4 at 2 hops"."""
    if not reach.count:
        return "no other service"
    teams = f" in {counted(len(reach.teams), 'team', 'teams')}" if reach.teams else ""
    hops = [
        f"{count} at {counted(number, 'hop', 'hops')}"
        for number, count in enumerate(reach.by_hop, start=1)
    ]
    return f"{counted(reach.count, 'service', 'services')}{teams}: {', '.join(hops)}"


_OUTCOMES = {
    Criticality.HARD: "fail with it",
    Criticality.SOFT: "degrade",
    Criticality.ASYNC: "fall behind",
}


def _consequences(reach: Reach) -> Iterator[str]:
    counts = [f"{reach.by_criticality[one]} {word}" for one, word in _OUTCOMES.items()
              if reach.by_criticality.get(one)]  # fmt: skip
    if counts:
        yield f"Of these {', '.join(counts)}"


def _hit(answers: ServiceAnswers) -> Iterator[str]:
    """Users and money, the service's own included; both unknown is worth a word."""
    if answers.users is not None:
        yield f"At least {answers.users:,} users in a normal hour"
    for money in answers.money:
        yield f"At least {money.amount:,.0f} {money.currency} in a normal minute"
    unknown = [
        word
        for word, is_known in (("users", answers.users is not None), ("money", answers.money))
        if not is_known
    ]
    if unknown:
        yield f"Nobody recorded {' or '.join(unknown)} of what fails or degrades with it"


def _weak_points(answers: ServiceAnswers, name: Mapping[str, str]) -> Iterator[Finding]:
    if answers.needed_by is not None:
        needing = counted(answers.needed_by, "service needs it", "services need it")
        yield Finding(text=f"Single point of failure, {needing}", is_warning=True)
    if answers.circle:
        others = _listed([name.get(one, one) for one in answers.circle], _MOST_LISTED)
        yield Finding(text=f"Depends on itself in a circle with {others}", is_warning=True)
    if answers.domain is not None:
        yield Finding(text=domain_words(answers.domain, name))
    if answers.lifetime is not None:
        yield Finding(text=lifetime_words(answers.lifetime), is_warning=answers.lifetime.warns)


def domain_words(domain: Containment, name: Mapping[str, str]) -> str:
    """ "Contained in eu-west-1b: no, also cart, order", with what has no domain named."""
    outside = _listed([name.get(one, one) for one in domain.escapees], _MOST_LISTED)
    unplaced = _listed([name.get(one, one) for one in domain.unplaced], _MOST_LISTED)
    if domain.contained:
        answer = "yes"
    elif outside:
        answer = f"no, also {outside}"
    else:
        answer = "unknown"
    tail = f"; no domain named for {unplaced}" if unplaced else ""
    return f"Contained in {domain.fault_domain}: {answer}{tail}"


def lifetime_words(lifetime: Lifetime) -> str:
    """ "v3, deprecated 2026-12-02, in 10 days"."""
    parts = [one for one in (lifetime.version, lifetime.support.value) if one]
    if lifetime.on is None:
        return ", ".join(parts)
    days = abs(lifetime.days or 0)
    when = f"in {counted(days, 'day', 'days')}" if (lifetime.days or 0) > 0 else "past"
    return ", ".join((*parts, f"{lifetime.on:%Y-%m-%d}", when))


def _changes(
    service: Service,
    topology: Topology,
    state: IncidentState,
    times: TimeDisplay,
    now: datetime,
) -> Iterator[Finding]:
    for change in reversed(state.freeze.changes):
        is_own = topology.id_of(change.service) == service.id
        if is_own and now - CHANGES_FOR <= change.at <= now:
            yield Finding(text=f"{times.minute(change.at)} {change.title}, {change.outcome.value}")


def _suspicion(
    service_id: str, investigation: Investigation, state: IncidentState
) -> Iterator[Finding]:
    for rank, candidate in enumerate(investigation.ranking.candidates, start=1):
        if candidate.service == service_id:
            yield Finding(text=f"Ranked {rank}, explains {candidate.score:.0%} of it")
            for evidence in candidate.evidence:
                yield Finding(text=evidence.text, is_detail=True)
    for part in investigation.board.parts:
        if part.service == service_id:
            for ruling in part.rulings:
                yield Finding(
                    text=f"{state.name_of(ruling.by)}: {_STANDING_WORDS[ruling.standing]}"
                    f", {part.layer.heading.lower()}"
                    + (f", {ruling.evidence}" if ruling.evidence else ""),
                    is_warning=part.is_contested,
                )


_STANDING_WORDS = {
    Standing.OPEN: "suspected",
    Standing.RULED_IN: "ruled in",
    Standing.RULED_OUT: "ruled out",
}


def step_words(step: ForecastStep, name: Mapping[str, str]) -> str:
    """ "cart may be failing, 14:39 to 14:46 UTC, possible"."""
    service = name.get(step.service, step.service)
    window = f"{step.earliest:%H:%M} to {step.latest:%H:%M} UTC"
    return f"{service} may be {state_words(step.health)}, {window}, {step.likelihood.value}"


def forecast_lines(
    forecast: CascadeForecast, name: Mapping[str, str], *, only: str = ""
) -> tuple[Finding, ...]:
    """What may get worse, soonest first, each step with its reasons and what would cut it.

    With `only` the steps of that service, and those that pass through it.
    """
    found: list[Finding] = []
    steps = [one for one in forecast.steps if not only or only in one.path]
    for step in steps[:_MOST_STEPS]:
        found.append(Finding(text=step_words(step, name), service=step.service))
        found += [Finding(text=reason, is_detail=True) for reason in step.reasons]
        cut = forecast.cut_of(step.service)
        if cut is not None:
            words = f"Would cut it: {cut.text}. {cut.price}."
            found.append(Finding(text=words, is_detail=True))
    return tuple(found)


def _listed(names: list[str], most: int) -> str:
    shown = ", ".join(names[:most])
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown
