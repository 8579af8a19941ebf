"""Who sits at this console, and in which incident: found out from the server, or as last time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.console.bridge import Arrival, Bridge
from app.console.incident_choice import choose_incident
from app.console.introduction import Introduction
from app.console.options import Options
from app.console.remembered import INCIDENT_VALUE, SERVER_VALUE
from app.console.sessions import Seat
from app.log.local_log import LocalLog
from app.protocol.authoring import Author

if TYPE_CHECKING:
    from app.console.queue_carrying import QueueCarrying
    from app.sync.api_client import ApiClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that is open while the console runs."""

    local: LocalLog
    api: ApiClient
    register: Callable[[], Awaitable[None]]
    author: Author
    actor: str
    incident_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingDown:
    """`seat_of` gives the seat of an actor; `queues` sends what waits for other incidents.

    `enter` is told who sits here, and how this console is made known, before any incident is.
    """

    options: Options
    bridge: Bridge
    local: LocalLog
    seat_of: Callable[[str], Seat]
    queues: QueueCarrying
    enter: Callable[[str, Callable[[], Awaitable[None]]], None]

    async def at(self, api: ApiClient, open_elsewhere: Collection[str]) -> Desk:
        """Arrive at the server; what waits for logs that are not `open_elsewhere` is sent.

        Raises `ServerUnavailable` when it does not let us in, and never did.
        """
        local = self.local
        introduction = Introduction(
            api,
            local,
            has_own_clock=bool(self.options.server),  # else it is this machine's, or a story's
            tell=self.bridge.noticed.emit,
        )
        actor, skew = await introduction.begin()
        self.enter(actor, introduction.register)
        author = self.seat_of(actor).author()
        incident_id = await self._choose_incident(api, introduction, author, open_elsewhere)
        local.set_value(INCIDENT_VALUE, incident_id.encode())
        local.set_value(SERVER_VALUE, self.options.address.encode())
        arrival = Arrival(
            person=actor.partition(":")[2],
            url=api.url,
            incident_id=incident_id,
            is_embedded=not self.options.server,
            skew=skew,
        )
        self.bridge.arrived.emit(arrival)
        return Desk(
            local=local,
            api=api,
            register=introduction.register,
            author=author,
            actor=actor,
            incident_id=incident_id,
        )

    async def _choose_incident(
        self,
        api: ApiClient,
        introduction: Introduction,
        author: Author,
        open_elsewhere: Collection[str],
    ) -> str:
        known = (self.local.value(INCIDENT_VALUE) or b"").decode()
        if self.options.story is not None and known:
            return known
        queue = self.queues.send_others(
            api, introduction.register, author, open_elsewhere=open_elsewhere
        )
        sending = asyncio.create_task(queue)  # what others bring may begin the incident
        try:
            return await choose_incident(
                api, wanted=self.options.incident, known=known, tell=self.bridge.noticed.emit
            )
        finally:
            sending.cancel()
            await asyncio.wait([sending])
