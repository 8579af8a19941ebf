"""The worker's side of looking back: whole moments, the newest asked for first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, incident_log
from app.graph.topology import Topology, services_in_trouble, topology_of
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.sync.local_store import LocalStore
from app.sync.past import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMoment:
    """Everything that shows at `moment`; `number` counts requests, so that old answers drop."""

    number: int
    moment: datetime
    incident: IncidentState
    organisation: OrganisationState
    topology: Topology | None


class PastMoments:
    """Answers requests for moments; one that waits is forgotten when another comes."""

    def __init__(
        self,
        incident: Past[IncidentState],
        organisation: Past[OrganisationState],
        publish: Callable[[PastMoment], None],
    ) -> None:
        self._incident = incident
        self._organisation = organisation
        self._publish = publish
        self._wanted: tuple[datetime, int] | None = None
        self._is_answering = False
        self._drawn: tuple[tuple[object, ...], Topology] | None = None

    async def look(self, moment: datetime, number: int, live: Topology | None) -> None:
        """Publish what showed at `moment`, unless a newer request comes before its turn.

        `live` is the map of now: the past is drawn in the same places.
        """
        self._wanted = (moment, number)
        if self._is_answering:
            return
        self._is_answering = True
        try:
            while self._wanted is not None:
                await self._incident.catch_up()
                await self._organisation.catch_up()
                (moment, number), self._wanted = self._wanted, None
                self._publish(self._moment(moment, number, live))
                await asyncio.sleep(0)
                if self._wanted is None:
                    self._incident.prepare(moment)
        finally:
            self._is_answering = False

    def _moment(self, moment: datetime, number: int, live: Topology | None) -> PastMoment:
        incident, organisation = self._incident.at(moment), self._organisation.at(moment)
        return PastMoment(
            number=number,
            moment=moment,
            incident=incident,
            organisation=organisation,
            topology=self._topology(incident, organisation, live),
        )

    def _topology(
        self, incident: IncidentState, organisation: OrganisationState, live: Topology | None
    ) -> Topology | None:
        if live is None:
            return None
        trouble = services_in_trouble(incident)
        key = (organisation.position, trouble, id(live))
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, topology_of(organisation, live, trouble))
        return self._drawn[1]


def past_moments(
    incident_id: str, store: LocalStore, codec: Codec, publish: Callable[[PastMoment], None]
) -> PastMoments:
    """What answers for the moments of one incident, beside the organisation's log."""
    incident: Past[IncidentState] = Past(
        log=incident_log(incident_id),
        store=store,
        codec=codec,
        folding=incident_folding,
        start=BEFORE_ANYTHING,
    )
    organisation: Past[OrganisationState] = Past(
        log=ORGANISATION_LOG,
        store=store,
        codec=codec,
        folding=organisation_folding,
        start=EMPTY_ORGANISATION,
    )
    return PastMoments(incident, organisation, publish)
