"""What of the news of an incident matters to somebody who was away, topic by topic.

Each function takes the entries that are new and gives what it tells; what it leaves out is only
counted.  An entry is of one topic at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.incident.kinds.signals import Health
from app.incident.last_seen import LastSeen
from app.incident.projections.decisions import Decision
from app.incident.projections.roster import RoleSeat
from app.incident.projections.timeline import Lane, Mark, TimelineEntry
from app.incident.state import IncidentState


class Topic(StrEnum):
    """What news is about, in the order in which it is told."""

    SITUATION = "Situation"
    ROLES = "Roles"
    DECISIONS = "Decisions"
    FREEZES = "Change freezes"
    SERVICES = "Services"
    ACTIONS = "Actions"
    UPDATES = "Updates and clocks"
    PINNED = "Pinned"
    WITHOUT_EFFECT = "Kept without effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One thing to tell, with when it happened.

    `entry` is the id of the one entry that this tells; empty for what no single entry says.
    `record` is the id of the event whose entry says more, `is_warning` marks what somebody
    should act on.
    """

    topic: Topic
    text: str
    at: datetime | None = None
    entry: str = ""
    record: str = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The entries that are new and stand, in log order, between what was seen and `state`.

    `now` is when this is told (aware UTC).
    """

    rows: Sequence[TimelineEntry]
    seen: LastSeen
    state: IncidentState
    now: datetime
    by_id: dict[str, TimelineEntry] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {row.event_id: row for row in self.rows})

    def marked(self, *marks: Mark) -> Iterator[TimelineEntry]:
        """The entries with one of these marks."""
        return (row for row in self.rows if row.line.mark in marks)


def items_of(news: News) -> Iterator[NewsItem]:
    """Everything that matters, topic by topic."""
    yield from _situation(news)
    yield from _roles(news)
    yield from _decisions(news)
    yield from (told_in_full(Topic.FREEZES, row) for row in news.marked(Mark.FREEZE))
    yield from _services(news)
    yield from _actions(news)
    yield from (told_in_full(Topic.UPDATES, row) for row in news.marked(Mark.COMMS, Mark.CLOCK))


def told_in_full(
    topic: Topic, row: TimelineEntry, text: str = "", *, is_warning: bool = False
) -> NewsItem:
    """Tell one entry: as it reads, or in other words."""
    return NewsItem(
        topic=topic,
        text=text or row.text,
        at=row.at,
        entry=row.event_id,
        record=row.event_id,
        is_warning=is_warning,
    )


def _situation(news: News) -> Iterator[NewsItem]:
    """What changed of the incident itself; what holds now is told with what held then."""
    seen, situation = news.seen, news.state.situation
    before: dict[str, str] = {}
    if seen.severity and situation.severity != seen.severity:
        holding = [one for one in situation.severities if one.value == situation.severity]
        before |= {one.event_id: f"SEV {seen.severity}" for one in holding}
    if seen.severity and situation.phase is not seen.phase:
        phases = [one for one in situation.phases if one.value is situation.phase]
        before |= {one.event_id: seen.phase.value for one in phases}
    for row in news.marked(Mark.SITUATION, Mark.DISPUTED):
        was = before.get(row.event_id, "")
        text = f"{row.text} (was {was})" if was else row.text
        yield told_in_full(Topic.SITUATION, row, text, is_warning=row.line.mark is Mark.DISPUTED)


def _roles(news: News) -> Iterator[NewsItem]:
    """Who holds which role now that did not then, and which role nobody holds any more."""
    for seat in news.state.roster:
        before = [person for role, person in news.seen.holders if role == seat.role]
        yield from _new_holders(news, seat, before)
        if before and not seat.holders:
            names = ", ".join(news.state.name_of(one) for one in before)
            yield NewsItem(
                topic=Topic.ROLES, text=f"{seat.title}: nobody (was {names})", is_warning=True
            )
        if seat.is_contested and any(one.position > news.seen.position for one in seat.claims):
            names = " and ".join(one.name for one in seat.contenders)
            text = f"{seat.title} is contested: {names}"
            yield NewsItem(topic=Topic.ROLES, text=text, is_warning=True)


def _new_holders(news: News, seat: RoleSeat, before: Sequence[str]) -> Iterator[NewsItem]:
    left = [one for one in before if one not in {held.person for held in seat.holders}]
    for claim in seat.claims:
        row = news.by_id.get(claim.event_id)
        if row is not None and claim.value.person not in before:
            names = ", ".join(news.state.name_of(one) for one in left)
            text = f"{row.text} (was {names})" if names and seat.is_exclusive else row.text
            yield told_in_full(Topic.ROLES, row, text)


def _decisions(news: News) -> Iterator[NewsItem]:
    """Decisions proposed, decided, objected to and reversed, and those that are contested.

    Of a decision that was proposed and then decided, the verdict says both.
    """
    rows = [row for row in news.rows if row.line.lane is Lane.DECISIONS]
    ruled = {row.line.label for row in rows if row.line.mark is Mark.DECISION}
    for row in rows:
        is_proposal = row.line.mark is Mark.DECISION_OPEN
        if is_proposal and (not row.line.label or row.line.label in ruled):
            continue  # a poll says no more than its proposal
        is_warning = row.line.mark in (Mark.OBJECTION, Mark.REVERSED)
        yield told_in_full(Topic.DECISIONS, row, is_warning=is_warning)
    for decision in news.state.decisions:
        if decision.is_contested and _newest_position(decision) > news.seen.position:
            yield NewsItem(
                topic=Topic.DECISIONS,
                text=f"{decision.label} is contested: the commander picks",
                record=decision.decision_id,
                is_warning=True,
            )


def _newest_position(decision: Decision) -> int:
    return max((decision.position, *(one.position for one in decision.rulings)))


def _services(news: News) -> Iterator[NewsItem]:
    """Which services fail that did not, and which are normal again."""
    before = dict(news.seen.troubled)
    newest = {row.line.services: row for row in news.rows if row.line.lane is Lane.HEALTH}
    for service in sorted(news.state.signals.services, key=lambda one: one.since):
        was = before.get(service.service, Health.NORMAL)
        is_failing = service.health is Health.FAILING and was is not Health.FAILING
        is_well = service.health is Health.NORMAL and was is not Health.NORMAL
        if is_failing or is_well:
            row = newest.get((service.service,))
            detail = f", {service.indicator}" if service.indicator and is_failing else ""
            yield NewsItem(
                topic=Topic.SERVICES,
                text=f"{service.service}: {'failing' if is_failing else 'normal again'}{detail}",
                at=service.since,
                entry="" if row is None else row.event_id,
                record="" if row is None else row.event_id,
                is_warning=is_failing,
            )


def _actions(news: News) -> Iterator[NewsItem]:
    """Actions given to somebody that are still open, done, and overdue since."""
    given = {
        event_id: action
        for action in news.state.open_actions
        for event_id in (action.action_id, *(one.event_id for one in action.owners))
    }
    for row in news.marked(Mark.ACTION, Mark.ACTION_DONE):
        if row.line.mark is Mark.ACTION_DONE:
            yield told_in_full(Topic.ACTIONS, row)
        elif row.event_id in given:
            yield told_in_full(Topic.ACTIONS, row, f"{given[row.event_id].label} {row.text}")
    for action in news.state.open_actions:
        due = action.check_back_at
        if due is not None and news.seen.at < due <= news.now:
            owner = f", {action.owner.name}" if action.owner else ""
            yield NewsItem(
                topic=Topic.ACTIONS,
                text=f"{action.label} is overdue: {action.text}{owner}",
                at=due,
                record=action.action_id,
                is_warning=True,
            )
