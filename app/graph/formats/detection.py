"""Which format a catalogue file has, and reading it with the right reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from app.errors import InvalidInput
from app.graph.catalog import Catalog
from app.graph.formats import (
    backstage,
    cmdb,
    compose,
    dot,
    graph_xml,
    jaeger,
    kiali,
    kubernetes_labels,
    node_lists,
    prometheus_service_graph,
    servicemap_csv,
)
from app.graph.formats.safe_yaml import read_yaml
from app.graph.formats.tree import read_json

_HEAD = 65_536
_KEPT = "the last good catalogue stays"


class Format(StrEnum):
    """The catalogue formats there are."""

    BACKSTAGE = "backstage"
    COMPOSE = "compose"
    JAEGER = "jaeger"
    KIALI = "kiali"
    CSV = "csv"
    CMDB = "cmdb"
    KUBERNETES = "kubernetes"
    GRAPH_XML = "graphml or gexf"
    DOT = "dot"
    PROMETHEUS = "prometheus"
    NODE_LISTS = "nodes and edges"


def read_catalog(
    data: bytes,
    name: str,
    format: Format | None = None,
    *,
    observed_at: datetime | None = None,
) -> Catalog:
    """Read one catalogue file; `name` is used to find the format and in every complaint.

    `observed_at` (aware UTC) is when the source was asked; a format that carries its own time
    uses that otherwise.  Raises InvalidInput naming file, line and key.
    """
    chosen = format or detect_format(data, name)
    return _reader(chosen)(data, name=name, observed_at=observed_at)


def _reader(chosen: Format) -> Callable[..., Catalog]:
    readers: dict[Format, Callable[..., Catalog]] = {
        Format.BACKSTAGE: backstage.read,
        Format.COMPOSE: compose.read,
        Format.JAEGER: jaeger.read,
        Format.KIALI: kiali.read,
        Format.CSV: servicemap_csv.read,
        Format.CMDB: cmdb.read,
        Format.KUBERNETES: kubernetes_labels.read,
        Format.GRAPH_XML: graph_xml.read,
        Format.DOT: dot.read,
        Format.PROMETHEUS: prometheus_service_graph.read,
        Format.NODE_LISTS: node_lists.read,
    }
    return readers[chosen]


def detect_format(data: bytes, name: str) -> Format:
    """The format of a file from its content first and the end of its name second.

    Raises InvalidInput when it is none of them.
    """
    head = data[:_HEAD].decode("utf-8-sig", errors="replace")
    start = head.lstrip()[:1]
    ending = name.casefold().rpartition(".")[2]
    if start == "<" or ending in ("graphml", "gexf", "xml"):
        return Format.GRAPH_XML
    if ending in ("dot", "gv") or re.match(r"\s*(strict\s+)?digraph\b", head, re.IGNORECASE):
        return Format.DOT
    if ending in ("csv", "tsv"):
        return _table_format(head)
    if start in ("{", "[") and (found := _json_format(data)) is not None:
        return found
    if (found := _yaml_format(head)) is not None:
        return found
    if ending == "json" or start in ("{", "["):
        read_json(data, name=name)
    elif ending in ("yaml", "yml"):
        read_yaml(data, name=name, aliases=True)
    elif "," in head.partition("\n")[0]:
        return _table_format(head)
    known = ", ".join(Format)
    raise InvalidInput(f"this is none of {known}", field=name, kept=_KEPT)


def _table_format(head: str) -> Format:
    headings = {
        part.strip(' "') for part in re.split(r"[,;\t|]", head.partition("\n")[0].casefold())
    }
    return (
        Format.CMDB
        if {"parent", "child", "type"} <= {one.strip() for one in headings}
        else Format.CSV
    )


def _json_format(data: bytes) -> Format | None:
    """By the keys of the outermost object; a broken file is left to the reader to complain of."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return None
    keys = set(first)
    if "elements" in keys:
        return Format.KIALI
    if "nodes" in keys:
        return Format.NODE_LISTS
    if "metadata" in keys and "kind" in keys:
        return _by_api_version(str(first.get("apiVersion", "")))
    if "status" in keys and isinstance(first.get("data"), dict):
        return Format.PROMETHEUS
    return Format.JAEGER if keys & {"parent", "child", "data", "dependencies"} else None


def _by_api_version(version: str) -> Format:
    return Format.BACKSTAGE if version.startswith("backstage.io/") else Format.KUBERNETES


def _yaml_format(head: str) -> Format | None:
    version = re.search(r"^(?:- )?[\"']?apiVersion[\"']?:\s*[\"']?(\S+)", head, re.MULTILINE)
    if version and re.search(r"^(?:- |  )?[\"']?kind[\"']?:", head, re.MULTILINE):
        return _by_api_version(version[1])
    if re.search(r"^services:\s*(#.*)?$", head, re.MULTILINE):
        return Format.COMPOSE
    return None
