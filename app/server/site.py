"""Everything one running server is made of, put together in one place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from litestar import Request

from app.events.codec import Codec, to_microseconds
from app.events.event import ORGANISATION_LOG, Draft
from app.log.blobs import Blobs
from app.log.credentials import Credentials, token_digest
from app.log.event_log import EventLog
from app.log.secret_file import write_secret
from app.organisation.kinds import ConsoleRegistered
from app.proof.encoding import to_base64, to_base64url
from app.protocol.kinds import full_codec
from app.server.access import Access
from app.server.deploy_desk import DeployDesk
from app.server.directory import Directory
from app.server.discretion import Discretion
from app.server.duty import Duty
from app.server.feed import Feed
from app.server.intake.event_names import EventNames
from app.server.intake.intake import Intake
from app.server.intake.reader import Surroundings
from app.server.intake.reading import IntakeFormat
from app.server.intake.registered_formats import FORMATS
from app.server.keys import ServerKeys, load_keys
from app.server.measurements import Measurements
from app.server.neighbours import Neighbours
from app.server.notary import Notary
from app.server.own_hand import OwnHand
from app.server.pace import Pace
from app.server.pages import Pages
from app.server.presence import Presence
from app.server.recorder import Recorder
from app.server.registry import Registry
from app.server.settings import Settings
from app.server.standing import SERVER_ACTOR, Judge
from app.server.talk import Talk
from app.server.telemetry.telemetry import Telemetry
from app.server.trees import Trees
from app.server.witness import Witness

Clock = Callable[[], datetime]

_OUTSIDE_WORLD = 1


UPLOADS_AT_ONCE = 4
"""So many attachments may be on their way in: each is held in memory until it is whole."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One running server.  `now()` is its clock; nothing in it may block the event loop."""

    settings: Settings
    clock: Clock
    codec: Codec
    keys: ServerKeys
    log: EventLog
    access: Access
    registry: Registry
    directory: Directory
    judge: Judge
    discretion: Discretion
    pages: Pages
    feed: Feed
    pace: Pace
    presence_pace: Pace
    recorder: Recorder
    own_hand: OwnHand
    intake: Intake
    telemetry: Telemetry
    deploy_desk: DeployDesk
    notary: Notary
    witness: Witness
    trees: Trees
    measurements: Measurements
    talk: Talk
    neighbours: Neighbours
    presence: Presence
    duty: Duty
    uploading: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE)
    )

    @property
    def blobs(self) -> Blobs:
        """The attachments in this server's database."""
        return Blobs(self.log.database)

    @property
    def credentials(self) -> Credentials:
        """The tokens in this server's database."""
        return Credentials(self.log.database)

    @property
    def key(self) -> str:
        """The Base64 key that checks what this site signs: what it is known by."""
        return to_base64(self.keys.site.public_key)

    def now(self) -> int:
        """Server time in microseconds."""
        return to_microseconds(self.clock())


def site_of(request: Request[Any, Any, Any]) -> Site:
    """The server that answers this request."""
    site: Site = request.app.state.site
    return site


@asynccontextmanager
async def running_site(
    settings: Settings, clock: Clock = utc_now, formats: Iterable[IntakeFormat] = FORMATS
) -> AsyncIterator[Site]:
    """Open everything, hand out the site, and on leaving record what is waiting and close.

    Raises any `StoreError`, and `KeysUnreadable`.
    """
    keys = load_keys(settings.key_file)
    log = await asyncio.to_thread(EventLog.open, settings.database)
    with log:
        site = _assemble(settings, clock, keys, log, formats)
        async with site.recorder:
            await _learn_what_is_stored(site)
            await _introduce_server(site)
            await _keep_local_token(site)
            async with AsyncExitStack() as stack:
                for part in _parts(site):
                    await stack.enter_async_context(part)
                yield site


def _parts(site: Site) -> tuple[AbstractAsyncContextManager[Any], ...]:
    """What runs beside the requests; who wants to hear something is there before it is said."""
    hearing = (site.notary, site.intake, site.telemetry, site.presence, site.neighbours)
    return (*hearing, site.talk, site.duty)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foundation:
    """What the parts of a site are built on."""

    settings: Settings
    clock: Clock
    codec: Codec
    keys: ServerKeys
    log: EventLog
    registry: Registry
    directory: Directory
    discretion: Discretion
    feed: Feed
    measurements: Measurements
    talk: Talk


def _assemble(
    settings: Settings,
    clock: Clock,
    keys: ServerKeys,
    log: EventLog,
    formats: Iterable[IntakeFormat],
) -> Site:
    limits = settings.limits
    codec = full_codec()
    registry = Registry(codec)
    discretion = Discretion(log, registry, codec)
    base = _Foundation(
        settings=settings,
        clock=clock,
        codec=codec,
        keys=keys,
        log=log,
        registry=registry,
        directory=Directory(codec),
        discretion=discretion,
        feed=Feed(
            max_frames=limits.stream_frames,
            max_bytes=limits.stream_bytes,
            is_for_all=discretion.is_for_all,
        ),
        measurements=Measurements(),
        talk=Talk(settings, is_shared=log.database.is_postgresql),
    )
    recorder = _recorder(base)
    own_hand = OwnHand(
        recorder, directory=base.directory, key=keys.console, codec=codec, clock=clock
    )
    neighbours = Neighbours(
        log, talk=base.talk, recorder=recorder, directory=base.directory, feed=base.feed
    )
    intake = _intake(base, recorder, own_hand, neighbours, formats)
    return _site(base, recorder, own_hand, intake, neighbours)


