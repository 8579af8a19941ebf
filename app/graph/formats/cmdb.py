"""CSV exports of ServiceNow's relation table `cmdb_rel_ci`.

A relation type reads `parent words::child words`; "Depends on::Used by" means that the parent
depends on the child.
"""

from __future__ import annotations

from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Criticality, Kind, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import guess_kind
from app.graph.formats.table import Row, read_table

_PARENT_NEEDS_CHILD = {
    "depends on": None,
    "runs on": None,
    "hosted on": None,
    "uses": None,
    "contains": None,
    "consumes": None,
    "receives data from": Criticality.ASYNC,
}
_CHILD_NEEDS_PARENT = {"sends data to": Criticality.ASYNC, "provides": None}


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Dependencies between configuration items.

    Relation types of another meaning, such as membership, are left out with one warning each.
    Raises InvalidInput when the columns `parent`, `child` and `type` are not all there.
    """
    headings, rows = read_table(data, name=name)
    missing = [one for one in ("parent", "child", "type") if one not in headings]
    if missing:
        reason = f"the column {missing[0]} is missing"
        raise InvalidInput(reason, field=f"{name}:1", kept="the last good catalogue stays")
    draft = CatalogDraft(name, observed_at)
    strange: dict[str, str] = {}
    for row in rows:
        _add(draft, row, strange)
    for relation, place in strange.items():
        draft.warn(f"{place}: relation {relation!r} is not a dependency, such rows were left out")
    return draft.build()


def _add(draft: CatalogDraft, row: Row, strange: dict[str, str]) -> None:
    parent, child = row.first("parent"), row.first("child")
    relation = row.first("type").partition("::")[0].strip().casefold()
    if not parent or not child:
        draft.warn(f"{row.place}: parent or child is empty, this row was left out")
        return
    for item, heading in ((parent, "parent.sys-class-name"), (child, "child.sys-class-name")):
        if item not in draft:
            kind = guess_kind(row.first(heading).replace("_", " "))
            draft.add_service(Service(id=item, name=item, kind=_own_kind(kind)))
    if parent == child:
        draft.warn(f"{row.place}: {parent} depends on itself, this row was left out")
    elif relation in _PARENT_NEEDS_CHILD:
        draft.add_dependency(
            parent, child, criticality=_PARENT_NEEDS_CHILD[relation], basis=Basis.DECLARED
        )
    elif relation in _CHILD_NEEDS_PARENT:
        draft.add_dependency(
            child, parent, criticality=_CHILD_NEEDS_PARENT[relation], basis=Basis.DECLARED
        )
    else:
        strange.setdefault(relation, row.place)


def _own_kind(kind: Kind) -> Kind:
    return kind if kind is not Kind.EXTERNAL else Kind.SERVICE
