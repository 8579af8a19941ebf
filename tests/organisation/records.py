"""Records of the organisation's log, and the organisation after them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from app.events.event import ORGANISATION_LOG, Event, Recorded, Standing
from app.events.fact import Fact
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState, replay_organisation

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def records_of(
    facts: Iterable[Fact],
    *,
    after: int = 0,
    at: datetime = NOON,
    standing: Standing = Standing.ACCEPTED,
) -> list[Recorded]:
    """The facts as maria records them at one moment, from the position `after` on."""
    return [
        Recorded(
            position=position,
            received_at=at,
            standing=standing,
            event=Event(
                id=f"e-{position}", log=ORGANISATION_LOG, actor="person:maria", console="desk",
                n=position, seen=position - 1, epoch="e0000001", made_at=at, fact=fact,
            ),
        )
        for position, fact in enumerate(facts, after + 1)
    ]  # fmt: skip


def organisation_after(
    facts: Iterable[Fact], state: OrganisationState = EMPTY_ORGANISATION, *, at: datetime = NOON
) -> OrganisationState:
    """The organisation once these are recorded too."""
    return replay_organisation(records_of(facts, after=state.position, at=at), state)
