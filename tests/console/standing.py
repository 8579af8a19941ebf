"""How one log stands, for tests of what a console says of it."""

from __future__ import annotations

from app.events.event import Event
from app.incident.kinds.work import NoteWritten
from app.incident.replay import foresee
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.sync.engine import Progress
from app.sync.log_view import LogView, ParkedRow
from tests.views.checkout_incident import LogWriter

STEADY = Progress(
    is_connected=True,
    connected_change_at=0.0,
    position=0,
    behind=0,
    queued=0,
    refusal=None,
    store_problem="",
    is_recovering=False,
)


def notes(*texts: str) -> tuple[Event, ...]:
    """Notes that Priya wrote."""
    writer = LogWriter()
    for text in texts:
        writer.add("14:00", "priya", NoteWritten(text=text))
    return tuple(recorded.event for recorded in writer.log)


def log_view(
    waiting: tuple[Event, ...] = (), parked: tuple[ParkedRow, ...] = ()
) -> LogView[IncidentState]:
    """A log of which nothing is confirmed."""
    return LogView(
        log=notes("any")[0].log,
        state=foresee(BEFORE_ANYTHING, waiting),
        confirmed=BEFORE_ANYTHING,
        waiting=waiting,
        parked=parked,
        progress=STEADY,
    )
