"""Two people who write while apart, and what is to settle afterwards."""

from __future__ import annotations

from app.commands.settling import settle
from app.incident.contested import contested


def apart(room, first, second):
    """Priya and Tom each write while apart; Priya is back first.  The ids of what they wrote."""
    room.leave("priya", "tom")
    ids = (room.write("priya", first), room.write("tom", second))
    room.come_back("priya", "tom")
    return ids


def only(room, matter):
    """The one contested thing, which is about `matter`."""
    (one,) = contested(room.state)
    assert one.matter is matter
    return one


def settled(room, person, key):
    """`person` settles what is contested."""
    (one,) = contested(room.state)
    room.act(person, settle(room.desk(person), one, key))
    assert contested(room.state) == ()
