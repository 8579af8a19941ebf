"""Jaeger's dependency answers: `/api/dependencies` and version 3, in both spellings.

Source: `model.proto` and `api_v3` of the Jaeger project.  Calls are counted on sampled traces, so
a rate is only given when the caller says how many seconds the answer looked back over.
"""

from __future__ import annotations

from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.tree import Tree, read_json


def read(
    data: bytes,
    *,
    name: str,
    observed_at: datetime | None = None,
    lookback: float | None = None,
) -> Catalog:
    """Observed dependencies: parent calls child.

    `lookback` is the window of the answer in seconds.  Accepts the bare list, `data` and
    `dependencies`.  A line that cannot be read is left out with a warning.
    """
    draft = CatalogDraft(name, observed_at)
    for link in _links(read_json(data, name=name)):
        try:
            parent, child = link.text("parent"), link.text("child")
            calls = link.number("callCount")
            calls = link.number("call_count") if calls is None else calls
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, this line was left out")
            continue
        if not parent or not child:
            draft.warn(f"{link.place}: `parent` and `child` are needed, this line was left out")
        elif parent == child:
            draft.mention(parent)
            draft.warn(f"{link.place}: {parent} calls itself, this line was left out")
        else:
            rate = None if calls is None or not lookback else calls / lookback
            draft.add_dependency(parent, child, basis=Basis.OBSERVED, rate=rate)
    return draft.build()


def _links(tree: Tree) -> list[Tree]:
    if isinstance(tree.content, list):
        return tree.elements()
    for key in ("data", "dependencies"):
        if (found := tree.get(key)) is not None:
            return found.elements()
    raise tree.refuse("`data` or `dependencies` is missing")