def _site(
    base: _Foundation,
    recorder: Recorder,
    own_hand: OwnHand,
    intake: Intake,
    neighbours: Neighbours,
) -> Site:
    limits = base.settings.limits
    telemetry = _telemetry(base, own_hand, intake)
    notary = _notary(base, recorder)
    return Site(
        settings=base.settings,
        clock=base.clock,
        codec=base.codec,
        keys=base.keys,
        log=base.log,
        access=Access(Credentials(base.log.database), monotonic),
        registry=base.registry,
        directory=base.directory,
        judge=Judge(base.registry, base.keys.console),
        discretion=base.discretion,
        pages=Pages(base.log, base.discretion),
        feed=base.feed,
        pace=Pace(rate=limits.events_per_second, burst=limits.burst),
        presence_pace=Pace(rate=1.0 / limits.presence_seconds, burst=4),
        recorder=recorder,
        own_hand=own_hand,
        notary=notary,
        witness=Witness(base.log, notary, base.directory, own_hand),
        trees=Trees(base.log),
        intake=intake,
        telemetry=telemetry,
        deploy_desk=_deploy_desk(base, own_hand, telemetry, intake),
        measurements=base.measurements,
        talk=base.talk,
        neighbours=neighbours,
        presence=Presence(base.feed, base.talk, monotonic),
        duty=_duty(base, intake, telemetry),
    )


def _recorder(base: _Foundation) -> Recorder:
    return Recorder(
        base.log,
        feed=base.feed,
        registry=base.registry,
        directory=base.directory,
        measurements=base.measurements,
        limits=base.settings.limits,
        discretion=base.discretion,
    )


def _duty(base: _Foundation, intake: Intake, telemetry: Telemetry) -> Duty:
    """Reading deliveries and asking sources: one process does both, as readings are signals."""
    database = base.settings.database if base.talk.is_shared else ""
    return Duty(database, _OUTSIDE_WORLD, [intake.shift, telemetry.shift])


def _intake(
    base: _Foundation,
    recorder: Recorder,
    own_hand: OwnHand,
    neighbours: Neighbours,
    formats: Iterable[IntakeFormat],
) -> Intake:
    return Intake(
        formats,
        surroundings=Surroundings(
            log=base.log,
            codec=base.codec,
            names=EventNames(base.keys.console.private_bytes()),
            clock=base.clock,
            recorder=recorder,
            own_hand=own_hand,
            registry=base.registry,
            directory=base.directory,
            feed=base.feed,
            neighbours=neighbours,
        ),
        talk=base.talk,
        measurements=base.measurements,
        most_waiting=base.settings.limits.deliveries,
    )


def _notary(base: _Foundation, recorder: Recorder) -> Notary:
    return Notary(
        base.log,
        site=base.settings.site,
        key=base.keys.site,
        clock=base.clock,
        recorder=recorder,
        feed=base.feed,
        seconds=base.settings.limits.checkpoint_seconds,
    )


def _telemetry(base: _Foundation, own_hand: OwnHand, intake: Intake) -> Telemetry:
    return Telemetry(
        base.settings.prometheus,
        base.settings.catalogues,
        log=base.log,
        codec=base.codec,
        clock=base.clock,
        own_hand=own_hand,
        intake=intake,
        directory=base.directory,
        feed=base.feed,
        talk=base.talk,
    )


def _deploy_desk(
    base: _Foundation, own_hand: OwnHand, telemetry: Telemetry, intake: Intake
) -> DeployDesk:
    return DeployDesk(
        base.log,
        base.codec,
        base.clock,
        directory=base.directory,
        telemetry=telemetry,
        intake=intake,
        own_hand=own_hand,
    )


async def _learn_what_is_stored(site: Site) -> None:
    now = site.now()
    await site.recorder.write(site.log.make_room)
    head = await site.recorder.write(lambda: site.log.ensure(ORGANISATION_LOG, now))
    while site.registry.position < head.position:
        after = site.registry.position
        page = await asyncio.to_thread(
            site.log.page, ORGANISATION_LOG, after, limit=5_000, max_bytes=4 * 1024 * 1024
        )
        site.registry.learn(page.lines, after + 1)
    heads = await asyncio.to_thread(site.log.heads)
    site.directory.begin(heads, await asyncio.to_thread(site.log.listed_lines))


async def _introduce_server(site: Site) -> None:
    """Record the server's own key, so that anyone can check what it signs."""
    console = site.keys.console.console_id
    if site.registry.console(console) is None:
        fact = ConsoleRegistered(
            console=console,
            public_key=to_base64url(site.keys.console.public_key),
            person=SERVER_ACTOR,
        )
        await site.own_hand.record(ORGANISATION_LOG, SERVER_ACTOR, [Draft(fact=fact)])


async def _keep_local_token(site: Site) -> None:
    """Leave the local user's token in its file; one that still holds is kept."""
    settings = site.settings
    if not settings.local_person or settings.token_file is None:
        return
    actor = f"person:{settings.local_person}"
    try:
        kept = settings.token_file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        kept = ""
    principal = await asyncio.to_thread(site.credentials.principal_of, token_digest(kept))
    if principal is None or principal.actor != actor:
        now = site.now()
        token = await site.recorder.write(
            lambda: site.credentials.issue(actor, now=now, is_owner=True)
        )
        write_secret(settings.token_file, token.encode() + b"\n")


__all__ = ["Clock", "Site", "running_site", "site_of", "utc_now"]
