"""Backstage catalogues: `catalog-info.yaml` files and the JSON of the catalogue API.

Source: "Descriptor Format of Catalog Entities" and "Well-known Relations" of the Backstage
documentation.  What Backstage has no field for stands in annotations `watchfloor.dev/…`, see
`docs/catalogue.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from app.errors import InvalidInput
from app.graph.catalog import Basis, Catalog, Criticality, Kind, Service
from app.graph.formats.draft import CatalogDraft
from app.graph.formats.facts import Facts, guess_kind, split_words
from app.graph.formats.safe_yaml import read_yaml
from app.graph.formats.tree import Tree

PREFIX = "watchfloor.dev/"
_SHOWN = {"component", "resource"}
_JOINING = ("backstage.io/kubernetes-id", "pagerduty.com/service-id")
_UNUSED_RELATIONS = {
    "ownerof", "partof", "haspart", "parentof", "childof", "memberof", "hasmember",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ref:
    """`kind:namespace/name` in lower case; kind and namespace may be left open."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str, kind: str = "", namespace: str = "") -> _Ref:
        head, colon, rest = text.strip().casefold().rpartition(":")
        space, slash, name = rest.rpartition("/")
        return cls(
            kind=head if colon else kind,
            namespace=space if slash else namespace,
            name=name,
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace or 'default'}/{self.name}"


@dataclass(slots=True)
class _Entity:
    """One document: where it stands, what it is called, and its id on the map."""

    tree: Tree
    ref: _Ref
    service_id: str = ""
    annotations: dict[str, str] = field(default_factory=dict)


def read(data: bytes, *, name: str, observed_at: datetime | None = None) -> Catalog:
    """Components and resources with their owners, annotations and dependencies.

    `dependsOn` and `dependencyOf` are dependencies; an API joins whoever consumes it to whoever
    provides it.  An entity that cannot be read is left out with a warning; a file that is not
    YAML at all raises InvalidInput naming file, line and key.
    """
    draft = CatalogDraft(name, observed_at)
    entities = list(_entities(data, name, draft))
    _Book(entities, draft).write()
    return draft.build()


def _entities(data: bytes, name: str, draft: CatalogDraft) -> Iterator[_Entity]:
    for document in read_yaml(data, name=name):
        listed = isinstance(document.content, list)
        for tree in document.elements() if listed else [document]:
            try:
                yield _entity(tree)
            except InvalidInput as problem:
                draft.warn(f"{problem.field}: {problem.reason}, this entity was left out")


def _entity(tree: Tree) -> _Entity:
    metadata = tree.get("metadata")
    name = metadata.text("name") if metadata else ""
    kind = tree.text("kind")
    if metadata is None or not name or not kind:
        raise tree.refuse("an entity needs `kind` and `metadata.name`")
    if (spec := tree.get("spec")) is not None:
        spec.mapping()
    annotations = metadata.get("annotations")
    return _Entity(
        tree=tree,
        ref=_Ref(
            kind=kind.casefold(),
            namespace=(metadata.text("namespace") or "default").casefold(),
            name=name.casefold(),
        ),
        annotations={
            key: value.text()
            for key, value in (annotations.mapping() if annotations else {}).items()
        },
    )


Step: TypeAlias = Callable[[_Entity], None]


