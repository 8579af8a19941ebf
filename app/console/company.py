"""Whether anybody but the person at this console has what is written in the incident."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from app.console.bridge import Arrival
from app.incident.state import IncidentState

if TYPE_CHECKING:
    from app.sync.who_is_here import Present


class Company:
    """Remembers who has written, and who is at a console now.

    Somebody else is there once a row of the timeline is another person's, or while another
    console shows the incident, be it of the same person.  What the server writes by itself and
    what integrations deliver is no company.
    """

    def __init__(self) -> None:
        self._has_own_server = False
        self._me = ""
        self._incident = ""
        self._rows_read = 0
        self._others_wrote = False
        self._other_consoles = 0

    def arrive(self, arrival: Arrival) -> None:
        """Take in who sits here at which incident, and whether the server is their own."""
        me = f"person:{arrival.person}"
        if (me, arrival.incident_id) != (self._me, self._incident):
            self._rows_read, self._others_wrote = 0, False
        self._has_own_server = arrival.is_embedded
        self._me, self._incident = me, arrival.incident_id

    def read(self, confirmed: IncidentState) -> None:
        """Take in what the server has recorded; what was read before is not read again."""
        rows = confirmed.timeline
        if not self._has_own_server or self._others_wrote:
            return
        if len(rows) < self._rows_read:  # the log begins again
            self._rows_read = 0
        fresh = islice(reversed(rows), len(rows) - self._rows_read)  # who wrote last is near
        self._others_wrote = any(one.is_human and one.actor != self._me for one in fresh)
        self._rows_read = len(rows)

    def meet(self, present: Present) -> None:
        """Take in who is at a console now."""
        self._other_consoles = present.other_consoles

    @property
    def is_only_here(self) -> bool:
        """Whether nobody else has what is written: it is on this device and nowhere else."""
        return self._has_own_server and not self._others_wrote and not self._other_consoles
