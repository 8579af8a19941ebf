"""GraphML and GEXF files, read by networkx once the XML is known to be harmless."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts

if TYPE_CHECKING:
    import networkx as nx

MOST_BYTES = 32 * 1024 * 1024
_KEPT = "the last good catalogue stays"


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Nodes and edges; attributes named as in `docs/catalogue.md` are facts.

    An edge from A to B means that A depends on B.  Raises InvalidInput naming file and line for
    broken XML, a document type or entity declaration, undirected graphs and more than 32 MiB.
    """
    _check(data, name)
    graph = _parse(data, name)
    if not graph.is_directed():
        raise InvalidInput("the graph is not directed", field=name, kept=_KEPT)
    draft = CatalogDraft(name, observed_at)
    for node, attributes in graph.nodes(data=True):
        words = _words(attributes)
        title = words.get("label") or words.get("name") or str(node)
        place = f"{name}: node {node}"
        facts = Facts(words=words, place=place, warn=draft.warn)
        draft.add_service(facts.describe(Service(id=str(node), name=title)))
    for caller, callee, attributes in graph.edges(data=True):
        _add_edge(
            draft, f"{name}: edge {caller} → {callee}", (str(caller), str(callee)), attributes
        )
    return draft.build()


def _check(data: bytes, name: str) -> None:
    if len(data) > MOST_BYTES:
        raise InvalidInput("larger than 32 MiB", field=name, kept=_KEPT)
    try:
        fromstring(data, forbid_dtd=True)
    except ParseError as error:
        place = f"{name}:{error.position[0]}"
        raise InvalidInput(f"broken XML, {error}", field=place, kept=_KEPT) from error
    except DefusedXmlException as error:
        reason = "document types and entities are not allowed"
        raise InvalidInput(reason, field=name, kept=_KEPT) from error


def _parse(data: bytes, name: str) -> nx.Graph[str]:
    import networkx as nx  # a fifth of a second: only these two formats pay for it

    is_gexf = b"<gexf" in data[:4096]
    try:
        graph = nx.read_gexf(io.BytesIO(data)) if is_gexf else nx.read_graphml(io.BytesIO(data))
    except (nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError) as error:
        kind = "GEXF" if is_gexf else "GraphML"
        raise InvalidInput(f"not {kind}: {error}", field=name, kept=_KEPT) from error
    return graph


def _words(attributes: dict[str, object]) -> dict[str, str]:
    return {
        key.casefold().replace("_", "-"): str(value)
        for key, value in attributes.items()
        if isinstance(value, str | int | float | bool)
    }


def _add_edge(
    draft: CatalogDraft, place: str, ends: tuple[str, str], attributes: dict[str, object]
) -> None:
    facts = Facts(words=_words(attributes), place=place, warn=draft.warn)
    if ends[0] == ends[1]:
        draft.warn(f"{place}: depends on itself, this edge was left out")
        return
    draft.add_dependency(*ends, **facts.of_call(), basis=Basis.DECLARED)
