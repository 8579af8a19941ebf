"""Plain JSON graphs: lists of nodes and edges, and the node-link form of networkx and D3."""

from __future__ import annotations

from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts
from app.graph.formats.tree import Tree, read_json


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """`nodes` are names or objects with `id`; `edges` or `links` are pairs or source and target.

    The first of a pair depends on the second.  Further keys of either are facts as named in
    `docs/catalogue.md`.  What cannot be read is left out with a warning.
    """
    draft = CatalogDraft(name, observed_at)
    tree = read_json(data, name=name)
    for node in tree.items("nodes"):
        try:
            _add_node(draft, node)
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, this node was left out")
    for edge in tree.items("edges" if tree.get("edges") else "links"):
        try:
            _add_edge(draft, edge)
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, this edge was left out")
    return draft.build()


def _add_node(draft: CatalogDraft, node: Tree) -> None:
    if not isinstance(node.content, dict):
        draft.add_service(Service(id=node.text(), name=node.text()))
        return
    node_id = node.text("id")
    if not node_id:
        raise node.refuse("a node needs an `id`")
    facts = Facts(words=_words(node), place=node.place, warn=draft.warn)
    draft.add_service(facts.describe(Service(id=node_id, name=node_id)))


def _words(value: Tree) -> dict[str, str]:
    return {
        key.casefold().replace("_", "-"): one.text()
        for key, one in value.mapping().items()
        if not isinstance(one.content, dict | list)
    }


def _add_edge(draft: CatalogDraft, edge: Tree) -> None:
    if isinstance(edge.content, dict):
        caller, callee = edge.text("source"), edge.text("target")
    else:
        ends = [end.text() for end in edge.elements()]
        caller, callee = ends[:2] if len(ends) >= 2 else ("", "")
    if not caller or not callee:
        raise edge.refuse("an edge needs two ends")
    if caller == callee:
        raise edge.refuse(f"{caller} depends on itself")
    words = _words(edge) if isinstance(edge.content, dict) else {}
    facts = Facts(words=words, place=edge.place, warn=draft.warn)
    draft.add_dependency(caller, callee, **facts.of_call(), basis=Basis.OBSERVED)
