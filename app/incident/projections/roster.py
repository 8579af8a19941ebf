"""Who holds which role, since when, and where two people hold one role without knowing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.event import Recorded
from app.events.value import quickly_made
from app.incident.claims import Claims, claim, stake, unseen_by
from app.incident.kinds.roles import (
    COMMANDER,
    DEPUTY,
    EXCLUSIVE_ROLES,
    SCRIBE,
    RoleAssigned,
    RoleReleased,
    RoleRequired,
    RoleSettled,
)
from app.incident.projections.people import readable_name

ROLE_TITLES = {
    COMMANDER: "Incident commander",
    DEPUTY: "Deputy",
    SCRIBE: "Scribe",
    "operations_lead": "Operations lead",
    "communications_lead": "Comms lead",
    "customer_liaison": "Customer liaison",
    "internal_liaison": "Internal liaison",
    "planning_lead": "Planning lead",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """A person in a role.  `shift_limit_minutes` is when they should hand off."""

    person: str
    name: str
    since: datetime
    on_shift_since: datetime
    shift_limit_minutes: int = 480


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSeat:
    """One role of the roster and who sits in it.

    `before` holds the tenures that stood before a contested pair.  `holders` has one tenure at
    most for an exclusive role.  `contenders` are the tenures that compete for it, if any.
    """

    role: str
    title: str
    team: str = ""
    is_required: bool = False
    claims: Claims[Tenure] = ()
    before: Claims[Tenure] = ()

    @property
    def is_exclusive(self) -> bool:
        """Whether one person at most may hold this role."""
        return self.role in EXCLUSIVE_ROLES

    @property
    def is_contested(self) -> bool:
        """Whether two people hold an exclusive role without having known of each other."""
        return self.is_exclusive and len({one.value.person for one in self.claims}) > 1

    @property
    def contenders(self) -> tuple[Tenure, ...]:
        """The tenures that compete, in log order; empty when nothing is contested."""
        return tuple(one.value for one in self.claims) if self.is_contested else ()

    @property
    def holders(self) -> tuple[Tenure, ...]:
        """Who holds the role now: while contested whoever held it before, else the first."""
        if self.is_contested:
            return ((self.before or self.claims)[0].value,)
        held = self.claims[-1:] if self.is_exclusive else self.claims
        return tuple(one.value for one in held)

    @property
    def holder(self) -> Tenure | None:
        """The first of `holders`."""
        held = self.holders
        return held[0] if held else None


def project_roster(known: tuple[RoleSeat, ...], news: Sequence[Recorded]) -> tuple[RoleSeat, ...]:
    """The roster after `news`; seats keep the order in which they first appeared."""
    seats = {seat.role: seat for seat in known}
    for recorded in news:
        match recorded.event.fact:
            case RoleRequired(role=role, title=title, team=team):
                seat = seats.get(role) or RoleSeat(role=role, title=title)
                seats[role] = replace(seat, title=title, team=team, is_required=True)
            case RoleAssigned() as assigned:
                seat = seats.get(assigned.role) or RoleSeat(
                    role=assigned.role, title=title_of(assigned.role)
                )
                seats[assigned.role] = _assign(seat, recorded, assigned)
            case RoleReleased(role=role, person=person) if role in seats:
                seats[role] = _release(seats[role], recorded, person)
            case RoleSettled(role=role) as settled if role in seats:
                seats[role] = _settle(seats[role], recorded, settled)
            case _:
                pass
    return tuple(seats.values())


def title_of(role: str) -> str:
    """How a role code reads: `sme_database` is "SME database"."""
    if role.startswith("sme_"):
        return "SME " + role.removeprefix("sme_").replace("_", " ")
    return ROLE_TITLES.get(role, role.replace("_", " ").capitalize())


def _assign(seat: RoleSeat, recorded: Recorded, assigned: RoleAssigned) -> RoleSeat:
    tenure = Tenure(
        person=assigned.person,
        name=assigned.name,
        since=recorded.happened_at,
        on_shift_since=assigned.on_shift_since or recorded.happened_at,
        shift_limit_minutes=assigned.shift_limit_minutes,
    )
    if seat.is_exclusive:
        claims = stake(seat.claims, recorded, tenure)
        # What both contenders replaced is what holds until somebody settles it.
        before = () if len(claims) == 1 else (seat.before or _replaced(seat, recorded))
        return replace(seat, claims=claims, before=before or _held(seat, claims))
    others = tuple(one for one in seat.claims if one.value.person != tenure.person)
    return replace(seat, claims=(*others, claim(recorded, tenure)))


def _held(seat: RoleSeat, claims: Claims[Tenure]) -> Claims[Tenure]:
    """The claim a sole new claim replaced: it becomes `before` if a rival turns up later."""
    if len(claims) > 1:
        return ()
    return (seat.before or seat.claims)[:1] if seat.is_contested else seat.claims[-1:]


def _replaced(seat: RoleSeat, recorded: Recorded) -> Claims[Tenure]:
    unseen = unseen_by(seat.claims, recorded)
    return tuple(one for one in seat.claims if one not in unseen)[-1:]


def _release(seat: RoleSeat, recorded: Recorded, person: str) -> RoleSeat:
    unseen = unseen_by(seat.claims, recorded)
    left = tuple(one for one in seat.claims if one.value.person != person or one in unseen)
    before = tuple(one for one in seat.before if one.value.person != person)
    return replace(seat, claims=left, before=before if len(left) > 1 else ())


def _settle(seat: RoleSeat, recorded: Recorded, settled: RoleSettled) -> RoleSeat:
    """The chosen person holds it; who settled it settled nothing they had not seen."""
    if not seat.is_exclusive:
        return seat
    known = [one.value for one in (*seat.before, *seat.claims)]
    tenure = next((one for one in reversed(known) if one.person == settled.person), None)
    if tenure is None:
        moment = recorded.happened_at
        tenure = Tenure(
            person=settled.person,
            name=settled.name or readable_name(settled.person),
            since=moment,
            on_shift_since=moment,
        )
    return replace(seat, claims=stake(seat.claims, recorded, tenure), before=())
