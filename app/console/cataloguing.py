"""Catalogues that somebody chose: read beside the worker's loop, recorded through the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.commands.catalogues import read_catalogue_file
from app.errors import WatchfloorError
from app.organisation.state import OrganisationState
from app.sync.session import Session

MOST_AT_ONCE = 500
"""So many facts are written before others who write have their turn."""


class NoOrganisation(WatchfloorError):
    """A catalogue was to be imported before this console knew any organisation."""

    advice = "Import the catalogue again once the server was reached for the first time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What importing `files` came to: the ids of the events, and what people should know."""

    files: tuple[str, ...]
    events: tuple[str, ...]
    notes: tuple[str, ...]


async def import_catalogues(
    paths: Sequence[Path],
    organisation: Session[OrganisationState] | None,
    clock: Callable[[], datetime],
) -> Imported:
    """Record what these files change; nothing of any of them when one cannot be read.

    Durable on this device when it returns.  Raises `InvalidInput` naming the file that cannot be
    read, `NoOrganisation` for no organisation, and what the disk raises.
    """
    if organisation is None:
        raise NoOrganisation("no organisation is open here yet")
    files = [
        await asyncio.to_thread(read_catalogue_file, path, observed_at=clock()) for path in paths
    ]
    events: list[str] = []
    notes: list[str] = []
    for file in files:
        known = organisation.view.state
        found = await asyncio.to_thread(file.changes_in, known)
        for start in range(0, len(found.drafts), MOST_AT_ONCE):
            drafts = found.drafts[start : start + MOST_AT_ONCE]
            events += [one.id for one in organisation.write(drafts, seen=known.position)]
            await asyncio.sleep(0)
        notes += found.notes
    return Imported(
        files=tuple(one.name for one in files), events=tuple(events), notes=tuple(notes)
    )
