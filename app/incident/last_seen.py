"""How much of an incident a person had seen, and the little of it that is compared later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from app.incident.kinds.signals import Health
from app.incident.kinds.situation import Phase
from app.incident.state import IncidentState


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSeen:
    """The log up to `position`, as it was known at `at` (aware UTC).

    `severity` is 0 before anything was seen.  `holders` are pairs of role and person, `troubled`
    the services that were not normal, with their health.  `restorations` counts those that the
    log had been through.
    """

    at: datetime
    position: int = 0
    severity: int = 0
    phase: Phase = Phase.TRIAGE
    holders: tuple[tuple[str, str], ...] = ()
    troubled: tuple[tuple[str, Health], ...] = ()
    restorations: int = 0

    @classmethod
    def of(cls, state: IncidentState, at: datetime) -> Self:
        """All of `state`, seen at `at`."""
        return cls(
            at=at,
            position=state.position,
            severity=state.situation.severity,
            phase=state.situation.phase,
            holders=tuple(
                (seat.role, held.person) for seat in state.roster for held in seat.holders
            ),
            troubled=tuple(
                (one.service, one.health)
                for one in state.signals.services
                if one.health is not Health.NORMAL
            ),
            restorations=len(state.restorations),
        )

    def known_at(self, at: datetime) -> Self:
        """The same, as it was still known at `at`."""
        return replace(self, at=at)

    def position_in(self, state: IncidentState) -> int:
        """The last position of `state` that was seen.

        Where the log was restored from a backup since, what follows the fork is other records.
        """
        since = state.restorations[self.restorations :]
        return min((self.position, *(one.kept for one in since)))
