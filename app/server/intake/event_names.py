"""Ids of what intake records: the same thing said twice has one id, so it is recorded once."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

from app.events.fact import Fact
from app.incident.kinds.freezes import ChangeSeen
from app.incident.kinds.signals import AlertFired, AlertResolved, HealthChanged

Subject = tuple[str, ...]
"""What a fact is about: one alert, one service's health, one outcome of a change."""


def subject_of(fact: Fact) -> Subject | None:
    """What a fact of intake is about; None for every other fact."""
    match fact:
        case AlertFired(source=source, alert=alert) | AlertResolved(source=source, alert=alert):
            return ("alert", source, alert)
        case HealthChanged(service=service, cause=cause) if cause:
            return ("health", service)
        case ChangeSeen(source=source, ref=ref, outcome=outcome):
            return ("change", source, ref, outcome)
    return None


class EventNames:
    """Gives the nth word about a subject in a log its id.

    Two processes that know the same of a log give the next word about a subject the same id,
    and the log takes an id once.  So a process that lost its duty and does not know it yet cannot
    say again what another has said, if what it found is taken as a whole or not at all.  Only
    who has `secret` can tell an id before it is used.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = sha256(b"watchfloor-intake-names\n" + secret).digest()

    def name(self, log: str, epoch: str, subject: Subject, ordinal: int) -> str:
        """The id (UUIDv8, RFC 9562, 5.8) of the `ordinal`th word about `subject` in `log`.

        In another epoch it is another one: what came back from consoles after a restore and
        what was said anew are both kept.
        """
        text = "\0".join((log, epoch, str(ordinal), *subject))
        digest = hmac.digest(self._secret, text.encode(), "sha256")
        bits = int.from_bytes(digest[:16])
        bits &= ~(0xF << 76 | 0b11 << 62)
        return str(UUID(int=bits | 0x8 << 76 | 0b10 << 62))
