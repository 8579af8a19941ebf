"""The one place that turns a log into a state: `replay` and `foresee`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Concatenate, ParamSpec, TypeVar

from app.events.event import PENDING, Event, Recorded, Standing, pending
from app.events.fact import UnreadableFact, WithheldFact
from app.incident.kinds.roles import COMMANDER
from app.incident.naming import Naming
from app.incident.projections.actions import project_actions, project_follow_ups
from app.incident.projections.causes import project_root_cause
from app.incident.projections.decisions import project_decisions
from app.incident.projections.freezes import project_freezes
from app.incident.projections.people import project_participants
from app.incident.projections.reporting import project_deadlines, project_updates
from app.incident.projections.roster import RoleSeat, project_roster
from app.incident.projections.signals import project_signals
from app.incident.projections.situation import project_situation
from app.incident.projections.timeline import Line, project_timeline
from app.incident.restoring import learn_restorations
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.incident.wording import line_of

Known = TypeVar("Known")
Rest = ParamSpec("Rest")


def replay(log: Sequence[Recorded], start: IncidentState = BEFORE_ANYTHING) -> IncidentState:
    """The state after `log` (records in position order), continuing from `start`."""
    if not log:
        return start
    return _project(start, log, log[-1].position)


def foresee(state: IncidentState, outbox: Sequence[Event]) -> IncidentState:
    """The state once the server has recorded everything in `outbox`, in that order."""
    if not outbox:
        return state
    return _project(state, [pending(event) for event in outbox], state.position)


_INTERESTS: Mapping[str, tuple[str, ...]] = {
    "incident": ("situation",),
    "participant": ("people",),
    "role": ("roster", "people"),
    "decision": ("decisions", "situation"),
    "freeze": ("freezes",),
    "change": ("freezes",),
    "action": ("actions",),
    "follow_up": ("follow_ups",),
    "entry": ("decisions", "freezes", "actions", "follow_ups", "root_cause"),
    "alert": ("signals",),
    "service": ("signals",),
    "indicator": ("signals",),
    "suspect": ("signals",),
    "reproduction": ("root_cause",),
    "cause": ("root_cause",),
    "update": ("updates",),
    "clock": ("deadlines",),
}
"""Which projections look at which area of kinds; every record is looked at once."""


def _by_interest(news: Sequence[Recorded]) -> dict[str, list[Recorded]]:
    """The accepted records of `news` for each projection that looks at any, in log order."""
    interested: dict[str, list[Recorded]] = {}
    for recorded in news:
        if recorded.standing is Standing.ACCEPTED:
            area = recorded.event.fact.kind.partition(".")[0]
            for projection in _INTERESTS.get(area, ()):
                interested.setdefault(projection, []).append(recorded)
    return interested


def _project(state: IncidentState, news: Sequence[Recorded], position: int) -> IncidentState:
    restorations, news = learn_restorations(state.restorations, news)
    of = _by_interest(news)
    is_commander = _Command(state.roster, news).is_commander
    decisions = _after(of.get("decisions"), state.decisions, project_decisions, is_commander)
    actions = _after(of.get("actions"), state.actions, project_actions)
    freeze = _after(of.get("freezes"), state.freeze, project_freezes)
    naming = Naming(state.participants, state.signals, state.deadlines)
    naming.labels.number(
        (state.decisions, state.actions, state.freeze.exceptions),
        (decisions, actions, freeze.exceptions),
    )
    unreadable, quarantined, withheld, pending_now = _counts(news)
    return IncidentState(
        position=position,
        situation=_after(of.get("situation"), state.situation, project_situation, is_commander),
        participants=_after(of.get("people"), state.participants, project_participants),
        authors=_authors(state.authors, news),
        roster=_after(of.get("roster"), state.roster, project_roster),
        timeline=project_timeline(state.timeline, news, _reader(naming), naming.name_of),
        decisions=decisions,
        freeze=freeze,
        actions=actions,
        follow_ups=_after(of.get("follow_ups"), state.follow_ups, project_follow_ups),
        signals=_after(of.get("signals"), state.signals, project_signals),
        root_cause=_after(of.get("root_cause"), state.root_cause, project_root_cause),
        updates=_after(of.get("updates"), state.updates, project_updates),
        deadlines=_after(of.get("deadlines"), state.deadlines, project_deadlines),
        restorations=restorations,
        unreadable=state.unreadable + unreadable,
        quarantined=state.quarantined + quarantined,
        withheld=state.withheld + withheld,
        pending=state.pending + pending_now,
    )


def _after(
    news: Sequence[Recorded] | None,
    known: Known,
    project: Callable[Concatenate[Known, Sequence[Recorded], Rest], Known],
    *rest: Rest.args,
    **named: Rest.kwargs,
) -> Known:
    """What is known after `news`: most records concern one projection or two."""
    return project(known, news, *rest, **named) if news else known


def _authors(known: tuple[str, ...], news: Sequence[Recorded]) -> tuple[str, ...]:
    """Who made records, those of `news` too: what takes no effect was made all the same."""
    people = dict.fromkeys([one.event.person_id for one in news])
    fresh = [one for one in people if one is not None and one not in known]
    return (*known, *fresh) if fresh else known


def _counts(news: Sequence[Recorded]) -> tuple[int, int, int, int]:
    """How many of `news` are unreadable, quarantined, withheld and pending."""
    unreadable = quarantined = withheld = not_recorded = 0
    for one in news:
        fact = one.event.fact
        if isinstance(fact, UnreadableFact):
            unreadable += 1
        elif isinstance(fact, WithheldFact):
            withheld += 1
        if one.standing is Standing.QUARANTINED:
            quarantined += 1
        if one.position == PENDING:
            not_recorded += 1
    return unreadable, quarantined, withheld, not_recorded


def _reader(naming: Naming) -> Callable[[Recorded], Line | None]:
    def reads(recorded: Recorded) -> Line | None:
        naming.learn(recorded)
        return line_of(recorded, naming.labels, naming.name_of)

    return reads


class _Command:
    """Who commanded when, within some news; worked out once somebody asks."""

    def __init__(self, roster: tuple[RoleSeat, ...], news: Sequence[Recorded]) -> None:
        self._roster = roster
        self._news = news
        self._changes: list[tuple[int, str | None]] = []
        self._order: dict[str, int] = {}

    def is_commander(self, recorded: Recorded) -> bool:
        """Whether who made `recorded`, one of the news, commanded just before it."""
        if not self._changes:
            self._learn()
        before = bisect_left(self._changes, self._order[recorded.event.id], key=itemgetter(0)) - 1
        person = recorded.event.person_id
        return person is not None and self._changes[before][1] == person

    def _learn(self) -> None:
        roster = self._roster
        self._changes.append((-1, _commander_of(roster)))
        for index, recorded in enumerate(self._news):
            self._order[recorded.event.id] = index
            is_effective = recorded.standing is Standing.ACCEPTED
            if is_effective and recorded.event.fact.kind.startswith("role."):
                roster = project_roster(roster, [recorded])
                self._changes.append((index, _commander_of(roster)))


def _commander_of(roster: tuple[RoleSeat, ...]) -> str | None:
    holder = next((seat.holder for seat in roster if seat.role == COMMANDER), None)
    return None if holder is None else holder.person
