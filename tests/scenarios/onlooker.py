"""A second console without a window: the real session on a real profile, for tests to look at."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from app.events.event import Draft, Event, incident_log
from app.incident import replay as folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.profile import open_profile
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author
from app.protocol.kinds import full_codec
from app.sync.api_client import ApiClient
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Session
from app.sync.unavailable import ServerUnavailable
from app.sync.worker import Worker
from tests.patience import PATIENCE

ASKS_EVERY_SECONDS = 0.05


class Onlooker:
    """One console's engine: what it shows is in `state`, what it writes is durable."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._session: Session[IncidentState] | None = None
        self._has_begun = asyncio.Event()
        self.view: LogView[IncidentState] | None = None

    @property
    def state(self) -> IncidentState:
        """What this console shows now."""
        return BEFORE_ANYTHING if self.view is None else self.view.state

    @property
    def is_live(self) -> bool:
        """Whether it hears the server."""
        return self.view is not None and self.view.progress.is_connected

    def write(self, *drafts: Draft) -> tuple[Event, ...]:
        """Log facts here; they are durable when this returns."""

        async def write() -> tuple[Event, ...]:
            await self._has_begun.wait()
            assert self._session is not None
            return self._session.write(drafts)

        return self._worker.submit(write()).result(PATIENCE)

    async def run(self, url: str, token: str, actor: str, incident_id: str, folder: Path) -> None:
        """Stay in step until cancelled."""
        key = ConsoleKey.generate()
        opened = open_profile(folder / "profile.db", secrets.token_bytes(32), clock=_now)
        try:
            async with ApiClient(url, token) as api:
                await api.register_console(key.console_id, to_base64url(key.public_key))
                self._session = Session(
                    log=incident_log(incident_id),
                    store=ProfileStore(opened.log, _now),
                    api=api,
                    author=Author(
                        actor=actor,
                        key=key,
                        codec=full_codec(),
                        clock=_now,
                        random_bytes=os.urandom,
                    ),
                    codec=full_codec(),
                    folding=folding,
                    start=BEFORE_ANYTHING,
                    publish=self._look,
                    random=Random(1),
                )
                self._has_begun.set()
                await self._session.run()
        finally:
            opened.log.close()

    def _look(self, view: LogView[IncidentState]) -> None:
        self.view = view


@contextmanager
def onlookers(
    url: str, owner_token: str, incident_id: str, people: Sequence[str], folder: Path
) -> Iterator[list[Onlooker]]:
    """Consoles of `people` at one incident of a running server."""
    worker = Worker("onlookers")
    worker.start()
    consoles = [Onlooker(worker) for _ in people]

    async def token_of(person: str) -> str:
        async with ApiClient(url, owner_token) as api:
            return await api.issue_token(f"person:{person}")

    running = []
    try:
        for person, one in zip(people, consoles, strict=True):
            token = worker.submit(token_of(person)).result(PATIENCE)
            home = folder / person
            running.append(
                worker.submit(one.run(url, token, f"person:{person}", incident_id, home))
            )
        yield consoles
    finally:
        for future in running:
            future.cancel()
        worker.stop(PATIENCE)


def newest_incident(url: str, token: str) -> str:
    """The id of the newest incident, as soon as the server tells of one."""
    worker = Worker("question")
    worker.start()

    async def ask() -> str:
        async with ApiClient(url, token) as api:
            while True:
                with suppress(ServerUnavailable):
                    if listed := (await api.incidents()).incidents:
                        return listed[0].id
                await asyncio.sleep(ASKS_EVERY_SECONDS)

    try:
        return worker.submit(ask()).result(PATIENCE)
    finally:
        worker.stop(PATIENCE)


def _now() -> datetime:
    return datetime.now(UTC)
