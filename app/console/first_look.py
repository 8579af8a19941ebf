"""What the last session left, shown before the profile is opened for work."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from app.console.bridge import Arrival, Bridge
from app.console.options import Options
from app.console.remembered import DRAFT_NAME, PROFILE_FILE, Remembered
from app.errors import InvalidInput, WatchfloorError
from app.events.codec import Codec, from_microseconds
from app.events.event import ORGANISATION_LOG, incident_log
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.glance import Glance, NothingToSee, glance_at
from app.log.profile_key import profile_key
from app.organisation import replay as organisation_folding
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.sync.engine import Progress
from app.sync.folding import Folding
from app.sync.keeping import IncidentKeeping, Keeping
from app.sync.log_view import LogView
from app.sync.reading import read_arrived

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What is shown at once: who sits here, both logs, and what was being typed."""

    arrival: Arrival
    organisation: LogView[OrganisationState]
    incident: LogView[IncidentState]
    draft: tuple[str, int | None]

    def publish(self, bridge: Bridge) -> None:
        """Let the window show it."""
        text, began = self.draft
        if text:
            moment = None if began is None else from_microseconds(began)
            bridge.draft_found.emit(text, moment)
        bridge.arrived.emit(self.arrival)
        bridge.organisation_changed.emit(self.organisation)
        bridge.incident_changed.emit(self.incident)


def first_look(folder: Path, options: Options, codec: Codec) -> FirstLook | None:
    """What lies in the profile in `folder`, where it suits `options` and was left in good order.

    None in every other case: opening the profile finds out why, and says so.
    """
    file = folder / PROFILE_FILE
    if options.story is not None or not file.is_file():
        return None
    try:
        key = profile_key(folder, profile=folder.name, ask_passphrase=None, environment=os.environ)
        with glance_at(file, key.key) as glance:
            return _seen(glance, options, codec)
    except (NothingToSee, WatchfloorError):
        return None


def _seen(glance: Glance, options: Options, codec: Codec) -> FirstLook | None:
    remembered = Remembered.read(glance.setting)
    if not remembered.suits(options):
        return None
    looked = Looker(glance, codec)
    log = incident_log(remembered.incident)
    incident = looked.view(log, incident_folding, BEFORE_ANYTHING, IncidentKeeping())
    organisation = looked.view(ORGANISATION_LOG, organisation_folding, EMPTY_ORGANISATION)
    return FirstLook(
        arrival=remembered.arrival(options),
        organisation=organisation,
        incident=incident,
        draft=glance.draft(DRAFT_NAME),
    )


@dataclass(frozen=True, slots=True)
class Looker:
    """Reads the logs in a profile as they show while no server is heard."""

    glance: Glance
    codec: Codec

    def view(
        self, log: str, folding: Folding[S], start: S, keeping: Keeping[S] | None = None
    ) -> LogView[S]:
        """What shows of a log: its kept state if there is one, what follows, what waits."""
        position, state = self._kept(log, start, keeping)
        lines = self.glance.lines(log, position)
        arrived = read_arrived(self.codec, log, lines, position)
        confirmed = folding.replay([one.recorded for one in arrived], state)
        try:
            waiting = tuple(self.codec.read_event(body) for body in self.glance.waiting(log))
        except InvalidInput as error:
            raise NothingToSee(str(error)) from error
        return LogView(
            log=log,
            state=folding.foresee(confirmed, waiting),
            confirmed=confirmed,
            waiting=waiting,
            parked=(),
            progress=_apart(position + len(arrived), len(waiting)),
        )

    def _kept(self, log: str, start: S, keeping: Keeping[S] | None) -> tuple[int, S]:
        kept = None if keeping is None else self.glance.kept_state(log)
        if keeping is None or kept is None or kept.rules != keeping.rules:
            return 0, start
        state = keeping.state_of(kept.parts)
        return (0, start) if state is None else (kept.mark.position, state)


def _apart(position: int, queued: int) -> Progress:
    """Not yet in touch with any server."""
    return Progress(
        is_connected=False,
        connected_change_at=monotonic(),
        position=position,
        behind=0,
        queued=queued,
        refusal=None,
        store_problem="",
        is_recovering=False,
    )
