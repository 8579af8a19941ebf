"""When a server shows two histories: the console says so, and records the evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.console.bridge import Notice
from app.console.doubts import Doubts
from app.events.event import Draft
from app.incident.kinds.situation import HistoryDisputed
from app.sync.log_watch import Kept, LogWatch
from app.sync.session import Session
from app.sync.site_watch import Memory, SiteWatch

Tell = Callable[[Notice], None]
FindIncident = Callable[[], Session[Any] | None]


def site_watch(memory: Memory, tell: Tell, incident: FindIncident) -> SiteWatch:
    """Who holds the server to its record; a dispute goes on the timeline of the open incident."""
    return SiteWatch(memory, _dispute(tell, incident))


def log_watch(
    log: str,
    kept: Kept,
    tell: Tell,
    incident: FindIncident,
    doubts: Doubts,
) -> LogWatch:
    """Who holds the server to the records it gave of `log`; a dispute goes on the timeline.

    `doubts` is told what the server contradicts, and what it signed.
    """
    doubt, signed = doubts.of_server(log), doubts.signed_by_server(log)
    return LogWatch(log, kept, _dispute(tell, incident), doubt, signed)


def _dispute(tell: Tell, incident: FindIncident) -> Callable[[HistoryDisputed, str], None]:
    def dispute(fact: HistoryDisputed, sentence: str) -> None:
        tell(Notice(sentence=sentence))
        session = incident()
        if session is not None:
            session.write([Draft(fact=fact)])

    return dispute
