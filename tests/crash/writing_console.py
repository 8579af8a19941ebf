"""A console's engine as a child that is forked: writes notes, and tells each that is kept.

`main(folder, url, token, mode)`, mode `write` (for ever), `drain` (until nothing waits) or
`follow` (write ten notes a second, and tell the position whenever nothing waits).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import token_bytes

from app.events.event import Draft, Event, Recorded
from app.incident.kinds.work import NoteWritten
from app.protocol.authoring import Author
from app.sync.api_client import ApiClient
from app.sync.log_view import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Session
from tests.crash.telling import tell
from tests.log.profiles import open_in
from tests.log.writing import CODEC, LOG, Writer


class Counting:
    """The state is how many events there are."""

    def replay(self, log: Sequence[Recorded], start: int) -> int:
        """More records."""
        return start + len(log)

    def foresee(self, state: int, outbox: Sequence[Event]) -> int:
        """And what waits."""
        return state + len(outbox)


def main(folder: str, url: str, token: str, mode: str) -> None:
    """Run the engine until told to stop, or until it is drained."""
    with suppress(asyncio.CancelledError):
        asyncio.run(_run(Path(folder), url, token, mode))


async def _run(folder: Path, url: str, token: str, mode: str) -> None:
    with open_in(folder).log as local:
        async with ApiClient(url, token) as api:
            empty = asyncio.Event()

            def published(view: LogView[int]) -> None:
                if not view.waiting:
                    empty.set()
                if mode == "follow":
                    tell(f"at {view.confirmed} {len(view.waiting)}")

            session = _session(ProfileStore(local, lambda: datetime.now(UTC)), api, published)
            running = asyncio.create_task(session.run())
            tell("open")
            if mode == "drain":
                await empty.wait()
                tell(f"drained {session.view.confirmed}")
                running.cancel()
            else:
                await _write_for_ever(session, 0.1 if mode == "follow" else 0.001)


def _session(store: ProfileStore, api: ApiClient, publish) -> Session[int]:
    author = Author(
        actor="person:maria",
        key=Writer().key,
        codec=CODEC,
        clock=lambda: datetime.now(UTC),
        random_bytes=token_bytes,
    )
    return Session(
        log=LOG,
        store=store,
        api=api,
        author=author,
        codec=CODEC,
        folding=Counting(),
        start=0,
        publish=publish,
        random=Random(),
    )


async def _write_for_ever(session: Session[int], pause: float) -> None:
    number = 0
    while True:
        number += 1
        (event,) = session.write([Draft(fact=NoteWritten(text=f"note {number}"))])
        tell(event.id)
        await asyncio.sleep(pause)  # lets the session send and fetch between two notes
