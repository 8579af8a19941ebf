"""Kiali's graph JSON: what the mesh saw, with rates, errors and response times.

Source: the `graph/config/cytoscape` package of the Kiali project.  Ids are hashes made for one
answer, so services are known by app, service or workload; boxes are only frames and left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Kind, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.tree import Tree, read_json

_CALL_PROTOCOLS = ("http", "grpc")


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Observed services and dependencies; the answer's own timestamp counts unless told.

    A part that cannot be read is left out with a warning; an answer without `elements` raises
    InvalidInput.
    """
    tree = read_json(data, name=name)
    elements = tree.get("elements")
    if elements is None:
        raise tree.refuse("`elements` is missing")
    draft = CatalogDraft(name, observed_at or _timestamp(tree))
    nodes = _nodes(elements, draft)
    ids = _choose_ids(nodes)
    for key, node in nodes.items():
        draft.add_service(_service(ids[key], node))
    for edge in _parts(elements, "edges", draft):
        try:
            _add_edge(draft, edge, ids)
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, this edge was left out")
    return draft.build()


def _timestamp(tree: Tree) -> datetime | None:
    seconds = tree.number("timestamp")
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _parts(elements: Tree, key: str, draft: CatalogDraft) -> list[Tree]:
    parts = []
    for part in elements.items(key):
        details = part.get("data")
        if details is None:
            draft.warn(f"{part.place}: `data` is missing, this part was left out")
        else:
            parts.append(details)
    return parts


def _nodes(elements: Tree, draft: CatalogDraft) -> dict[str, Tree]:
    nodes: dict[str, Tree] = {}
    for node in _parts(elements, "nodes", draft):
        if node.get("isBox") is None and node.text("nodeType") != "box":
            nodes[node.text("id")] = node
    return nodes


def _short_name(node: Tree) -> str:
    kind, version = node.text("nodeType"), node.text("version")
    match kind:
        case "app":
            app = node.text("app")
            return f"{app}:{version}" if version else app
        case "service":
            return node.text("service")
        case _:
            return node.text("workload") or node.text("service") or node.text("app") or kind


def _choose_ids(nodes: dict[str, Tree]) -> dict[str, str]:
    """The shortest name that is used once: name, with its type, namespace, cluster, hash."""
    ids: dict[str, str] = {}
    spellings = {key: _spellings(key, node) for key, node in nodes.items()}
    for level in range(5):
        used = Counter(spelled[level] for spelled in spellings.values())
        for key, spelled in spellings.items():
            if key not in ids and used[spelled[level]] == 1:
                ids[key] = spelled[level]
    return ids


def _spellings(key: str, node: Tree) -> tuple[str, ...]:
    name = _short_name(node)
    typed = f"{name}/{node.text('nodeType')}"
    spaced = f"{node.text('namespace')}/{typed}"
    clustered = f"{node.text('cluster')}/{spaced}"
    return name, typed, spaced, clustered, f"{clustered}/{key}"


def _service(service_id: str, node: Tree) -> Service:
    cluster = node.text("cluster")
    return Service(
        id=service_id,
        name=_short_name(node),
        kind=Kind.EXTERNAL if node.get("isServiceEntry") is not None else Kind.SERVICE,
        fault_domain="" if cluster == "unknown" else cluster,
    )


def _add_edge(draft: CatalogDraft, edge: Tree, ids: dict[str, str]) -> None:
    ends = [edge.text("source"), edge.text("target")]
    if any(end not in ids for end in ends):
        raise edge.refuse("an end is not among the nodes")
    caller, callee = (ids[end] for end in ends)
    if caller == callee:
        raise edge.refuse(f"{caller} calls itself")
    rate, error_ratio = _traffic(edge.get("traffic"))
    milliseconds = edge.number("responseTime")
    draft.add_dependency(
        caller,
        callee,
        basis=Basis.OBSERVED,
        rate=rate,
        error_ratio=error_ratio,
        latency=None if milliseconds is None else milliseconds / 1000.0,
    )


def _traffic(traffic: Tree | None) -> tuple[float | None, float | None]:
    """Calls per second and share of failed calls; bytes of plain TCP are not calls."""
    rates = traffic.get("rates") if traffic else None
    protocol = traffic.text("protocol") if traffic else ""
    if rates is None or protocol not in _CALL_PROTOCOLS:
        return None, None
    percent = rates.number(f"{protocol}PercentErr")
    return rates.number(protocol), None if percent is None else percent / 100.0
