"""When a server shows two histories: the console says so, and records the evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.console.bridge import Notice
from app.events.event import Draft
from app.incident.kinds.situation import HistoryDisputed
from app.sync.session import Session
from app.sync.site_watch import Memory, SiteWatch


def site_watch(
    memory: Memory, tell: Callable[[Notice], None], incident: Callable[[], Session[Any] | None]
) -> SiteWatch:
    """Who holds the server to its record; a dispute goes on the timeline of the open incident."""

    def dispute(fact: HistoryDisputed, sentence: str) -> None:
        tell(Notice(sentence=sentence))
        session = incident()
        if session is not None:
            session.write([Draft(fact=fact)])

    return SiteWatch(memory, dispute)
