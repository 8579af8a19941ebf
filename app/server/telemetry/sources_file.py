"""The file that names what a server asks on a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.errors import InvalidInput
from app.server.scheduled_sources import CatalogueSource, PrometheusSource


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFile:
    """What stands in the file: see `docs/intake.md`."""

    prometheus: tuple[PrometheusSource, ...] = ()
    catalogues: tuple[CatalogueSource, ...] = ()


def read_sources_file(path: Path) -> SourcesFile:
    """The sources in a YAML file; raises `InvalidInput` naming the file and the key."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}", field=str(path)) from error
    try:
        found = msgspec.yaml.decode(content, type=SourcesFile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), field=path.name) from error
    sources: list[PrometheusSource | CatalogueSource] = [*found.prometheus, *found.catalogues]
    for source in sources:
        if source.interval <= 0:
            raise InvalidInput(f"interval of {source.name} must be above 0", field=path.name)
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise InvalidInput("two sources have the same name", field=path.name)
    return found
