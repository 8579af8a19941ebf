"""Which changes are frozen, which are excepted, and which changes were seen.

Rules that hold when people act without knowing of each other: freezes add up (the union stands),
a lift ends only what its author had seen, and an exception opens only the freezes it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.events.event import Recorded, is_concurrent
from app.incident.claims import Claims, claim, is_contested, stake, unseen_by
from app.incident.kinds.freezes import (
    ChangeOutcome,
    ChangeSeen,
    ExceptionAmended,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeKept,
    FreezeLifted,
    FreezeScope,
)
from app.incident.kinds.work import EntryTakenBack


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """One declared freeze.  It holds in `[starts_at, ends_at)` until lifted."""

    freeze_id: str
    scope: FreezeScope
    environments: tuple[str, ...]
    services: tuple[str, ...]
    reason: str
    decision: str
    declared_by: str
    declared_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    after_resolved_minutes: int | None
    position: int
    console: str
    extends: str = ""
    lifted_by: str = ""
    lifted_at: datetime | None = None
    lift_reason: str = ""
    lift_position: int = 0
    lift_console: str = ""
    is_contested: bool = False

    def end(self, resolved_at: datetime | None) -> datetime | None:
        """When the freeze ends by itself; None while that is open."""
        ends = [self.ends_at] if self.ends_at is not None else []
        if self.after_resolved_minutes is not None and resolved_at is not None:
            ends.append(resolved_at + timedelta(minutes=self.after_resolved_minutes))
        return min(ends, default=None)

    def holds_at(self, moment: datetime, resolved_at: datetime | None) -> bool:
        """Whether changes in scope are frozen at `moment`."""
        if self.lifted_at is not None or moment < self.starts_at:
            return False
        end = self.end(resolved_at)
        return end is None or moment < end

    def covers(self, service: str, environment: str) -> bool:
        """Whether a change to `service` in `environment` is in scope."""
        is_here = not self.environments or not environment or environment in self.environments
        return is_here and (self.scope is FreezeScope.FULL or service in self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's approval of an exception."""

    person: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionText:
    """What an exception is to allow: the text that is approved, word for word."""

    change: str
    freezes: tuple[str, ...]
    services: tuple[str, ...]
    reason: str
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeException:
    """A named change that should be allowed.  It opens only the freezes it names.

    `versions` are the texts that stand, each with the person who wrote it; the first one shows.
    `void` are approvals of a text that has changed since, or that their authors had not seen.
    """

    exception_id: str
    number: int
    is_provisional: bool
    requester: str
    needed: int
    requested_at: datetime
    versions: Claims[ExceptionText]
    approvals: tuple[Approval, ...] = ()
    void: tuple[Approval, ...] = ()

    @property
    def change(self) -> str:
        """The change that should be allowed."""
        return self.versions[0].value.change

    @property
    def freezes(self) -> tuple[str, ...]:
        """The freezes it would open, by id."""
        return self.versions[0].value.freezes

    @property
    def services(self) -> tuple[str, ...]:
        """The services it is about."""
        return self.versions[0].value.services

    @property
    def reason(self) -> str:
        """Why it is asked for."""
        return self.versions[0].value.reason

    @property
    def valid_until(self) -> datetime | None:
        """When it ends, if it does."""
        return self.versions[0].value.valid_until

    @property
    def is_contested(self) -> bool:
        """Whether two texts stand, so that none can be approved."""
        return is_contested(self.versions)

    def is_of(self, person: str) -> bool:
        """Whether `person` asked for it or wrote a text of it that stands: others approve it."""
        return person == self.requester or any(one.person == person for one in self.versions)

    @property
    def label(self) -> str:
        """How the exception is called: `EX-1`, or `EX-1*` while the number may change."""
        return f"EX-{self.number}{'*' if self.is_provisional else ''}"

    @property
    def is_approved(self) -> bool:
        """Whether enough different people approved it."""
        return not self.is_contested and len(self.approvals) >= self.needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A deploy, flag or configuration change that was seen."""

    event_id: str
    ref: str
    title: str
    service: str
    environment: str
    change_type: str
    version: str
    outcome: ChangeOutcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeState:
    """Freezes, exceptions and changes, each in log order."""

    freezes: tuple[Freeze, ...] = ()
    exceptions: tuple[FreezeException, ...] = ()
    changes: tuple[Change, ...] = ()

    def holding(self, moment: datetime, resolved_at: datetime | None) -> tuple[Freeze, ...]:
        """The freezes that hold at `moment`, in log order."""
        return tuple(one for one in self.freezes if one.holds_at(moment, resolved_at))

    def opening(self, freezes: Iterable[Freeze]) -> tuple[FreezeException, ...]:
        """The approved exceptions that let a change through one of `freezes`, in log order."""
        ids = {one.freeze_id for one in freezes}
        known = self.exceptions if ids else ()
        return tuple(one for one in known if not ids.isdisjoint(one.freezes) and one.is_approved)

    def opens(self, exception: FreezeException, freeze: Freeze) -> bool:
        """Whether `exception` lets its change through `freeze`."""
        return exception.is_approved and freeze.freeze_id in exception.freezes


def project_freezes(known: FreezeState, news: Sequence[Recorded]) -> FreezeState:
    """Freezes, exceptions and changes after `news`."""
    freezes = {freeze.freeze_id: freeze for freeze in known.freezes}
    exceptions = {one.exception_id: one for one in known.exceptions}
    changes = list(known.changes)
    for recorded in news:
        match recorded.event.fact:
            case FreezeDeclared() as declared:
                _declare(freezes, recorded, declared)
            case FreezeLifted() as lifted:
                _lift(freezes, recorded, lifted)
            case FreezeKept(freeze=kept_id):
                _keep(freezes, recorded, kept_id)
            case ExceptionRequested() as requested:
                exceptions[recorded.event.id] = _request(recorded, requested, len(exceptions) + 1)
            case ExceptionApproved(exception=exception_id) as approved:
                if exception_id in exceptions:
                    exceptions[exception_id] = _approve(
                        exceptions[exception_id], recorded, approved
                    )
            case ExceptionAmended(exception=exception_id) as amended:
                if exception_id in exceptions:
                    exceptions[exception_id] = _amend(exceptions[exception_id], recorded, amended)
            case ChangeSeen() as seen:
                changes.append(_change(recorded, seen))
            case EntryTakenBack(entry=entry) if entry in freezes:
                freezes[entry] = replace(
                    freezes[entry], lifted_at=recorded.happened_at, lift_reason="taken back"
                )
            case _:
                continue
    return FreezeState(
        freezes=tuple(freezes.values()),
        exceptions=tuple(exceptions.values()),
        changes=known.changes if len(changes) == len(known.changes) else tuple(changes),
    )


def _declare(freezes: dict[str, Freeze], recorded: Recorded, declared: FreezeDeclared) -> None:
    extended = freezes.get(declared.extends)
    # The lift of the extended freeze did not know of this extension: it does not end it.
    is_contested = (
        extended is not None
        and extended.lifted_at is not None
        and is_concurrent(recorded, extended.lift_position, extended.lift_console)
    )
    freezes[recorded.event.id] = Freeze(
        freeze_id=recorded.event.id,
        scope=declared.scope,
        environments=declared.environments,
        services=declared.services,
        reason=declared.reason,
        decision=declared.decision,
        declared_by=recorded.event.person_id or recorded.event.actor,
        declared_at=recorded.happened_at,
        starts_at=declared.starts_at or recorded.happened_at,
        ends_at=declared.ends_at,
        after_resolved_minutes=declared.after_resolved_minutes,
        position=recorded.position,
        console=recorded.event.console,
        extends=declared.extends,
        is_contested=is_contested,
    )


def _lift(freezes: dict[str, Freeze], recorded: Recorded, lifted: FreezeLifted) -> None:
    """End the named freeze and the extensions of it that the author had seen."""
    family = _family(freezes, lifted.freeze)
    for freeze in family:
        if is_concurrent(recorded, freeze.position, freeze.console):
            freezes[freeze.freeze_id] = replace(freeze, is_contested=True)
        elif freeze.lifted_at is None:
            freezes[freeze.freeze_id] = replace(
                freeze,
                lifted_by=recorded.event.person_id or recorded.event.actor,
                lifted_at=recorded.happened_at,
                lift_reason=lifted.reason,
                lift_position=recorded.position,
                lift_console=recorded.event.console,
                is_contested=False,
            )


def _keep(freezes: dict[str, Freeze], recorded: Recorded, freeze_id: str) -> None:
    """Settle that a contested freeze goes on, as far as the author had seen it."""
    for freeze in _family(freezes, freeze_id):
        if not is_concurrent(recorded, freeze.position, freeze.console):
            freezes[freeze.freeze_id] = replace(freeze, is_contested=False)


def _family(freezes: dict[str, Freeze], freeze_id: str) -> tuple[Freeze, ...]:
    """A freeze and every extension of it, in log order."""
    members: dict[str, Freeze] = {}
    for freeze in freezes.values():
        if freeze.freeze_id == freeze_id or freeze.extends in members:
            members[freeze.freeze_id] = freeze
    return tuple(members.values())


def _request(recorded: Recorded, requested: ExceptionRequested, number: int) -> FreezeException:
    requester = requested.requester or recorded.event.person_id or ""
    first = claim(recorded, _text(requested))
    return FreezeException(
        exception_id=recorded.event.id,
        number=number,
        is_provisional=recorded.is_pending,
        requester=requester,
        needed=requested.approvals_needed,
        requested_at=recorded.happened_at,
        versions=(replace(first, person=requester or first.person),),
    )


def _text(said: ExceptionRequested | ExceptionAmended) -> ExceptionText:
    return ExceptionText(
        change=said.change,
        freezes=said.freezes,
        services=said.services,
        reason=said.reason,
        valid_until=said.valid_until,
    )


def _amend(
    exception: FreezeException, recorded: Recorded, amended: ExceptionAmended
) -> FreezeException:
    """The new text; nothing that was approved before is approved now.

    Who picks a text that stands, word for word, has not written it.
    """
    *others, new = stake(exception.versions, recorded, _text(amended))
    writers = (one.person for one in exception.versions if one.value == new.value)
    return replace(
        exception,
        versions=(*others, replace(new, person=next(writers, new.person))),
        approvals=(),
        void=(*exception.void, *exception.approvals),
    )


def _approve(
    exception: FreezeException, recorded: Recorded, approved: ExceptionApproved
) -> FreezeException:
    is_again = any(one.person == approved.person for one in exception.approvals)
    if is_again or exception.is_of(approved.person):
        return exception
    approval = Approval(person=approved.person, name=approved.name, at=recorded.happened_at)
    if not _is_of_this_text(exception, recorded, approved.request):
        return replace(exception, void=(*exception.void, approval))
    return replace(exception, approvals=(*exception.approvals, approval))


def _is_of_this_text(exception: FreezeException, recorded: Recorded, request: str) -> bool:
    if request and any(one.event_id != request for one in exception.versions):
        return False
    return not unseen_by(exception.versions, recorded)


def _change(recorded: Recorded, seen: ChangeSeen) -> Change:
    return Change(
        event_id=recorded.event.id,
        ref=seen.ref,
        title=seen.title,
        service=seen.service,
        environment=seen.environment,
        change_type=seen.change_type,
        version=seen.version,
        outcome=seen.outcome,
        at=recorded.happened_at,
    )
