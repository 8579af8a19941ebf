"""Shows what a newer version kept, read only, where the person agrees to that.

All of it is read before anything is asked: nothing stays open, and nothing is changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from app.console.bridge import Arrival, Bridge
from app.console.embedded import OwnServerIsNewer
from app.console.first_look import FirstLook, Looker
from app.console.looking import Looking
from app.console.not_written import OnlyRead
from app.console.options import Options
from app.console.past_moments import PastMoments, past_moments
from app.console.remembered import Remembered
from app.events.codec import Codec, from_microseconds
from app.events.event import ORGANISATION_LOG, incident_id_of, incident_log
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.glance import Glance, NothingToSee
from app.log.newer_profile import Look, NewerProfile
from app.log.problems import StoreError
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION
from app.sync.local_store import LocalCursor
from app.sync.log_view import LogView


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be shown read only: as it was kept at `until` (aware UTC).

    `way_out` says what to do to write again.
    """

    until: datetime
    way_out: str


@dataclass(frozen=True, slots=True)
class KeptLines:
    """Record lines by log, as `Past` reads them."""

    logs: Mapping[str, Sequence[bytes]]

    def cursor(self, log: str) -> LocalCursor:
        """How much of `log` is here."""
        return LocalCursor(epoch="", position=len(self.logs[log]))

    def lines(self, log: str, after: int, limit: int) -> list[bytes]:
        """Record lines after a position, in order."""
        return list(self.logs[log][after : after + limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What lies in a profile: two logs folded, their lines, and until when they were kept."""

    seen: FirstLook
    lines: KeptLines
    until: datetime


class OnlyReading:
    """Lives on the worker's loop.  `allow` is the person's consent."""

    def __init__(self, options: Options, bridge: Bridge, codec: Codec) -> None:
        self._options = options
        self._bridge = bridge
        self._codec = codec
        self._is_allowed = asyncio.Event()

    @property
    def refusal(self) -> OnlyRead:
        """Why nothing can be written."""
        return OnlyRead("this log is open read only, because a newer version wrote it")

    def allow(self) -> None:
        """The person wants to see it."""
        self._is_allowed.set()

    async def read(self, error: NewerProfile | OwnServerIsNewer) -> Kept:
        """Read what is kept; raises `error` again where that cannot be, or nobody can be asked."""
        if self._options.headless or error.look is None:
            raise error
        try:
            return await asyncio.to_thread(kept_in, error.look, self._options, self._codec)
        except (NothingToSee, StoreError) as trouble:
            raise error from trouble

    async def shown(self, kept: Kept, way_out: str) -> tuple[PastMoments, Looking]:
        """Ask, wait for consent, and show what is kept; gives what looks into it."""
        self._bridge.newer_found.emit(Offer(until=kept.until, way_out=way_out))
        await self._is_allowed.wait()
        self._bridge.only_read.emit()
        kept.seen.publish(self._bridge)
        looking = Looking(self._bridge, lambda: kept.until)
        looking.show_incident(kept.seen.incident.state)
        looking.show_organisation(kept.seen.organisation.state)
        incident, tell = kept.seen.arrival.incident_id, self._bridge.looked.emit
        return past_moments(incident, kept.lines, self._codec, tell), looking


def kept_in(look: Look, options: Options, codec: Codec) -> Kept:
    """What lies in a profile: the incident that is asked for, else the one that showed last.

    Raises `NothingToSee` without one, and what looking raises.
    """
    with look() as glance:
        remembered = Remembered.read(glance.setting)
        looker = Looker(glance, codec)
        log = incident_log(_incident(looker, options.incident, remembered.incident))
        incident = looker.view(log, incident_folding, BEFORE_ANYTHING)
        organisation = looker.view(ORGANISATION_LOG, organisation_folding, EMPTY_ORGANISATION)
        lines = {one: glance.lines(one, 0) for one in (ORGANISATION_LOG, log)}
        synced_at = glance.followed().get(log, 0)
    if not incident.state.position and not incident.waiting:
        raise NothingToSee("no record of the incident is kept")
    arrival = Arrival(
        person=remembered.actor.partition(":")[2],
        url=options.server,
        incident_id=incident_id_of(log) or "",
        is_embedded=not options.server,
    )
    seen = FirstLook(
        arrival=arrival, organisation=organisation, incident=incident, draft=("", None)
    )
    return Kept(seen=seen, lines=KeptLines(lines), until=_until(incident, synced_at))


def _incident(looker: Looker, wanted: str, last: str) -> str:
    """The id of the incident called `wanted` (id or number), else of the one that showed last."""
    if wanted in ("", last) and last:
        return last
    kept = _newest_first(looker.glance)
    for incident in kept:
        if wanted in ("", incident):
            return incident
    for incident in kept:
        view = looker.view(incident_log(incident), incident_folding, BEFORE_ANYTHING)
        if view.state.situation.number == wanted:
            return incident
    raise NothingToSee(f"no incident called {wanted} is kept" if wanted else "no incident is kept")


def _newest_first(glance: Glance) -> list[str]:
    """The ids of the incidents that are here, those first that were in step last."""
    times = glance.followed()
    logs = sorted(times, key=lambda log: times[log], reverse=True)
    return [incident for log in logs if (incident := incident_id_of(log)) is not None]


def _until(view: LogView[IncidentState], synced_at: int) -> datetime:
    """When what is kept was last known to be in step, or last written to."""
    moments = [from_microseconds(synced_at), *(one.made_at for one in view.waiting)]
    return max(chain(moments, (one.recorded_at for one in view.confirmed.timeline)))