class _Book:
    """All entities of a file, so that references between them can be followed."""

    def __init__(self, entities: list[_Entity], draft: CatalogDraft) -> None:
        self._draft = draft
        self._shown = [one for one in entities if one.ref.kind in _SHOWN]
        self._apis = {str(one.ref) for one in entities if one.ref.kind == "api"}
        self._by_ref: dict[str, _Entity] = {str(one.ref): one for one in self._shown}
        self._teams = {
            one.ref.name: title
            for one in entities
            if one.ref.kind == "group" and (title := _title(one))
        }
        self._providers: dict[str, list[_Entity]] = {}
        self._consumers: list[tuple[_Entity, Tree, str]] = []
        self._name_entities()

    def _name_entities(self) -> None:
        """Short ids where a name is used once, the full reference where it is not."""
        used: dict[str, int] = {}
        for one in self._shown:
            used[self._short(one.ref)] = used.get(self._short(one.ref), 0) + 1
        for one in self._shown:
            alone = used[self._short(one.ref)] == 1
            one.service_id = self._short(one.ref) if alone else str(one.ref)

    def _short(self, ref: _Ref) -> str:
        default = ref.namespace in ("", "default")
        return ref.name if default else f"{ref.namespace}/{ref.name}"

    def write(self) -> None:
        for entity in self._shown:
            self._guard(entity, self._describe)
        for entity in self._shown:
            self._guard(entity, self._connect)
        for consumer, place, api in self._consumers:
            self._consume(consumer, place, api)

    def _guard(self, entity: _Entity, step: Step) -> None:
        try:
            step(entity)
        except InvalidInput as problem:
            self._draft.warn(f"{problem.field}: {problem.reason}, the rest of it was left out")
            self._draft.mention(entity.service_id, entity.ref.name)

    def _describe(self, entity: _Entity) -> None:
        metadata, spec = entity.tree.get("metadata"), entity.tree.get("spec")
        kind_words = spec.text("type") if spec else ""
        words = {
            key.removeprefix(PREFIX): value
            for key, value in entity.annotations.items()
            if key.startswith(PREFIX) and key != f"{PREFIX}criticality"
        }
        base = Service(
            id=entity.service_id,
            name=(metadata.text("title") or metadata.text("name")) if metadata else "",
            kind=guess_kind(kind_words) if entity.ref.kind == "resource" else Kind.SERVICE,
            team=self._owner(entity, spec),
            runbooks=_runbook_links(metadata),
            aliases=(
                str(entity.ref),
                *(entity.annotations[key] for key in _JOINING if entity.annotations.get(key)),
            ),
        )
        place = f"{entity.tree.place}: metadata.annotations"
        Facts(words=words, place=place, warn=self._draft.warn).warn_of_unknown()
        facts = Facts(words=words, place=entity.tree.place, warn=self._draft.warn)
        self._draft.add_service(facts.describe(base))

    def _owner(self, entity: _Entity, spec: Tree | None) -> str:
        owner = spec.text("owner") if spec else ""
        for relation in entity.tree.items("relations"):
            if not owner and relation.text("type").casefold() == "ownedby":
                owner = relation.text("targetRef")
        name = _Ref.parse(owner, "group").name if owner else ""
        return self._teams.get(name, name)

    def _connect(self, entity: _Entity) -> None:
        critical = self._criticality(entity)
        for relation, place, text in _relations(entity.tree):
            match relation:
                case "dependson":
                    if (other := self._find(place, text)) is not None:
                        self._depend(entity.service_id, other, critical)
                case "dependencyof":
                    if (other := self._find(place, text)) is not None:
                        self._depend(other, entity.service_id, {})
                case "providesapi" | "providesapis":
                    api = str(_Ref.parse(text, "api", entity.ref.namespace))
                    self._providers.setdefault(api, []).append(entity)
                case "consumesapi" | "consumesapis":
                    api = str(_Ref.parse(text, "api", entity.ref.namespace))
                    self._consumers.append((entity, place, api))
                case "ownedby" | "apiprovidedby" | "apiconsumedby":
                    pass  # the same fact is read from the other end
                case _ if relation not in _UNUSED_RELATIONS:
                    self._draft.warn(
                        f"{place.place}: unknown relation {relation!r}, it was left out"
                    )

    def _depend(self, caller: str, callee: str, critical: dict[str, Criticality]) -> None:
        if caller == callee:
            self._draft.warn(f"{caller}: depends on itself, that line was dropped")
            return
        criticality = critical.get(callee, critical.get(""))
        self._draft.add_dependency(caller, callee, criticality=criticality, basis=Basis.DECLARED)

    def _consume(self, consumer: _Entity, place: Tree, api: str) -> None:
        providers = self._providers.get(api, [])
        critical = self._criticality(consumer)
        for provider in providers:
            if provider is not consumer:
                self._depend(consumer.service_id, provider.service_id, critical)
        if not providers:
            known = "nobody provides it" if api in self._apis else "no such API is described"
            self._draft.warn(f"{place.place}: {api}: {known}, this dependency was left out")

    def _find(self, place: Tree, text: str) -> str | None:
        """The id of a referenced entity; short references are completed where that is clear."""
        ref = _Ref.parse(text)
        kinds = [ref.kind] if ref.kind else sorted(_SHOWN)
        found = [
            one
            for kind in kinds
            if (one := self._by_ref.get(f"{kind}:{ref.namespace or 'default'}/{ref.name}"))
        ]
        if len(found) > 1:
            self._draft.warn(
                f"{place.place}: {text} could be a component or a resource, write the kind; "
                f"{found[0].service_id} was taken"
            )
        if found:
            return found[0].service_id
        if ref.kind and ref.kind not in _SHOWN:
            self._draft.warn(f"{place.place}: {text} is neither component nor resource, left out")
            return None
        return self._stranger(place, ref)

    def _stranger(self, place: Tree, ref: _Ref) -> str:
        self._draft.warn(f"{place.place}: {self._short(ref)} is not described in this file")
        kind = Kind.DATASTORE if ref.kind == "resource" else Kind.SERVICE
        self._draft.mention(self._short(ref), ref.name, kind)
        return self._short(ref)

    def _criticality(self, entity: _Entity) -> dict[str, Criticality]:
        """`hard` for all, or `orders-db=hard, event-bus=async`; the key "" holds for the rest."""
        text = entity.annotations.get(f"{PREFIX}criticality", "")
        said: dict[str, Criticality] = {}
        for part in split_words(text):
            target, equals, word = part.rpartition("=")
            place = f"{entity.tree.place}: metadata.annotations.{PREFIX}criticality"
            facts = Facts(words={"criticality": word}, place=place, warn=self._draft.warn)
            if (read_word := facts.criticality()) is not None:
                said[target.strip().casefold() if equals else ""] = read_word
        return said


def _relations(tree: Tree) -> Iterator[tuple[str, Tree, str]]:
    """Every relation of an entity as (name in lower case, where it stands, reference)."""
    spec = tree.get("spec")
    for key in ("dependsOn", "dependencyOf", "providesApis", "consumesApis"):
        for reference in spec.items(key) if spec else ():
            yield key.casefold(), reference, reference.text()
    for relation in tree.items("relations"):
        if reference_text := relation.text("targetRef"):
            yield relation.text("type").casefold(), relation, reference_text


def _title(entity: _Entity) -> str:
    """What a group calls itself: its display name, or the title of its document."""
    spec, metadata = entity.tree.get("spec"), entity.tree.get("metadata")
    profile = spec.get("profile") if spec else None
    display_name = profile.text("displayName") if profile else ""
    return display_name or (metadata.text("title") if metadata else "")


def _runbook_links(metadata: Tree | None) -> tuple[str, ...]:
    """Links of an entity that call themselves a runbook."""
    if metadata is None:
        return ()
    return tuple(
        link.text("url")
        for link in metadata.items("links")
        if "runbook" in f"{link.text('type')} {link.text('title')}".casefold()
    )
