"""A console's engine as a child that is forked: writes notes, and tells each that is kept."""

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
from app.sync.log_copy import LogView
from app.sync.profile_store import ProfileStore
from app.sync.session import Session
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
    """Write for ever (`write`), or until nothing waits any more (`drain`)."""
    with suppress(asyncio.CancelledError):
        asyncio.run(_run(Path(folder), url, token, is_draining=mode == "drain"))


async def _run(folder: Path, url: str, token: str, *, is_draining: bool) -> None:
    with open_in(folder).log as local:
        async with ApiClient(url, token) as api:
            empty = asyncio.Event()

            def published(view: LogView[int]) -> None:
                if not view.waiting:
                    empty.set()

            session = _session(ProfileStore(local, lambda: datetime.now(UTC)), api, published)
            running = asyncio.create_task(session.run())
            print("open", flush=True)
            if is_draining:
                await empty.wait()
                print(f"drained {session.view.confirmed}", flush=True)
                running.cancel()
            else:
                await _write_for_ever(session)


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


async def _write_for_ever(session: Session[int]) -> None:
    number = 0
    while True:
        number += 1
        (event,) = session.write([Draft(fact=NoteWritten(text=f"note {number}"))])
        print(event.id, flush=True)
        await asyncio.sleep(0.001)  # lets the session send and fetch between two notes
