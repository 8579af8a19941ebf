"""Signs how far each log has grown, and publishes that in the site's own log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from app.events.codec import to_microseconds
from app.log.appending import Growth
from app.log.checkpoints import Checkpoints, Publication
from app.log.event_log import EventLog
from app.log.problems import StoreError
from app.proof.merkle import CompactRange
from app.proof.note import (
    Checkpoint,
    open_checkpoint,
    origin_of,
    parse_checkpoint,
    sign_checkpoint,
)
from app.proof.signatures import ServerKey
from app.proof.site_log import SiteLog
from app.protocol.stream import FrameKind
from app.server.feed import Feed
from app.server.recorder import Recorder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Grown:
    size: int
    tree: bytes
    """The compact range, as it is stored; its root is folded once something is signed."""

    @property
    def root(self) -> bytes:
        return CompactRange.from_bytes(self.tree).root


class Notary:
    """Makes a checkpoint of every log that grew, at most one a second, and on demand.

    Use as an async context manager, inside the recorder's; on leaving, what grew is signed a
    last time.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        site: str,
        key: ServerKey,
        clock: Callable[[], datetime],
        recorder: Recorder,
        feed: Feed,
        seconds: float,
    ) -> None:
        self._log = log
        self.checkpoints = Checkpoints(log.database)
        self._site = site
        self._key = key
        self._clock = clock
        self._recorder = recorder
        self._feed = feed
        self._seconds = seconds
        self._grown: dict[str, _Grown] = {}
        self._news = asyncio.Event()
        self._signing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.site_log = SiteLog(site)
        self.newest_site = b""
        """The newest checkpoint of the site log that is known here, as a signed note."""

    async def __aenter__(self) -> Self:
        await self._remember()
        self._recorder.listeners.append(self.learn)
        self._task = asyncio.create_task(self._run(), name="notary")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        try:
            await self.sign()
        except StoreError as error:
            _log.warning("the last checkpoints are made at the next start: %s", error)

    def learn(self, growth: Growth) -> None:
        """A log has grown."""
        self._grown[growth.log] = _Grown(growth.last, growth.tree)
        self._news.set()

    async def sign(self) -> None:
        """Sign and publish what has grown since the last time; durable when this returns.

        Raises `StoreError`; then it is tried again with the next growth.
        """
        async with self._signing:
            grown, self._grown = self._grown, {}
            if not grown:
                return
            publications = [self._publication(log, each) for log, each in sorted(grown.items())]
            now = to_microseconds(self._clock())
            try:
                await self._recorder.write(lambda: self.checkpoints.publish(publications, now=now))
            except StoreError:
                self._grown = grown | self._grown
                raise
            await self._sign_site(now)
        for publication in publications:
            self._announce(publication)

    def origin(self, log: str) -> str:
        """The name under which a log's checkpoints are signed."""
        return origin_of(self._site, log)

    @property
    def public_key(self) -> bytes:
        """The key that checks what is signed here."""
        return self._key.public_key

    def opened(self, note: bytes) -> Checkpoint:
        """A checkpoint of the site log that was signed here; raises `ProofRefused` otherwise."""
        return open_checkpoint(note, public_keys=[self.public_key], origin=self.site_log.origin)

    async def catch_up(self) -> None:
        """Take in what was published by any process; raises `StoreError`."""
        async with self._signing:
            await self._read_leaves()

    async def _read_leaves(self) -> None:
        self._take(await asyncio.to_thread(self.checkpoints.site_leaves, after=self.site_log.size))

    async def _sign_site(self, now: int) -> None:
        """Take in what was published, by any process, and sign the site log."""
        await self._read_leaves()
        note = sign_checkpoint(self.site_log.checkpoint(), self._key)
        size = self.site_log.size
        await self._recorder.write(lambda: self.checkpoints.keep_site(size, note, now=now))
        self.newest_site = note

    def _publication(self, log: str, grown: _Grown) -> Publication:
        checkpoint = Checkpoint(origin=self.origin(log), size=grown.size, root=grown.root)
        return Publication(
            log=log,
            size=grown.size,
            note=sign_checkpoint(checkpoint, self._key),
            leaf=checkpoint.text.encode(),
        )

    def _announce(self, publication: Publication) -> None:
        lines = publication.note.removesuffix(b"\n").split(b"\n")
        self._feed.announce(publication.log, FrameKind.CHECKPOINT, lines)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.sign()
            except StoreError as error:
                _log.warning("checkpoints wait: %s", error)
            await asyncio.sleep(self._seconds)

    async def _remember(self) -> None:
        """Start from what is published; what grew after that is signed soon."""
        self._take(await asyncio.to_thread(self.checkpoints.site_leaves))
        newest = await asyncio.to_thread(self.checkpoints.newest_site)
        self.newest_site = newest or b""
        sizes = await asyncio.to_thread(self.checkpoints.sizes)
        for head in await asyncio.to_thread(self._log.heads):
            if head.position > sizes.get(head.log, 0):
                self._grown[head.log] = _Grown(head.position, head.tree)
        if self._grown:
            self._news.set()

    def _take(self, leaves: Sequence[bytes]) -> None:
        for leaf in leaves:
            self.site_log.publish(parse_checkpoint(leaf.decode()))
