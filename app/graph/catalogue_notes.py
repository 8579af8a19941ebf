"""What a person should know about a catalogue that was read: circles, and what was left out."""

from __future__ import annotations

from app.graph.catalog import Catalog
from app.graph.service_graph import ServiceGraph
from app.graph.structure import cycles

_MOST_NAMED = 6


def catalogue_notes(catalog: Catalog) -> list[str]:
    """The warnings of its readers, and the circles in which services depend on each other.

    Circles are kept: they are how things are, and a failure can go round them.
    """
    circles = [_note(circle) for circle in cycles(ServiceGraph.of_catalog(catalog))]
    return [*catalog.warnings, *circles]


def _note(circle: tuple[str, ...]) -> str:
    named = ", ".join(circle[:_MOST_NAMED])
    more = f" and {len(circle) - _MOST_NAMED} more" if len(circle) > _MOST_NAMED else ""
    return f"{named}{more}: depend on each other in a circle, all of it was kept"
