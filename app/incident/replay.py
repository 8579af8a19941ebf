"""The one place that turns a log into a state: `replay` and `foresee`."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Concatenate, ParamSpec, TypeVar

from app.events.event import Event, Recorded, Standing, pending
from app.events.fact import Fact, UnreadableFact, WithheldFact
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


def _by_interest(news: Sequence[Recorded]) -> defaultdict[str, list[Recorded]]:
    """The accepted records of `news` for each projection, in log order."""
    interested: defaultdict[str, list[Recorded]] = defaultdict(list)
    for recorded in news:
        if recorded.standing is Standing.ACCEPTED:
            area = recorded.event.fact.kind.partition(".")[0]
            for projection in _INTERESTS.get(area, ()):
                interested[projection].append(recorded)
    return interested


def _project(state: IncidentState, news: Sequence[Recorded], position: int) -> IncidentState:
    restorations, news = learn_restorations(state.restorations, news)
    of = _by_interest(news)
    is_commander = _commander_check(state.roster, news)
    decisions = _after(of["decisions"], state.decisions, project_decisions, is_commander)
    actions = _after(of["actions"], state.actions, project_actions)
    freeze = _after(of["freezes"], state.freeze, project_freezes)
    naming = Naming(state.participants, state.signals, state.deadlines)
    naming.labels.number(
        (state.decisions, state.actions, state.freeze.exceptions),
        (decisions, actions, freeze.exceptions),
    )
    return IncidentState(
        position=position,
        situation=_after(of["situation"], state.situation, project_situation, is_commander),
        participants=_after(of["people"], state.participants, project_participants),
        roster=_after(of["roster"], state.roster, project_roster),
        timeline=project_timeline(state.timeline, news, _reader(naming), naming.name_of),
        decisions=decisions,
        freeze=freeze,
        actions=actions,
        follow_ups=_after(of["follow_ups"], state.follow_ups, project_follow_ups),
        signals=_after(of["signals"], state.signals, project_signals),
        root_cause=_after(of["root_cause"], state.root_cause, project_root_cause),
        updates=_after(of["updates"], state.updates, project_updates),
        deadlines=_after(of["deadlines"], state.deadlines, project_deadlines),
        restorations=restorations,
        unreadable=state.unreadable + _count(UnreadableFact, news),
        quarantined=state.quarantined + [one.standing for one in news].count(_QUARANTINED),
        withheld=state.withheld + _count(WithheldFact, news),
        pending=state.pending + [one.is_pending for one in news].count(True),
    )


_QUARANTINED = Standing.QUARANTINED


def _after(
    news: Sequence[Recorded],
    known: Known,
    project: Callable[Concatenate[Known, Sequence[Recorded], Rest], Known],
    *rest: Rest.args,
    **named: Rest.kwargs,
) -> Known:
    """What is known after `news`: most records concern one projection or two."""
    return project(known, news, *rest, **named) if news else known


def _count(kind: type[Fact], news: Sequence[Recorded]) -> int:
    return [isinstance(one.event.fact, kind) for one in news].count(True)


def _reader(naming: Naming) -> Callable[[Recorded], Line | None]:
    def reads(recorded: Recorded) -> Line | None:
        naming.learn(recorded)
        return line_of(recorded, naming.labels, naming.name_of)

    return reads


def _commander_check(
    roster: tuple[RoleSeat, ...], news: Sequence[Recorded]
) -> Callable[[Recorded], bool]:
    """Who commanded when: a check that knows every change of command within `news`."""
    changes: list[tuple[int, str | None]] = [(-1, _commander_of(roster))]
    order = {recorded.event.id: index for index, recorded in enumerate(news)}
    for index, recorded in enumerate(news):
        is_effective = recorded.standing is Standing.ACCEPTED
        if is_effective and recorded.event.fact.kind.startswith("role."):
            roster = project_roster(roster, [recorded])
            changes.append((index, _commander_of(roster)))

    def is_commander(recorded: Recorded) -> bool:
        before = bisect_left(changes, order[recorded.event.id], key=itemgetter(0)) - 1
        person = recorded.event.person_id
        return person is not None and changes[before][1] == person

    return is_commander


def _commander_of(roster: tuple[RoleSeat, ...]) -> str | None:
    holder = next((seat.holder for seat in roster if seat.role == COMMANDER), None)
    return None if holder is None else holder.person
