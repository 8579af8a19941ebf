"""When the next update is due, what is drafted and sent, and which deadlines run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.events.event import Recorded
from app.incident.kinds.reporting import (
    ClockArmed,
    ClockMet,
    ClockStarted,
    UpdateCadenceSet,
    UpdateDrafted,
    UpdateSent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUpdate:
    """The text drafted for one audience."""

    audience: str
    text: str
    drafted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentUpdate:
    """An update that went out."""

    audiences: tuple[str, ...]
    text: str
    sent_at: datetime
    sent_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """Cadence, drafts and sent updates.  `next_due` is None while no cadence is set."""

    cadence_minutes: int | None = None
    next_due: datetime | None = None
    period_start: datetime | None = None
    drafts: tuple[DraftUpdate, ...] = ()
    sent: tuple[SentUpdate, ...] = ()


class ClockStatus(StrEnum):
    """Whether a deadline runs."""

    ARMED = "armed"
    RUNNING = "running"
    MET = "met"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A compliance or reporting clock."""

    clock: str
    name: str
    basis: str
    minutes: int
    owner_name: str
    repeats: bool
    trigger: str
    status: ClockStatus = ClockStatus.ARMED
    aware_at: datetime | None = None
    waived_because: str = ""

    @property
    def due_at(self) -> datetime | None:
        """When it is due; None unless it runs."""
        if self.aware_at is None or self.status is not ClockStatus.RUNNING:
            return None
        return self.aware_at + timedelta(minutes=self.minutes)


def project_updates(known: Updates, news: Sequence[Recorded]) -> Updates:
    """Cadence, drafts and sent updates after `news`."""
    drafts = {draft.audience: draft for draft in known.drafts}
    for recorded in news:
        match recorded.event.fact:
            case UpdateCadenceSet(minutes=minutes, next_due=next_due):
                known = replace(
                    known,
                    cadence_minutes=minutes,
                    next_due=next_due,
                    period_start=recorded.happened_at,
                )
            case UpdateDrafted(audience=audience, text=""):
                drafts.pop(audience, None)
            case UpdateDrafted(audience=audience, text=text):
                drafts[audience] = DraftUpdate(
                    audience=audience, text=text, drafted_at=recorded.happened_at
                )
            case UpdateSent() as sent:
                known = _send(known, recorded, sent)
                for audience in sent.audiences:
                    drafts.pop(audience, None)
            case _:
                pass
    return replace(known, drafts=tuple(drafts.values()))


def _send(known: Updates, recorded: Recorded, sent: UpdateSent) -> Updates:
    update = SentUpdate(
        audiences=sent.audiences,
        text=sent.text,
        sent_at=recorded.happened_at,
        sent_by=recorded.event.person_id or recorded.event.actor,
    )
    next_due = known.next_due
    if known.cadence_minutes is not None:
        next_due = recorded.happened_at + timedelta(minutes=known.cadence_minutes)
    return replace(
        known, sent=(*known.sent, update), next_due=next_due, period_start=recorded.happened_at
    )


def project_deadlines(
    known: tuple[Deadline, ...], news: Sequence[Recorded]
) -> tuple[Deadline, ...]:
    """The clocks after `news`, in the order they were armed."""
    clocks = {one.clock: one for one in known}
    for recorded in news:
        match recorded.event.fact:
            case ClockArmed() as armed:
                clocks[armed.clock] = Deadline(
                    clock=armed.clock,
                    name=armed.name,
                    basis=armed.basis,
                    minutes=armed.minutes,
                    owner_name=armed.owner_name,
                    repeats=armed.repeats,
                    trigger=armed.trigger,
                )
            case ClockStarted(clock=clock, aware_at=aware_at) if clock in clocks:
                clocks[clock] = replace(
                    clocks[clock], status=ClockStatus.RUNNING, aware_at=aware_at
                )
            case ClockMet(clock=clock, waived_because=because) if clock in clocks:
                clocks[clock] = _meet(clocks[clock], recorded, because)
            case _:
                pass
    return tuple(clocks.values())


def _meet(deadline: Deadline, recorded: Recorded, because: str) -> Deadline:
    if because:
        return replace(deadline, status=ClockStatus.WAIVED, waived_because=because)
    if deadline.repeats:
        return replace(deadline, status=ClockStatus.RUNNING, aware_at=recorded.happened_at)
    return replace(deadline, status=ClockStatus.MET)
