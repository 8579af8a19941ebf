"""Every kind of fact this version reads and writes, and the codec for all of them."""

from __future__ import annotations

from app.events.codec import Codec
from app.events.fact import Fact
from app.incident.kinds import INCIDENT_KINDS
from app.organisation.kinds import ORGANISATION_KINDS

ALL_KINDS: tuple[type[Fact], ...] = (*INCIDENT_KINDS, *ORGANISATION_KINDS)


def full_codec() -> Codec:
    """A codec that reads and writes every kind this version knows."""
    return Codec(ALL_KINDS)
