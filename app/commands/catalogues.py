"""Catalogues in files: what one says, and what recording it would change in the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import InvalidInput
from app.events.event import Draft
from app.graph.catalog import Catalog
from app.graph.catalogue_facts import catalogue_facts
from app.graph.catalogue_notes import catalogue_notes
from app.graph.formats import Format, read_catalog
from app.graph.merging import known_as
from app.organisation.state import OrganisationState


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanges:
    """What a catalogue changes (`drafts`), and what a person should know of it (`notes`)."""

    drafts: tuple[Draft, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """A catalogue that was read from a file; `name` is the source of what it says."""

    name: str
    catalog: Catalog

    def changes_in(self, organisation: OrganisationState) -> CatalogueChanges:
        """What is to record so that `organisation` says what this file says."""
        return CatalogueChanges(
            drafts=tuple(catalogue_facts(self.catalog, organisation, self.name)),
            notes=tuple(catalogue_notes(known_as(self.catalog, organisation))),
        )


def read_catalogue_file(
    path: Path, chosen: Format | None = None, *, observed_at: datetime
) -> CatalogueFile:
    """The catalogue in the file at `path`, in the `chosen` format or in the one it looks like.

    `observed_at` (aware UTC) is now.  Raises `InvalidInput` naming file, line and keys.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}", field=path.name) from error
    catalog = read_catalog(data, path.name, chosen, observed_at=observed_at)
    return CatalogueFile(name=path.name, catalog=catalog)
