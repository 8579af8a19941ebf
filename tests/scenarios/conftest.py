"""The incident that people are apart in."""

from __future__ import annotations

import pytest

from app.incident.kinds.roles import COMMANDER, RoleAssigned
from app.incident.kinds.situation import IncidentDeclared, ParticipantJoined
from tests.incident.apart import Room


@pytest.fixture
def room():
    """An incident Maria commands, with Priya and Tom in it."""
    room = Room()
    for person in ("maria", "priya", "tom"):
        room.write(person, ParticipantJoined(person=person, name=person.capitalize()))
    room.write("maria", IncidentDeclared(number="INC-1", title="Checkout fails", severity=2))
    room.write("maria", RoleAssigned(role=COMMANDER, person="maria", name="Maria"))
    return room
