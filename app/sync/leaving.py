"""Takes a profile away from the site it belongs to, so that it can begin at another one."""

from __future__ import annotations

from datetime import datetime

from app.events.codec import to_microseconds
from app.log.local_log import LocalLog
from app.protocol.problems import ProblemCode
from app.sync.site_mark import keep_site
from app.sync.site_watch import forget_site


def leave_site(local: LocalLog, now: datetime) -> None:
    """Let a profile belong to no site: what it copied from there is forgotten.

    What waited for that site is kept as refused, and never sent.  If this is cut short, the
    profile still belongs to the site it left.
    """
    at = to_microseconds(now)
    for entry in local.outbox():
        local.refuse(entry.event_id, code=ProblemCode.OTHER_SITE, detail="", now=at)
    for log in local.followed():
        local.forget_copy(log)
    forget_site(local)
    keep_site(local, "")
