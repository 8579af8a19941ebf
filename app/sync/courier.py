"""Sends what waits on this console for logs that nobody has open here.

It was carried here in a file, or written before another incident was opened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from app.events.event import Event, Recorded
from app.log.local_log import LocalLog
from app.log.problems import StoreError
from app.sync.exchange import Outgoing
from app.sync.local_store import LocalStore
from app.sync.log_view import LogView
from app.sync.session import Session

_log = logging.getLogger(__name__)
LOOK_SECONDS = 30.0

OpenSession = Callable[[str, Callable[[LogView[None]], None]], Session[None]]
"""Makes a session for a log, connected to the server, that publishes to what it is given."""


class Unfolded:
    """A log that is followed and not looked at: its state is nothing."""

    def replay(self, log: Sequence[Recorded], start: None) -> None:
        """Nothing, whatever was recorded."""

    def foresee(self, state: None, outbox: Sequence[Event]) -> None:
        """Nothing, whatever waits."""


class Courier:
    """Keeps a session for each such log until nothing waits for it any more.

    A row leaves the queue only when its record has arrived here, as everywhere.  `publish` hears
    how each of these logs stands.
    """

    def __init__(
        self,
        local: LocalLog,
        store: LocalStore,
        *,
        open_session: OpenSession,
        publish: Callable[[LogView[None]], None],
    ) -> None:
        self._local = local
        self._store = store
        self._open_session = open_session
        self._publish = publish
        self._sessions: dict[str, Session[None]] = {}
        self._woken = asyncio.Event()

    def carry(self, log: str, rows: Sequence[Outgoing]) -> int:
        """Queue what other consoles wrote for `log`; how many rows were new here.

        Raises what the store raises when it cannot write.
        """
        session = self._sessions.get(log)
        if session is not None:
            return session.carry(rows)
        new = len(self._store.carry(log, rows))
        self._woken.set()
        return new

    async def run(self, open_elsewhere: Collection[str]) -> None:
        """Send until cancelled what waits for any log but those that are `open_elsewhere`."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                for log in self._waiting_logs():
                    if log not in open_elsewhere and log not in self._sessions:
                        tasks.create_task(self._send(log))
                with suppress(TimeoutError):  # `wait_for` of 3.11 may go on where it is cancelled
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._woken.wait()

    def _waiting_logs(self) -> list[str]:
        try:
            return self._local.waiting_logs()
        except StoreError as error:
            _log.warning("what waits for other incidents cannot be read now: %s", error)
            return []

    async def _send(self, log: str) -> None:
        sent = asyncio.Event()

        def look(view: LogView[None]) -> None:
            self._publish(view)
            if not view.waiting:
                sent.set()

        try:
            session = self._open_session(log, look)
        except StoreError as error:
            _log.warning("%s cannot be read now: %s", log, error)
            return
        self._sessions[log] = session
        try:
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(session.run())
                await sent.wait()
                running.cancel()
        finally:
            del self._sessions[log]
