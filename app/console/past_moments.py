"""The worker's side of looking back: whole moments, the newest asked for first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, incident_log
from app.graph.investigation import Investigation, investigate
from app.graph.topology import Topology, services_in_trouble, topology_of
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.sync.local_store import RecordStore
from app.sync.past import Past

SETTLED_SECONDS = 0.25
"""A moment that is looked at for so long is looked into: suspects, and what was to fail next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMoment:
    """Everything that shows at `moment`; `number` counts requests, so that old answers drop.

    The `investigation` rests on the log alone, for readings are not in it, and comes later than
    the rest, in a second answer of the same number.
    """

    number: int
    moment: datetime
    incident: IncidentState
    organisation: OrganisationState
    topology: Topology | None
    investigation: Investigation | None = None


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
        self._newest: PastMoment | None = None
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
                self._newest = found = self._moment(moment, number, live)
                self._publish(found)
                await asyncio.sleep(0)
                if self._wanted is None:
                    self._incident.prepare(moment)
        finally:
            self._is_answering = False
        await self._look_into(found)

    async def _look_into(self, found: PastMoment) -> None:
        await asyncio.sleep(SETTLED_SECONDS)
        topology = found.topology
        if self._newest is not found or topology is None or not found.incident.situation.number:
            return
        # Pure work on frozen values, on a spare thread: writing must not wait for it.
        investigation = await asyncio.to_thread(
            investigate, found.incident, topology, now=found.moment
        )
        if self._newest is found:
            self._publish(replace(found, investigation=investigation))

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
    incident_id: str, store: RecordStore, codec: Codec, publish: Callable[[PastMoment], None]
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
