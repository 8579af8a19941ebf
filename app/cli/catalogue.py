"""`import-catalog`: services and dependencies from files into the organisation's log."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.cli.terminal import open_terminal
from app.commands.catalogues import CatalogueFile, read_catalogue_file
from app.errors import InvalidInput
from app.events.event import ORGANISATION_LOG, Draft
from app.graph.formats import Format
from app.organisation.state import OrganisationState
from app.sync.places import target


def import_catalogue(arguments: argparse.Namespace) -> int:
    """Import the files, print what changed and what was left out; 0 when it is recorded."""
    chosen = _format(arguments.format)
    catalogues = [_read(path, chosen) for path in arguments.files]
    url, token = target(arguments.server, arguments.token_file)
    told = asyncio.run(_import(catalogues, url, token))
    if arguments.json:
        print(json.dumps(told, indent=2))
    else:
        print(f"{told['changes']} changes recorded from {', '.join(told['files'])}.")
        for warning in told["warnings"]:
            print(f"Note: {warning}")
    return 0


def catalogue_drafts(paths: Sequence[Path], organisation: OrganisationState) -> list[Draft]:
    """The facts that bring `organisation` in line with the files, each its own source."""
    return [one for path in paths for one in _read(path).changes_in(organisation).drafts]


def _format(name: str | None) -> Format | None:
    if name is not None and name not in list(Format):
        known = ", ".join(one.value for one in Format)
        raise InvalidInput(f"is not one of {known}", field="--format")
    return None if name is None else Format(name)


def _read(path: Path, chosen: Format | None = None) -> CatalogueFile:
    return read_catalogue_file(path, chosen, observed_at=datetime.now(UTC))


async def _import(catalogues: Sequence[CatalogueFile], url: str, token: str) -> dict[str, Any]:
    changes, warnings = 0, list[str]()
    async with open_terminal(url, token) as terminal:
        for one in catalogues:
            organisation = await terminal.organisation()
            found = one.changes_in(organisation)
            await terminal.record(ORGANISATION_LOG, found.drafts, organisation.position)
            changes += len(found.drafts)
            warnings += found.notes
    return {
        "files": [one.name for one in catalogues],
        "changes": changes,
        "warnings": warnings,
    }
