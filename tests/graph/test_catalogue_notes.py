"""What an import tells a person."""

from __future__ import annotations

from app.graph.catalog import Catalog, Dependency, Service
from app.graph.catalogue_notes import catalogue_notes


def circle(*names: str) -> Catalog:
    """Services that each depend on the next, and the last on the first."""
    return Catalog(
        services=tuple(Service(id=name, name=name) for name in names),
        dependencies=tuple(
            Dependency(caller=one, callee=other)
            for one, other in zip(names, (*names[1:], names[0]), strict=True)
        ),
        warnings=("a.yaml: line 3: spec: missing, this entity was left out",),
    )


def test_circles_are_named_and_kept():
    notes = catalogue_notes(circle("a", "b", "c"))

    assert notes == [
        "a.yaml: line 3: spec: missing, this entity was left out",
        "a, b, c: depend on each other in a circle, all of it was kept",
    ]


def test_a_large_circle_is_named_by_its_first_services():
    (_, note) = catalogue_notes(circle(*"abcdefghij"))

    assert note.startswith("a, b, c, d, e, f and 4 more: ")
