"""The logs a console shows, as they are on its disk: not connected to any server yet."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import TypeVar

from app.console.introduction import console_key
from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, incident_log
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.local_log import LocalLog
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.authoring import Author
from app.sync.folding import Folding
from app.sync.keeping import IncidentKeeping, Keeping
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Hear, Session

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who writes here (`actor`), in which profile, by which clock (aware UTC)."""

    local: LocalLog
    actor: str
    codec: Codec
    clock: Callable[[], datetime]

    def author(self) -> Author:
        """Signs what is written here."""
        return Author(
            actor=self.actor,
            key=console_key(self.local),
            codec=self.codec,
            clock=self.clock,
            random_bytes=secrets.token_bytes,
        )

    def session(
        self,
        log: str,
        folding: Folding[S],
        start: S,
        publish: Callable[[LogView[S]], None],
        *,
        hear: Mapping[str, Hear] | None = None,
        keeping: Keeping[S] | None = None,
    ) -> Session[S]:
        """What is read and written of one log here."""
        return Session(
            log=log,
            store=ProfileStore(self.local, self.clock),
            api=None,
            author=self.author(),
            codec=self.codec,
            folding=folding,
            start=start,
            publish=publish,
            random=SystemRandom(),
            hear=hear,
            keeping=keeping,
        )


def organisation_session(
    seat: Seat, publish: Callable[[LogView[OrganisationState]], None]
) -> Session[OrganisationState]:
    """The organisation's log."""
    return seat.session(ORGANISATION_LOG, organisation_folding, EMPTY_ORGANISATION, publish)


def incident_session(
    seat: Seat,
    incident_id: str,
    publish: Callable[[LogView[IncidentState]], None],
    hear: Mapping[str, Hear],
) -> Session[IncidentState]:
    """The log of an incident, from its kept state where there is one."""
    return seat.session(
        incident_log(incident_id),
        incident_folding,
        BEFORE_ANYTHING,
        publish,
        hear=hear,
        keeping=IncidentKeeping(),
    )
