"""The organisation as sources are compared with it, and what they add to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, Draft
from app.graph.catalog import Catalog
from app.graph.catalogue_facts import catalogue_facts
from app.log.event_log import EventLog
from app.organisation.state import OrganisationState
from app.server.intake.known_logs import KnownLogs
from app.server.intake.service_names import ServiceNames
from app.server.own_hand import OwnHand
from app.server.telemetry.asking import SourceSilent

_BATCH = 500
_ATTEMPTS = 10


class KnownOrganisation:
    """Reads the organisation's log as it grows; what catalogues say new is recorded in it.

    Methods raise `StoreError`.
    """

    def __init__(self, log: EventLog, codec: Codec, own_hand: OwnHand) -> None:
        self._logs = KnownLogs(log, codec)
        self._own_hand = own_hand
        self._lock = asyncio.Lock()

    async def now(self) -> tuple[OrganisationState, ServiceNames]:
        """The organisation, and how its services are called."""
        async with self._lock:
            names = await asyncio.to_thread(self._logs.services)
            return await asyncio.to_thread(self._logs.organisation), names

    async def record(self, catalog: Catalog, source: str, *, is_complete: bool) -> None:
        """Record what `catalog`, read from `source`, says and the organisation does not.

        What somebody else records meanwhile is never overwritten: a service described by hand
        between the comparison and the record is compared again.

        Raises `Refused` (overloaded), and `SourceSilent` when the organisation changes faster
        than it can be compared.
        """
        async with self._lock:
            for _ in range(_ATTEMPTS):
                organisation = await asyncio.to_thread(self._logs.organisation)
                drafts = await asyncio.to_thread(
                    catalogue_facts, catalog, organisation, source, is_complete=is_complete
                )
                if await self._is_recorded(drafts, source, organisation.position):
                    return
        raise SourceSilent(f"{source}: the organisation changes while it is compared with this")

    async def _is_recorded(self, drafts: Sequence[Draft], source: str, head: int) -> bool:
        """Whether the log was, to the last of the drafts, what they were made for."""
        for some in _batches(drafts):
            outcome = await self._own_hand.offer(
                ORGANISATION_LOG, f"integration:{source}", some, only_at=head
            )
            if outcome.is_outgrown:
                return False
            head = outcome.head
        return True


def _batches(drafts: Sequence[Draft]) -> Iterable[Sequence[Draft]]:
    return (drafts[start : start + _BATCH] for start in range(0, len(drafts), _BATCH))
