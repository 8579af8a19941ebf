"""The queue of this console as files: written to one, taken in from one, and sent from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from app.events.codec import Codec
from app.log.local_log import LocalLog
from app.protocol.authoring import Author
from app.sync.carrying import TakenIn, queue_of, take_in
from app.sync.courier import Courier, Unfolded
from app.sync.exchange import Outgoing
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.queue_file import read_queue_file, write_queue_file
from app.sync.session import Session

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """How the sessions of logs that are only sent talk, and as whom."""

    api: ApiClient
    register: Callable[[], Awaitable[None]]
    author: Author


class QueueCarrying:
    """`session_of` gives the session of a log that is open here, `publish` hears of the others."""

    def __init__(
        self,
        local: LocalLog,
        codec: Codec,
        *,
        clock: Callable[[], datetime],
        session_of: Callable[[str], Session[Any] | None],
        publish: Callable[[LogView[None]], None],
    ) -> None:
        self._local = local
        self._codec = codec
        self._clock = clock
        self._store = ProfileStore(local, clock)
        self._session_of = session_of
        self._line: _Line | None = None
        self._courier = Courier(
            local, self._store, open_session=self._open_session, publish=publish
        )

    def export(self, path: Path) -> tuple[Path, int]:
        """Write what waits here to a file; where it is, and how many events are in it."""
        queue = queue_of(self._local, self._store)
        return write_queue_file(path, queue, self._clock()), len(queue.events)

    def take_in(self, path: Path) -> TakenIn:
        """Queue here what another device queued; raises what reading and keeping it raise."""
        return take_in(read_queue_file(path), self._local, self._queue)

    def _queue(self, log: str, rows: Sequence[Outgoing]) -> int:
        session = self._session_of(log)
        return self._courier.carry(log, rows) if session is None else session.carry(rows)

    async def send_others(
        self,
        api: ApiClient,
        register: Callable[[], Awaitable[None]],
        author: Author,
        *,
        open_elsewhere: Collection[str],
    ) -> None:
        """Send until cancelled what waits for logs that are not `open_elsewhere`."""
        self._line = _Line(api=api, register=register, author=author)
        await self._courier.run(open_elsewhere)

    def _open_session(self, log: str, publish: Callable[[LogView[None]], None]) -> Session[None]:
        if self._line is None:
            raise RuntimeError("nothing is sent before there is a server")
        session = Session(
            log=log,
            store=self._store,
            api=None,
            author=self._line.author,
            codec=self._codec,
            folding=Unfolded(),
            start=None,
            publish=publish,
            random=SystemRandom(),
        )
        session.connect(self._line.api, self._line.register)
        return session
