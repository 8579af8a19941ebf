"""The line to the server on which logs are kept in step, watched for what does not add up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.console.bridge import Notice
from app.console.doubts import Doubts
from app.incident.state import IncidentState
from app.log.local_log import LocalLog
from app.protocol.stream import FrameKind
from app.sync.session import Session

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient


@dataclass(slots=True, kw_only=True)
class Line:
    """One server, and this console there.

    `register` makes the console known to a server that does not know it.  A dispute is said by
    `tell` and written in the open `incident`, if there is one.
    """

    local: LocalLog
    api: ApiClient
    register: Callable[[], Awaitable[None]]
    tell: Callable[[Notice], None]
    doubts: Doubts
    incident: Callable[[], Session[IncidentState] | None]
    _begun: asyncio.Task[None] | None = field(default=None, init=False)

    def begin(self, session: Session[Any], beside: Coroutine[Any, Any, None]) -> None:
        """Hold one log, and do something beside, from now on until `end`."""

        async def hold() -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.hold(session))
                tasks.create_task(beside)

        self._begun = asyncio.create_task(hold())

    async def stay(self) -> None:
        """Wait for what was begun, which ends with whoever waits, and may fail."""
        if self._begun is not None:
            await self._begun

    async def end(self) -> None:
        """End what was begun."""
        if self._begun is not None:
            self._begun.cancel()
            await asyncio.wait([self._begun])

    async def hold(self, session: Session[Any]) -> None:
        """Send, fetch and watch one log until cancelled."""
        from app.console.disputes import log_watch

        session.connect(self.api, self.register)
        watch = log_watch(session.log, self.local, self.tell, self.incident, self.doubts)
        session.hear_also(FrameKind.CHECKPOINT, watch.hear)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run())
            tasks.create_task(watch.run(self.api))
