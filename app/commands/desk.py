"""The desk somebody acts from, and what acting came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.events.event import Draft
from app.events.fact import Fact
from app.incident.kinds.roles import COMMANDER, DEPUTY
from app.incident.state import IncidentState
from app.organisation.state import OrganisationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who acts, on what they see, when.

    `person` is the id of who acts.  `now` is the time of the act (aware, UTC): for a typed entry
    the time of its first character.  `new_id` gives ids for facts that others must refer to.
    `zone` is the zone that typed times of day are in.
    """

    person: str
    state: IncidentState
    organisation: OrganisationState
    now: datetime
    new_id: Callable[[], str]
    zone: tzinfo = UTC

    @property
    def is_in_command(self) -> bool:
        """Whether they hold command or stand in for who does."""
        return self.person in self.commanders

    @property
    def commanders(self) -> tuple[str, ...]:
        """The ids of commander and deputy, as far as those roles are held."""
        holders = (self.state.holder_of(COMMANDER), self.state.holder_of(DEPUTY))
        return tuple(holder.person for holder in holders if holder is not None)

    @property
    def accountable(self) -> str:
        """Who a verdict counts as decided by: the one in command, whoever records it."""
        if self.is_in_command:
            return self.person
        commander = self.state.commander
        return self.person if commander is None else commander.person

    def name_of(self, person: str) -> str:
        """A person's name, from the organisation or else from the incident itself."""
        known = self.organisation.people.get(person)
        return self.state.name_of(person) if known is None else known.name

    def draft(
        self, fact: Fact, *, occurred_at: datetime | None = None, event_id: str = ""
    ) -> Draft:
        """`fact` as this desk would have it recorded."""
        return Draft(fact=fact, occurred_at=occurred_at, made_at=self.now, event_id=event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What acting came to: the facts to record, and what to tell the person.

    `hint` is one plain sentence, empty when the act went as meant; whatever was typed is in
    `drafts` either way.
    """

    drafts: tuple[Draft, ...]
    hint: str = ""
