"""What people set differently while apart, who must settle it, and between what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import TypeVar

from app.incident.claims import Claim, is_contested
from app.incident.kinds.decisions import Verdict
from app.incident.kinds.roles import COMMANDER, DEPUTY
from app.incident.projections.decisions import Decision
from app.incident.projections.freezes import Freeze
from app.incident.projections.roster import RoleSeat
from app.incident.state import IncidentState

_T = TypeVar("_T")


class Matter(StrEnum):
    """What kind of thing is contested."""

    ROLE = "role"
    VERDICT = "verdict"
    PROPOSAL = "proposal"
    SEVERITY = "severity"
    PHASE = "phase"
    TITLE = "title"
    NOTE = "note"
    FREEZE = "freeze"
    EXCEPTION = "exception"
    ACTION = "action"
    ROOT_CAUSE = "root_cause"


KEEP, LIFT = "keep", "lift"
"""The choices for a contested freeze, and for the lock of the root cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to settle it: `key` is what the settling command takes, `label` how it reads.

    `author` is the name of who set it so, and `at` when; both empty where nobody did.
    """

    key: str
    label: str
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """Something a person must settle.

    `subject` is the id of what it is about (a role code for roles, empty for the incident
    itself).  `settlers` are the ids of who may settle it; empty while nobody holds the role that
    does.  `sentence` says what happened, what holds meanwhile and who settles it.
    """

    matter: Matter
    subject: str
    sentence: str
    settlers: tuple[str, ...]
    choices: tuple[Choice, ...]


def contested(state: IncidentState, zone: tzinfo = UTC) -> tuple[Contested, ...]:
    """Everything that waits to be settled; times of day are told in `zone`."""
    return (
        *_roles(state),
        *_phase(state),
        *_severity(state),
        *_freezes(state),
        *_decisions(state, zone),
        *_exceptions(state),
        *_texts(state),
        *_actions(state),
        *_root_cause(state),
    )


def _set_by(state: IncidentState, claim: Claim[_T], key: str, label: str) -> Choice:
    return Choice(key=key, label=label, author=state.name_of(claim.person), at=claim.at)


def _command(state: IncidentState) -> tuple[str, ...]:
    holders = (state.holder_of(COMMANDER), state.holder_of(DEPUTY))
    return tuple(dict.fromkeys(one.person for one in holders if one is not None))


def _commander(state: IncidentState) -> tuple[str, ...]:
    holder = state.commander
    return () if holder is None else (holder.person,)


def _and(words: Iterable[str]) -> str:
    listed = list(dict.fromkeys(words))
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _both(count: int) -> str:
    return "both" if count == 2 else "all"


def _roles(state: IncidentState) -> Iterable[Contested]:
    for seat in state.roster:
        if seat.is_contested:
            yield _role(state, seat)


def _role(state: IncidentState, seat: RoleSeat) -> Contested:
    people = {one.person: one.name for one in (*seat.holders, *seat.contenders)}
    took = "took command" if seat.role == COMMANDER else f"became {seat.title.lower()}"
    holder = seat.holders[0]
    rivals = {one.person: one.name for one in seat.contenders}
    is_command = seat.role == COMMANDER
    until = "one hands over" if is_command else "it is settled"
    sentence = (
        f"{_and(rivals.values())} {_both(len(rivals))} {took} while apart. "
        f"{holder.name} keeps it until {until}."
    )
    settlers = tuple(people) if is_command else (_command(state) or tuple(people))
    return Contested(
        matter=Matter.ROLE,
        subject=seat.role,
        sentence=sentence,
        settlers=settlers,
        choices=tuple(_holding(state, seat, person, name) for person, name in people.items()),
    )


def _holding(state: IncidentState, seat: RoleSeat, person: str, name: str) -> Choice:
    assigned = next(one for one in (*seat.claims, *seat.before) if one.value.person == person)
    return _set_by(state, assigned, person, name)


def _phase(state: IncidentState) -> Iterable[Contested]:
    situation = state.situation
    if situation.is_resolve_contested:
        first = {one.value: one for one in reversed(situation.phases)}
        words = _and(
            f"{phase.value} by {state.name_of(one.person)}"
            for phase, one in reversed(first.items())
        )
        yield Contested(
            matter=Matter.PHASE,
            subject="",
            sentence=f"The incident was set to {words} while apart. "
            f"It stays {situation.phase.value}. Commander settles it.",
            settlers=_command(state),
            choices=tuple(
                _set_by(state, one, phase.value, phase.value.capitalize())
                for phase, one in first.items()
            ),
        )


def _severity(state: IncidentState) -> Iterable[Contested]:
    situation = state.situation
    if situation.is_severity_contested:
        words = _and(
            f"SEV {one.value} by {state.name_of(one.person)}" for one in situation.severities
        )
        first = {one.value: one for one in reversed(situation.severities)}
        yield Contested(
            matter=Matter.SEVERITY,
            subject="",
            sentence=f"Severity was set to {words} while apart. "
            f"SEV {situation.severity} holds. Commander confirms.",
            settlers=_commander(state),
            choices=tuple(
                _set_by(state, first[level], str(level), f"SEV {level}") for level in sorted(first)
            ),
        )


def _freezes(state: IncidentState) -> Iterable[Contested]:
    for freeze in state.freeze.freezes:
        if freeze.is_contested and freeze.lifted_at is None:
            yield _freeze(state, freeze)


def _freeze(state: IncidentState, freeze: Freeze) -> Contested:
    declared = state.name_of(freeze.declared_by)
    sentence = (
        f"The change freeze {declared} declared was lifted by somebody who had not seen it. "
        "It still holds. Commander lifts or keeps it."
    )
    return Contested(
        matter=Matter.FREEZE,
        subject=freeze.freeze_id,
        sentence=sentence,
        settlers=_command(state),
        choices=(Choice(key=KEEP, label="Keep frozen"), Choice(key=LIFT, label="Lift")),
    )


_VERDICTS = {Verdict.GO: "go", Verdict.NOGO: "no-go", Verdict.HOLD: "hold"}


def _decisions(state: IncidentState, zone: tzinfo) -> Iterable[Contested]:
    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%H:%M:%S}"

    told: set[str] = set()
    for decision in state.decisions:
        if len({one.value.verdict for one in decision.rulings}) > 1:
            yield _verdicts(state, decision, clock)
        if decision.rivals and decision.decision_id not in told:
            told.update((decision.decision_id, *decision.rivals))
            yield _rivals(state, decision)


def _verdicts(
    state: IncidentState, decision: Decision, clock: Callable[[datetime], str]
) -> Contested:
    rulings = [one.value for one in decision.rulings]
    said = [
        f"{_VERDICTS[one.verdict]} by {state.name_of(one.decided_by)} {clock(one.at)}"
        for one in rulings
    ]
    return Contested(
        matter=Matter.VERDICT,
        subject=decision.decision_id,
        sentence=f"{decision.label} was decided {_and(said)}. "
        f"{_both(len(said)).capitalize()} are kept. Commander picks.",
        settlers=_commander(state),
        choices=tuple(
            Choice(
                key=one.event_id,
                label=_VERDICTS[one.verdict].capitalize(),
                author=state.name_of(one.decided_by),
                at=one.at,
            )
            for one in rulings
        ),
    )


def _rivals(state: IncidentState, decision: Decision) -> Contested:
    ids = (decision.decision_id, *decision.rivals)
    rivals = [one for one in state.decisions if one.decision_id in ids]
    replaced = next(
        (one.label for one in state.decisions if one.decision_id == decision.supersedes),
        "the same",
    )
    return Contested(
        matter=Matter.PROPOSAL,
        subject=decision.decision_id,
        sentence=f"{_and(one.label for one in rivals)} {_both(len(rivals))} replace {replaced}. "
        "None is current. Commander picks.",
        settlers=_commander(state),
        choices=tuple(
            Choice(
                key=one.decision_id,
                label=f"{one.label} {one.title}",
                author=state.name_of(one.proposed_by),
                at=one.proposed_at,
            )
            for one in rivals
        ),
    )


def _exceptions(state: IncidentState) -> Iterable[Contested]:
    for one in state.freeze.exceptions:
        if one.is_contested:
            yield Contested(
                matter=Matter.EXCEPTION,
                subject=one.exception_id,
                sentence=f"{one.label} was rewritten twice while apart. "
                "It opens nothing. Commander picks the text to approve.",
                settlers=_command(state),
                choices=tuple(
                    _set_by(state, text, text.event_id, text.value.change) for text in one.versions
                ),
            )


def _texts(state: IncidentState) -> Iterable[Contested]:
    titles = state.situation.titles
    if is_contested(titles):
        people = _and(state.name_of(one.person) for one in titles)
        yield Contested(
            matter=Matter.TITLE,
            subject="",
            sentence=f"The title was rewritten by {people} while apart. The first shows.",
            settlers=_command(state) or tuple(one.person for one in titles),
            choices=tuple(_set_by(state, one, one.event_id, one.value) for one in titles),
        )
    for row in state.timeline.contested():
        authors = tuple(dict.fromkeys(one.person for one in row.texts))
        yield Contested(
            matter=Matter.NOTE,
            subject=row.event_id,
            sentence=f"{_and(map(state.name_of, authors))} rewrote an entry while apart. "
            "The first shows.",
            settlers=(*authors, *_command(state)),
            choices=tuple(_set_by(state, one, one.event_id, one.value) for one in row.texts),
        )


def _actions(state: IncidentState) -> Iterable[Contested]:
    for action in state.open_actions:
        if action.also_offered and action.owner is not None:
            owners = {one.value.person: one.value.name for one in action.owners}
            first, *others = (name or person for person, name in owners.items())
            yield Contested(
                matter=Matter.ACTION,
                subject=action.action_id,
                sentence=f"{action.label} was given to {_and((first, *others))} while apart. "
                f"{first} has it, {_and(others)} is also offered it.",
                settlers=_command(state) or tuple(owners),
                choices=tuple(
                    Choice(key=person, label=name or person) for person, name in owners.items()
                ),
            )


def _root_cause(state: IncidentState) -> Iterable[Contested]:
    known = state.root_cause
    if not known.is_contested:
        return
    openers = [one for one in known.words if one.value.gate.is_open]
    lockers = [one for one in known.words if not one.value.gate.is_open]
    opened = _and(state.name_of(one.person) for one in openers)
    locked = _and(state.name_of(one.person) for one in lockers)
    yield Contested(
        matter=Matter.ROOT_CAUSE,
        subject="",
        sentence=f"{opened} opened the root cause and {locked} locked it while apart. "
        "It stays locked. Commander settles it.",
        settlers=_command(state),
        choices=(
            _set_by(state, lockers[0], KEEP, "Keep locked"),
            _set_by(state, openers[0], LIFT, "Open it"),
        ),
    )
