"""The logs reports are read against, kept up as they grow; for one thread at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, Recorded
from app.log.event_log import EventLog
from app.organisation.state import (
    EMPTY_ORGANISATION,
    OrganisationState,
    replay_organisation,
)
from app.server.directory import RunningIncident
from app.server.intake.incident_signals import IncidentSignals
from app.server.intake.service_names import ServiceNames

_PAGE = 5_000
_PAGE_BYTES = 4 * 1024 * 1024


class KnownLogs:
    """The signals of the incidents that are run, and the names of the services.

    Both are what the logs say and nothing else.  Methods raise `StoreError`.
    """

    def __init__(self, log: EventLog, codec: Codec) -> None:
        self._log = log
        self._codec = codec
        self._signals: dict[str, IncidentSignals] = {}
        self._organisation = EMPTY_ORGANISATION
        self._names = ServiceNames(EMPTY_ORGANISATION)

    def signals(self, running: Sequence[RunningIncident]) -> dict[str, IncidentSignals]:
        """The signals of these incidents by log, up to now, in the same order."""
        known = {}
        for incident in running:
            one = self._signals.get(incident.log) or IncidentSignals(log=incident.log)
            if one.position < incident.position:
                for lines in self._lines(incident.log, one.position):
                    one.learn(lines, self._codec)
            known[incident.log] = one
        self._signals = known
        return known

    @property
    def known(self) -> OrganisationState:
        """The organisation as it was when somebody last asked; nothing is read."""
        return self._organisation

    def organisation(self) -> OrganisationState:
        """The organisation as it is now."""
        before = self._organisation.position
        for lines in self._lines(ORGANISATION_LOG, before):
            news = [self._codec.read_record(line) for line in lines]
            self._organisation = replay_organisation(news, self._organisation)
        if self._organisation.position != before:
            self._names = ServiceNames(self._organisation)
        return self._organisation

    def records(self, log: str, after: int) -> Iterator[list[Recorded]]:
        """The records of a log after a position, page by page."""
        for lines in self._lines(log, after):
            yield [self._codec.read_record(line) for line in lines]

    def services(self) -> ServiceNames:
        """The services as the organisation names them now."""
        self.organisation()
        return self._names

    def _lines(self, log: str, after: int) -> Iterator[tuple[bytes, ...]]:
        while True:
            page = self._log.page(log, after, limit=_PAGE, max_bytes=_PAGE_BYTES)
            if page.lines:
                yield page.lines
            after = page.next
            if after >= page.head:
                return
