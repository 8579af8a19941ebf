"""A terminal as a console: signs what it writes with a key of its own, reads what is recorded."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.commands.desk import Desk
from app.errors import WatchfloorError
from app.events.event import ORGANISATION_LOG, Draft, incident_log
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState, replay_organisation
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place, time_ordered_id
from app.protocol.bodies import MAX_BATCH_EVENTS, IncidentSummary, PushResponse
from app.protocol.kinds import full_codec
from app.protocol.problems import ProblemCode
from app.sync.api_client import ApiClient
from app.sync.exchange import Outgoing
from app.sync.folders import data_folder
from app.sync.reading import read_arrived
from app.sync.unavailable import ServerUnavailable

_PAGE = 5_000
_BATCH_BYTES = 512 * 1024
_ENVELOPE_BYTES = 256
_NOT_SO_FAST = (ProblemCode.RATE_LIMITED, ProblemCode.OVERLOADED)


class NoSuchIncident(WatchfloorError):
    """No incident is called that."""

    advice = "python main.py status lists the newest; name one by its number or id."


class NotRecorded(WatchfloorError):
    """The server did not record what was sent."""

    advice = (
        "Correct what the message names and run the command again. Of a long list of facts, those "
        "before it may be recorded; an import that is run again leaves them as they are."
    )


class Terminal:
    """One person at a terminal, at one server."""

    def __init__(self, api: ApiClient, actor: str, key: ConsoleKey) -> None:
        self.api = api
        self._key = key
        self._is_registered = False
        self._codec = full_codec()
        self.actor = actor
        self._author = Author(
            actor=actor,
            key=key,
            codec=self._codec,
            clock=_now,
            random_bytes=secrets.token_bytes,
        )

    @property
    def person(self) -> str:
        """The id of the person the token speaks for."""
        return self.actor.partition(":")[2]

    async def find_incident(self, wanted: str) -> IncidentSummary:
        """The incident with this id or number, else the newest; raises `NoSuchIncident`."""
        listed = (await self.api.incidents()).incidents
        for incident in listed:
            if not wanted or wanted in (incident.id, incident.number):
                return incident
        raise NoSuchIncident(f"no incident is called {wanted}" if wanted else "no incident yet")

    async def incident(self, incident_id: str) -> IncidentState:
        """An incident as it stands now."""
        state, log = BEFORE_ANYTHING, incident_log(incident_id)
        while lines := await self._lines(log, state.position):
            news = read_arrived(self._codec, log, lines, state.position)
            state = replay([one.recorded for one in news], state)
        return state

    async def organisation(self) -> OrganisationState:
        """The organisation as it stands now."""
        state = EMPTY_ORGANISATION
        while lines := await self._lines(ORGANISATION_LOG, state.position):
            news = read_arrived(self._codec, ORGANISATION_LOG, lines, state.position)
            state = replay_organisation([one.recorded for one in news], state)
        return state

    async def _lines(self, log: str, after: int) -> tuple[bytes, ...]:
        try:
            return (await self.api.page(log, after=after, limit=_PAGE)).lines
        except ServerUnavailable as error:
            if error.failure.code is ProblemCode.UNKNOWN_LOG:
                return ()
            raise

    async def desk(self, incident_id: str) -> Desk:
        """The desk this person acts from."""
        return Desk(
            person=self.person,
            state=await self.incident(incident_id),
            organisation=await self.organisation(),
            now=_now(),
            new_id=lambda: str(time_ordered_id(_now(), os.urandom)),
        )

    async def record(self, log: str, drafts: Sequence[Draft], seen: int) -> list[int]:
        """Send facts and wait until they are recorded; their positions.

        Raises `NotRecorded` naming what is wrong when the server refuses one.
        """
        await self._register()
        rows = []
        for number, draft in enumerate(drafts, start=1):
            signed = self._author.write(draft, Place(log=log, n=number, seen=seen))
            rows.append(
                Outgoing(event_id=signed.event.id, n=number, body=signed.body, sig=signed.sig)
            )
        positions: list[int] = []
        for batch in batches(rows):
            response = await self._push(log, batch)
            for result in response.results:
                if result.problem is not None or result.position is None:
                    why = "" if result.problem is None else result.problem.detail
                    raise NotRecorded(why or "the server gave no position")
                positions.append(result.position)
        return positions

    async def _push(self, log: str, rows: Sequence[Outgoing]) -> PushResponse:
        """Push; a server that says "not so fast" is asked again when it says.

        It knows events by their ids, so none is recorded twice.
        """
        while True:
            try:
                return await self.api.push(log, "", rows)
            except ServerUnavailable as error:
                failure = error.failure
                if failure.code not in _NOT_SO_FAST or failure.retry_after is None:
                    raise
                await asyncio.sleep(failure.retry_after)

    async def _register(self) -> None:
        """Only who writes is registered: reading needs no room on the server's disk."""
        if not self._is_registered:
            public_key = to_base64url(self._key.public_key)
            await self.api.register_console(self._key.console_id, public_key)
            self._is_registered = True


@asynccontextmanager
async def open_terminal(url: str, token: str) -> AsyncIterator[Terminal]:
    """A terminal at the server, with a key of its own to write with."""
    async with ApiClient(url, token) as api:
        who = await api.who_am_i()
        key = _terminal_key(data_folder() / "terminal.key")
        yield Terminal(api, who.actor, key)


def batches(rows: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
    """Rows as pushes that a server takes: so many events, and so many bytes."""
    start = size = 0
    for number, row in enumerate(rows):
        length = len(row.body) + _ENVELOPE_BYTES
        is_full = number - start >= MAX_BATCH_EVENTS or size + length > _BATCH_BYTES
        if number > start and is_full:
            yield rows[start:number]
            start, size = number, 0
        size += length
    if rows:
        yield rows[start:]


def _terminal_key(path: Path) -> ConsoleKey:
    """The key this machine's terminal signs with; made once, readable by its person only."""
    if path.exists():
        return ConsoleKey.from_private_bytes(path.read_bytes())
    key = ConsoleKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes())
    return key


def _now() -> datetime:
    return datetime.now(UTC)
