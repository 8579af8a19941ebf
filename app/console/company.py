"""Whether anybody but the person at this console has what is written in the incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.console.bridge import Arrival
from app.incident.state import IncidentState

if TYPE_CHECKING:
    from app.sync.who_is_here import Present


class Company:
    """Remembers who has written, and who is at a console now.

    Somebody else is there once another person has written, or while another console shows the
    incident, be it of the same person.  What the server writes by itself and what integrations
    deliver is no company.
    """

    def __init__(self) -> None:
        self._has_own_server = False
        self._me = ""
        self._authors: tuple[str, ...] = ()
        self._other_consoles = 0

    def arrive(self, arrival: Arrival) -> None:
        """Take in who sits here, and whether the server is their own."""
        self._has_own_server = arrival.is_embedded
        self._me = arrival.person

    def read(self, confirmed: IncidentState) -> None:
        """Take in what the server has recorded of the incident."""
        self._authors = confirmed.authors

    def meet(self, present: Present) -> None:
        """Take in who is at a console now."""
        self._other_consoles = present.other_consoles

    @property
    def is_only_here(self) -> bool:
        """Whether nobody else has what is written: it is on this device and nowhere else."""
        is_alone = all(author == self._me for author in self._authors)
        return self._has_own_server and is_alone and not self._other_consoles
