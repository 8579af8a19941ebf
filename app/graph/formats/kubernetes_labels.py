"""Kubernetes objects: what their labels say about services.  There are no dependencies in them.

Source: "Recommended Labels" of the Kubernetes documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Catalog, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts, guess_kind
from app.graph.formats.safe_yaml import read_yaml
from app.graph.formats.tree import Tree

_PREFIX = "watchfloor.dev/"
_RUNNING = {"deployment", "statefulset", "daemonset", "service", "rollout", "cronjob", "pod"}
_NAMES = ("app.kubernetes.io/name", "app")
_FACT_LABELS = {
    "team": ("team", "owner", "app.kubernetes.io/team"),
    "environment": ("environment", "env"),
    "fault-domain": ("topology.kubernetes.io/zone", "topology.kubernetes.io/region"),
    "tier": ("tier",),
}


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """One service for every distinct name among workloads and services.

    Labels and annotations `watchfloor.dev/…` win over general labels.  An object that cannot be
    read is left out with a warning.
    """
    draft = CatalogDraft(name, observed_at)
    for document in read_yaml(data, name=name):
        for tree in _objects(document):
            try:
                _add(draft, tree)
            except InvalidInput as problem:
                draft.warn(f"{problem.field}: {problem.reason}, this object was left out")
    return draft.build()


def _objects(document: Tree) -> Iterator[Tree]:
    if document.text("kind").endswith("List"):
        yield from document.items("items")
    else:
        yield document


def _add(draft: CatalogDraft, tree: Tree) -> None:
    metadata = tree.get("metadata")
    if tree.text("kind").casefold() not in _RUNNING or metadata is None:
        return
    labels, annotations = _words(metadata, "labels"), _words(metadata, "annotations")
    service_id = _first(labels, _NAMES) or metadata.text("name")
    if not service_id:
        raise metadata.refuse("neither a label with the name nor `name` is given")
    if service_id in draft:
        return
    words = {fact: _first(labels, keys) for fact, keys in _FACT_LABELS.items()}
    for key, text in (*labels.items(), *annotations.items()):
        if key.startswith(_PREFIX):
            words[key.removeprefix(_PREFIX)] = text
    instance = labels.get("app.kubernetes.io/instance", "")
    base = Service(
        id=service_id,
        name=service_id,
        kind=guess_kind(labels.get("app.kubernetes.io/component", "")),
        aliases=(instance,) if instance and instance != service_id else (),
    )
    facts = Facts(words=_without_foreign_tier(words), place=metadata.place, warn=draft.warn)
    facts.warn_of_unknown()
    draft.add_service(facts.describe(base))


def _without_foreign_tier(words: dict[str, str]) -> dict[str, str]:
    """`tier: backend` is a common label with another meaning; only numbers are ours."""
    if not any(sign.isdigit() for sign in words.get("tier", "")):
        return {key: text for key, text in words.items() if key != "tier"}
    return words


def _words(metadata: Tree, key: str) -> dict[str, str]:
    found = metadata.get(key)
    return {name: value.text() for name, value in found.mapping().items()} if found else {}


def _first(labels: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((labels[key] for key in keys if labels.get(key)), "")
