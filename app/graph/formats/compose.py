"""docker-compose files: services, `depends_on`, `links` and addresses in the environment.

Source: the Compose Specification.  Start order is not always run-time need, so an address in the
environment only counts as a guess and a finished job (`service_completed_successfully`) as soft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Criticality, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts, guess_kind
from app.graph.formats.safe_yaml import read_yaml
from app.graph.formats.tree import Tree

_PREFIX = "watchfloor.dev/"
_ADDRESS_NAME = re.compile(r"([A-Z0-9_]+?)(?:_SERVICE)?_(?:ADDR|ADDRESS|HOST|URL|URI|ENDPOINT)\b")
_HOST = re.compile(r"(?:^|[/@,\s=])([A-Za-z0-9][A-Za-z0-9._-]*)(?=:\d|:\$|/|,|\s|$)")
_SOFT_CONDITION = "service_completed_successfully"


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Services, and what they wait for, link to or have an address of.

    Aliases and merge keys are followed, as compose files live on them.  Raises InvalidInput
    naming file, line and key when the file is broken; a service that cannot be read is left out
    with a warning.
    """
    draft = CatalogDraft(name, observed_at)
    documents = read_yaml(data, name=name, aliases=True)
    if not documents:
        raise InvalidInput("the file is empty", field=name)
    services = documents[0].get("services")
    if services is None:
        raise documents[0].refuse("`services` is missing")
    for key, tree in services.mapping().items():
        try:
            draft.add_service(_service(key, tree, draft))
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, only the name was kept")
            draft.mention(key)
    for key, tree in services.mapping().items():
        try:
            _connect(draft, key, tree)
        except InvalidInput as problem:
            draft.warn(f"{problem.field}: {problem.reason}, the rest of {key} was left out")
    return draft.build()


def _service(key: str, tree: Tree, draft: CatalogDraft) -> Service:
    labels = dict(_pairs(tree, "labels"))
    words = {
        label.removeprefix(_PREFIX): text
        for label, text in labels.items()
        if label.startswith(_PREFIX)
    }
    base = Service(id=key, name=key, kind=guess_kind(tree.text("image").rpartition("/")[2]))
    facts = Facts(words=words, place=tree.place, warn=draft.warn)
    facts.warn_of_unknown()
    return facts.describe(base)


def _connect(draft: CatalogDraft, key: str, tree: Tree) -> None:
    declared = set()
    for other, place, criticality in _waits_for(tree):
        if other not in draft:
            draft.warn(f"{place.place}: {other} is not a service of this file, it was left out")
            continue
        declared.add(other)
        draft.add_dependency(key, other, criticality=criticality)
    for link in tree.items("links"):
        other = link.text().partition(":")[0]
        if other in draft:
            declared.add(other)
            draft.add_dependency(key, other)
    for other in _addressed(tree, draft.service_ids):
        if other != key and other not in declared:
            draft.add_dependency(key, other, criticality=Criticality.SOFT, basis=Basis.GUESSED)


def _waits_for(tree: Tree) -> Iterator[tuple[str, Tree, Criticality | None]]:
    """`depends_on` in both spellings: a list of names or a map with conditions."""
    waits = tree.get("depends_on")
    if waits is None:
        return
    if isinstance(waits.content, list):
        for other in waits.elements():
            yield other.text(), other, None
        return
    for key, details in waits.mapping().items():
        condition = details.text("condition") if details.content is not None else ""
        optional = details.content is not None and details.text("required") == "False"
        soft = optional or condition == _SOFT_CONDITION
        yield key, details, Criticality.SOFT if soft else None


def _pairs(tree: Tree, key: str) -> Iterator[tuple[str, str]]:
    """`environment` or `labels` in both spellings: a map or a list of `NAME=value`."""
    found = tree.get(key)
    if found is None:
        return
    if isinstance(found.content, list):
        for element in found.elements():
            name, _, value = element.text().partition("=")
            yield name, value
        return
    for name, content in found.mapping().items():
        yield name, content.text()


def _addressed(tree: Tree, service_ids: tuple[str, ...]) -> list[str]:
    """Services whose address the environment holds, in the order of the file."""
    known = {one.casefold(): one for one in service_ids}
    found: set[str] = set()
    for key, value in _pairs(tree, "environment"):
        words = [name.replace("_", "-") for name in _ADDRESS_NAME.findall(f"{key} {value}")]
        found.update(word.casefold() for word in (*words, *_HOST.findall(value)))
    return [one for lowered, one in known.items() if lowered in found]
