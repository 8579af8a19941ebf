"""Real consoles without windows at a server in the same loop: session, profile and all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from app.events.event import Draft, Event
from app.incident import replay as folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author
from app.protocol.kinds import full_codec
from app.sync.api_client import ApiClient
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Session
from tests.log.writing import LOG
from tests.patience import PATIENCE


class QuietConsole:
    """One console: what it shows is in `view`; `shows` waits for what it will show."""

    def __init__(self, local: LocalLog, api: ApiClient, actor: str, key: ConsoleKey) -> None:
        self.local = local
        self.api = api
        self._changed = asyncio.Event()
        self.session = Session(
            log=LOG,
            store=ProfileStore(local, _now),
            api=api,
            author=Author(
                actor=actor, key=key, codec=full_codec(), clock=_now, random_bytes=os.urandom
            ),
            codec=full_codec(),
            folding=folding,
            start=BEFORE_ANYTHING,
            publish=self._look,
            random=Random(1),
        )
        self.view: LogView[IncidentState] = self.session.view

    @property
    def texts(self) -> list[str]:
        """What its timeline says."""
        return [entry.text for entry in self.view.state.timeline]

    def write(self, *drafts: Draft) -> tuple[Event, ...]:
        """Log facts here."""
        return self.session.write(drafts)

    async def shows(self, what: Callable[[LogView[IncidentState]], object]) -> None:
        """Wait until it shows something."""
        async with asyncio.timeout(PATIENCE):
            while not what(self.view):
                self._changed.clear()
                await self._changed.wait()

    def _look(self, view: LogView[IncidentState]) -> None:
        self.view = view
        self._changed.set()


@asynccontextmanager
async def quiet_console(
    url: str, token: str, actor: str, folder: Path
) -> AsyncIterator[QuietConsole]:
    """A console of `actor` that stays in step until this is left."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = open_profile(folder / "profile.db", b"k" * 32, clock=_now)
    kept = opened.log.value("console.key")
    key = ConsoleKey.generate() if kept is None else ConsoleKey.from_private_bytes(kept)
    opened.log.set_value("console.key", key.private_bytes())
    with opened.log as local:
        async with ApiClient(url, token) as api:
            await api.register_console(key.console_id, to_base64url(key.public_key))
            console = QuietConsole(local, api, actor, key)
            running = asyncio.create_task(console.session.run())
            try:
                yield console
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running


def _now() -> datetime:
    return datetime.now(UTC)
