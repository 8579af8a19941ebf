"""What happens on the worker thread: profile, server, two logs kept in step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.console.bridge import Bridge, Notice
from app.console.doubts import Doubts
from app.console.embedded import EmbeddedServer, OwnServerIsNewer, address, server_of_ones_own
from app.console.introduction import console_key
from app.console.line import Line
from app.console.loaded_later import load_later
from app.console.not_written import NoProfile, NothingToWriteIn
from app.console.options import Options
from app.console.passphrases import Passphrases
from app.console.records_check import tell_of_damage
from app.console.remembered import Remembered
from app.console.server_time import keep_measuring
from app.console.sessions import Seat, incident_session, organisation_session
from app.console.site_profile import SiteProfile
from app.console.sitting_down import Desk, SittingDown
from app.errors import WatchfloorError
from app.events.event import ORGANISATION_LOG, Draft, Event, incident_log
from app.incident.state import IncidentState
from app.log.local_log import LocalLog
from app.log.newer_profile import NewerProfile
from app.organisation.state import OrganisationState
from app.protocol.kinds import full_codec
from app.protocol.stream import FrameKind
from app.sync.folders import data_folder
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Hear, Session
from app.sync.who_is_here import WhoIsHere

if TYPE_CHECKING:
    from app.console.cataloguing import Imported
    from app.console.looking import Looking
    from app.console.only_reading import OnlyReading
    from app.console.past_moments import PastMoments
    from app.console.queue_carrying import QueueCarrying
    from app.sync.api_client import ApiClient
    from app.sync.carrying import TakenIn

_log = logging.getLogger(__name__)


class Backstage:
    """Runs on the worker's loop; tells the user interface through the bridge.

    What is on disk is shown first: whatever the network and the map need is imported after that.
    `await_shown` waits until what was published is on the screen, but not for long;
    `is_draft_known` says that what was being typed is back in the bar already.
    """

    def __init__(
        self,
        options: Options,
        bridge: Bridge,
        await_shown: Callable[[], Awaitable[None]],
        *,
        is_draft_known: bool = False,
    ) -> None:
        self._options = options
        self._bridge = bridge
        self._folder = data_folder()
        self._codec = full_codec()
        self._incident: Session[IncidentState] | None = None
        self._organisation: Session[OrganisationState] | None = None
        ask = None if options.headless else bridge.passphrase_wanted.emit
        self._passphrases = Passphrases(ask, is_offered=options.passphrase)
        self._profile: SiteProfile | None = None
        self._queues: QueueCarrying | None = None
        self._is_connected = False
        self._reconnected = asyncio.Event()
        self._looking: Looking | None = None
        self._await_shown = await_shown
        self._is_draft_known = is_draft_known
        self._is_open = asyncio.Event()
        self._sessions_of = ("", "")
        self._past: PastMoments | None = None
        self._here: WhoIsHere | None = None
        self._reading: OnlyReading | None = None
        self._doubts = Doubts(bridge.doubted.emit, bridge.signed.emit)
        self._line: Line | None = None

    async def run(self) -> None:
        """Open everything and stay in step until cancelled; troubles become notices."""
        try:
            await self._work_or_read()
        except WatchfloorError as error:
            _log.warning("%s", error)
            self._bridge.noticed.emit(Notice(sentence=str(error), advice=error.advice))
        finally:
            self._is_open.set()  # whoever waits to write is told what became of it

    async def _work_or_read(self) -> None:
        """Work; what a newer version wrote is only read, where it can be and the person agrees."""
        try:
            await self._run()
        except (NewerProfile, OwnServerIsNewer) as error:
            from app.console.only_reading import OnlyReading

            reading = OnlyReading(self._options, self._bridge, self._codec)
            kept = await reading.read(error)
            self._reading = reading
            self._incident = self._organisation = self._here = None
            self._is_open.set()
            self._past, self._looking = await reading.shown(kept, error.way_out)
            await self._looking.investigate()

    async def open_read_only(self) -> None:
        """The person agrees to read what a newer version wrote."""
        if self._reading is not None:
            self._reading.allow()

    async def _run(self) -> None:
        profile = self._profile = await self._passphrases.opened(
            lambda: SiteProfile(
                self._options,
                self._bridge,
                _now,
                is_draft_known=self._is_draft_known,
                passphrases=self._passphrases,
            )
        )
        embedded = server_of_ones_own(self._options, self._folder, profile.local, _now())
        try:
            if self._show_remembered(profile):
                await self._await_shown()
            self._is_open.set()
            await self._load_the_rest()
            url, token = await address(self._options, embedded)
            await self._settle(profile, url, token)
            await self._work(profile, embedded, url, token)
        finally:
            self._profile = self._queues = None
            profile.close()
            if embedded is not None:
                await asyncio.shield(embedded.stop())

    async def _settle(self, profile: SiteProfile, url: str, token: str) -> None:
        """Find out which profile is the one for this server, where that is not known."""
        if profile.is_settled:
            return
        from app.sync.api_client import ApiClient

        async with ApiClient(url, token) as server:
            await profile.settle(server)
        self._queues = None

    async def _work(
        self, profile: SiteProfile, embedded: EmbeddedServer | None, url: str, token: str
    ) -> None:
        """Stay in step with the site of this profile until cancelled."""
        from app.console.disputes import site_watch
        from app.sync.own_site import OwnSite, OwnSiteClient

        local = profile.local
        site = OwnSite(local, profile)
        watch = site_watch(local, self._bridge.noticed.emit, lambda: self._incident)
        async with OwnSiteClient(url, token, site=site, gossip=watch) as api:
            sitting = SittingDown(
                options=self._options,
                bridge=self._bridge,
                local=local,
                seat_of=lambda actor: self._seat(local, actor),
                queues=self.queues,
                enter=lambda actor, register: self._enter(local, actor, api, register),
            )
            try:
                desk = await sitting.at(api, self._open_logs())
                async with asyncio.TaskGroup() as tasks:
                    if embedded is not None:
                        tasks.create_task(embedded.keep_running())
                    if self._options.server:  # a server of our own has our own clock
                        measured = self._bridge.skew_measured.emit
                        tasks.create_task(keep_measuring(api, self._reconnected, measured))
                    tasks.create_task(watch.run(api))
                    tell, doubt = self._bridge.noticed.emit, self._doubts.of_records
                    check = tell_of_damage(local, tell, doubt, prove=api.consistency)
                    tasks.create_task(check)
                    self._keep_in_step(desk, tasks)
            finally:
                if self._line is not None:
                    await self._line.end()

    async def _load_the_rest(self) -> None:
        """Import what the map and the network need, beside the loop: writing does not wait."""
        await load_later()
        _ = self.looking
        _ = self.queues

    # --- opening ----------------------------------------------------------------------------

    def _show_remembered(self, profile: SiteProfile) -> bool:
        """Show what is on disk at once; the server may take its time, or be gone.

        Whether there was anything.
        """
        remembered = Remembered.read(profile.local.value)
        if not profile.is_settled or not remembered.suits(self._options):
            return False
        self._bridge.arrived.emit(remembered.arrival(self._options))
        self._make_sessions(profile.local, remembered.actor, remembered.incident)
        return True

    # --- running ----------------------------------------------------------------------------

    def _enter(
        self, local: LocalLog, actor: str, api: ApiClient, register: Callable[[], Awaitable[None]]
    ) -> None:
        """Keep the organisation in step, before there is any incident: services are of none."""
        self._line = Line(
            local=local,
            api=api,
            register=register,
            tell=self._bridge.noticed.emit,
            doubts=self._doubts,
            incident=lambda: self._incident,
        )
        self._line.begin(self._organisation_of(local, actor), self.looking.investigate())

    def _keep_in_step(self, desk: Desk, tasks: asyncio.TaskGroup) -> None:
        if self._sessions_of != (desk.actor, desk.incident_id):
            self._make_sessions(desk.local, desk.actor, desk.incident_id)
        from app.console.past_moments import past_moments

        self._past = past_moments(
            desk.incident_id,
            ProfileStore(desk.local, _now),
            self._codec,
            self._bridge.looked.emit,
        )
        if self._line is not None and self._incident is not None:
            tasks.create_task(self._line.stay())
            tasks.create_task(self._line.hold(self._incident))
        if self._here is not None:
            tasks.create_task(self._here.say(desk.api))
        others = self.queues.send_others(
            desk.api, desk.register, desk.author, open_elsewhere=self._open_logs()
        )
        tasks.create_task(others)

    def _sessions(self) -> tuple[Session[Any], ...]:
        return tuple(one for one in (self._organisation, self._incident) if one is not None)

    def _open_logs(self) -> tuple[str, ...]:
        return ORGANISATION_LOG, *(session.log for session in self._sessions())

    def _seat(self, local: LocalLog, actor: str) -> Seat:
        return Seat(local=local, actor=actor, codec=self._codec, clock=_now)

    def _make_sessions(self, local: LocalLog, actor: str, incident_id: str) -> None:
        """Both logs as they are on disk: shown now, written to from now on, not yet in step."""
        organisation, seat = self._organisation_of(local, actor), self._seat(local, actor)
        log, console = incident_log(incident_id), console_key(local).console_id
        self._doubts.show(log)
        here = self._here = WhoIsHere(log, console, self._bridge.presence_changed.emit)
        hear: dict[str, Hear] = {
            FrameKind.READINGS: self._hear_readings,
            FrameKind.PRESENCE: here.hear,
        }
        self._incident = incident_session(seat, incident_id, self._publish_incident, hear)
        self._sessions_of = (actor, incident_id)
        self._publish_organisation(organisation.view)
        self._publish_incident(self._incident.view)

    def _organisation_of(self, local: LocalLog, actor: str) -> Session[OrganisationState]:
        """The organisation's log as this actor writes it; opened when first asked for."""
        if self._organisation is None or self._sessions_of[0] != actor:
            seat = self._seat(local, actor)
            self._organisation = organisation_session(seat, self._publish_organisation)
            self._sessions_of = (actor, "")
        return self._organisation

    @property
    def looking(self) -> Looking:
        """What looks into the map; loaded when it is first asked for."""
        if self._looking is None:
            from app.console.looking import Looking

            self._looking = Looking(self._bridge, _now)
            if self._incident is not None:
                self._looking.show_incident(self._incident.view.state)
            if self._organisation is not None:
                self._looking.show_organisation(self._organisation.view.state)
        return self._looking

    @property
    def queues(self) -> QueueCarrying:
        """What carries the queue in files; raises `NoProfile` while no profile is open."""
        if self._profile is None:
            raise NoProfile("no profile is open here")
        if self._queues is None:
            from app.console.queue_carrying import QueueCarrying

            self._queues = QueueCarrying(
                self._profile.local,
                self._codec,
                clock=_now,
                session_of=lambda log: next((s for s in self._sessions() if s.log == log), None),
                publish=self._bridge.other_log_changed.emit,
            )
        return self._queues

    def _hear_readings(self, lines: Sequence[bytes]) -> None:
        self.looking.readings.take(lines)

    def _publish_incident(self, view: LogView[IncidentState]) -> None:
        if view.progress.is_connected and not self._is_connected:
            self._reconnected.set()
        self._is_connected = view.progress.is_connected
        if self._here is not None:
            self._here.line_is(is_connected=self._is_connected)
        self._bridge.incident_changed.emit(view)  # first: the map may take a moment longer
        if self._looking is not None:
            self._looking.show_incident(view.state)

    def _publish_organisation(self, view: LogView[OrganisationState]) -> None:
        self._bridge.organisation_changed.emit(view)
        if self._looking is not None:
            self._looking.show_organisation(view.state)

    async def look_back(self, moment: datetime, number: int) -> None:
        """Publish what showed at `moment`, unless a newer request takes its place."""
        if self._past is not None:
            await self._past.look(moment, number, self.looking.topology)

    async def write(
        self, drafts: Sequence[Draft], seen: int, repeats: str = ""
    ) -> tuple[Event, ...]:
        """Record facts in the incident: durable here when this returns.

        `seen` is the position of the state their author acted on, `repeats` the id of a refused
        event they take the place of.
        Raises `NothingToWriteIn` before there is an incident, and what the disk raises.
        """
        await self._is_open.wait()
        if self._incident is None:
            raise self._not_written("incident")
        return self._incident.write(drafts, seen=seen, repeats=repeats)

    async def write_of_organisation(self, drafts: Sequence[Draft], seen: int) -> tuple[Event, ...]:
        """Record facts about services, for every incident; as `write`."""
        if self._organisation is None:
            raise self._not_written("organisation")
        return self._organisation.write(drafts, seen=seen)

    def _not_written(self, where: str) -> WatchfloorError:
        nothing = NothingToWriteIn(f"no {where} is open here yet")
        return nothing if self._reading is None else self._reading.refusal

    async def import_catalogues(self, paths: Sequence[Path]) -> Imported:
        """Bring the organisation in line with these files; see `cataloguing`."""
        from app.console.cataloguing import import_catalogues

        if self._reading is not None:
            raise self._reading.refusal
        return await import_catalogues(paths, self._organisation, _now)

    async def give_passphrase(self, passphrase: str) -> None:
        """What the person answered to a `PassphraseQuestion`; empty for none."""
        self._passphrases.give(passphrase)

    async def open_profile(self) -> SiteProfile | None:
        """The profile that is open, as soon as one is; None where none can be."""
        await self._is_open.wait()
        return self._profile

    async def export_queue(self, path: Path) -> tuple[Path, int]:
        """Write what waits here to a file; where it is, and how many events are in it."""
        return self.queues.export(path)

    async def import_queue(self, path: Path) -> TakenIn:
        """Queue here what another device queued, as its authors signed it."""
        return self.queues.take_in(path)

    async def leave(self) -> None:
        """Say to the others that nobody is at this console any more."""
        if self._here is not None:
            await self._here.leave()

    async def try_at_once(self) -> None:
        """There is a network again, or somebody asks: do not wait out a pause."""
        for session in self._sessions():
            session.network_returned()


def _now() -> datetime:
    return datetime.now(UTC)
