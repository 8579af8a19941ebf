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
from app.errors import InvalidInput
from app.events.event import ORGANISATION_LOG, Draft
from app.graph.catalog import Catalog
from app.graph.catalogue_facts import catalogue_facts
from app.graph.catalogue_notes import catalogue_notes
from app.graph.formats import Format, read_catalog
from app.graph.merging import known_as
from app.organisation.state import OrganisationState
from app.sync.places import target


def import_catalogue(arguments: argparse.Namespace) -> int:
    """Import the files, print what changed and what was left out; 0 when it is recorded."""
    catalogs = [(path.name, _read(path, arguments.format)) for path in arguments.files]
    url, token = target(arguments.server, arguments.token_file)
    told = asyncio.run(_import(catalogs, url, token))
    if arguments.json:
        print(json.dumps(told, indent=2))
    else:
        print(f"{told['changes']} changes recorded from {', '.join(told['files'])}.")
        for warning in told["warnings"]:
            print(f"Note: {warning}")
    return 0


def catalogue_drafts(paths: Sequence[Path], organisation: OrganisationState) -> list[Draft]:
    """The facts that bring `organisation` in line with the files, each its own source."""
    drafts: list[Draft] = []
    for path in paths:
        drafts += catalogue_facts(_read(path, None), organisation, path.name)
    return drafts


def _read(path: Path, format_name: str | None) -> Catalog:
    chosen = None
    if format_name is not None:
        if format_name not in list(Format):
            known = ", ".join(one.value for one in Format)
            raise InvalidInput(f"is not one of {known}", field="--format")
        chosen = Format(format_name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}", field=path.name) from error
    return read_catalog(data, path.name, chosen, observed_at=datetime.now(UTC))


async def _import(catalogs: Sequence[tuple[str, Catalog]], url: str, token: str) -> dict[str, Any]:
    changes, warnings = 0, []
    async with open_terminal(url, token) as terminal:
        for name, catalog in catalogs:
            organisation = await terminal.organisation()
            drafts = catalogue_facts(catalog, organisation, name)
            await terminal.record(ORGANISATION_LOG, drafts, organisation.position)
            changes += len(drafts)
            warnings += catalogue_notes(known_as(catalog, organisation))
    return {"files": [name for name, _ in catalogs], "changes": changes, "warnings": warnings}
