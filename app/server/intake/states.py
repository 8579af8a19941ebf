"""The states deliveries are read against, kept up with their logs."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, Recorded
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.event_log import EventLog
from app.organisation.state import (
    EMPTY_ORGANISATION,
    OrganisationState,
    replay_organisation,
)

_PAGE = 5_000
_PAGE_BYTES = 4 * 1024 * 1024


class States:
    """Incident and organisation states as of now; for one thread at a time."""

    def __init__(self, log: EventLog, codec: Codec) -> None:
        self._log = log
        self._codec = codec
        self._incidents: dict[str, IncidentState] = {}
        self._organisation = EMPTY_ORGANISATION

    def incident(self, log: str) -> IncidentState:
        """The state of the incident with this log; raises `UnknownLog`, `StoreError`."""
        known = self._incidents.get(log, BEFORE_ANYTHING)
        for news in self._news(log, known.position):
            known = replay(news, known)
        self._incidents[log] = known
        return known

    def organisation(self) -> OrganisationState:
        """The state of the organisation; raises `StoreError`."""
        known = self._organisation
        for news in self._news(ORGANISATION_LOG, known.position):
            known = replay_organisation(news, known)
        self._organisation = known
        return known

    def forget(self, log: str) -> None:
        """Drop the state of an incident that receives nothing more."""
        self._incidents.pop(log, None)

    def _news(self, log: str, after: int) -> Iterable[list[Recorded]]:
        while True:
            page = self._log.page(log, after, limit=_PAGE, max_bytes=_PAGE_BYTES)
            if page.lines:
                yield [self._codec.read_record(line) for line in page.lines]
            after = page.next
            if after >= page.head:
                return
