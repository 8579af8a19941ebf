"""What a profile was used for last, and the names under which it keeps that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from app.console.bridge import Arrival
from app.console.options import Options

ACTOR_VALUE = "actor"
INCIDENT_VALUE = "incident"
SERVER_VALUE = "server"
DRAFT_NAME = "capture"
PROFILE_FILE = "profile.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a profile was used for last, all of it empty at first."""

    actor: str
    incident: str
    server: str

    @classmethod
    def read(cls, setting: Callable[[str], bytes | None]) -> Self:
        """What the settings of a profile say."""
        actor, incident, server = (
            (setting(name) or b"").decode() for name in (ACTOR_VALUE, INCIDENT_VALUE, SERVER_VALUE)
        )
        return cls(actor=actor, incident=incident, server=server)

    def suits(self, options: Options) -> bool:
        """Whether it is what is asked for now: same server, same incident, no story."""
        is_same_server = self.server.rstrip("/") == options.address
        is_same_incident = options.incident in ("", self.incident)
        is_known = bool(self.actor and self.incident) and options.story is None
        return is_known and is_same_server and is_same_incident

    def arrival(self, options: Options) -> Arrival:
        """The arrival at what is remembered."""
        return Arrival(
            person=self.actor.partition(":")[2],
            url=options.server,
            incident_id=self.incident,
            is_embedded=not options.server,
        )
