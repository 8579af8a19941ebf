"""The logs a console shows, as they are on its disk: not connected to any server yet."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from app.console.introduction import console_key
from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, incident_log
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.local_log import LocalLog
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.authoring import Author
from app.sync.keeping import IncidentKeeping
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Hear, Session


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


def organisation_session(
    seat: Seat, publish: Callable[[LogView[OrganisationState]], None]
) -> Session[OrganisationState]:
    """The organisation's log."""
    return Session(
        log=ORGANISATION_LOG,
        store=ProfileStore(seat.local, seat.clock),
        api=None,
        author=seat.author(),
        codec=seat.codec,
        folding=organisation_folding,
        start=EMPTY_ORGANISATION,
        publish=publish,
        random=SystemRandom(),
    )


def incident_session(
    seat: Seat,
    incident_id: str,
    publish: Callable[[LogView[IncidentState]], None],
    hear: Mapping[str, Hear],
) -> Session[IncidentState]:
    """The log of an incident, from its kept state where there is one."""
    return Session(
        log=incident_log(incident_id),
        store=ProfileStore(seat.local, seat.clock),
        api=None,
        author=seat.author(),
        codec=seat.codec,
        folding=incident_folding,
        start=BEFORE_ANYTHING,
        publish=publish,
        random=SystemRandom(),
        hear=hear,
        keeping=IncidentKeeping(),
    )
