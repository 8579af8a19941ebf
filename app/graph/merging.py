"""One catalogue from several sources, with the source of every fact and what they disagree on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.graph.catalog import (
    Basis,
    Catalog,
    Dependency,
    Disagreement,
    Kind,
    Provenance,
    Service,
)

_SERVICE_FACTS = (
    "kind",
    "tier",
    "column",
    "team",
    "fault_domain",
    "environment",
    "on_call",
    "slo",
    "runbooks",
    "third_party",
    "users",
    "money",
)
_MEASURES = ("rate", "error_ratio", "latency")


def merge(catalogs: Sequence[Catalog]) -> Catalog:
    """Join catalogues, the most trusted first.

    A fact comes from the first catalogue that knows it; a later one that says otherwise is
    listed under `disagreements`.  Rates, errors and latencies come from the most recent source
    that measured them and are never a disagreement.  Services are the same when an id or alias
    of one equals, whatever the case, an id or alias of exactly one other.  A dependency only
    declared or only observed keeps that basis, so the difference can be shown.
    """
    names = _Names()
    services: dict[str, Service] = {}
    dependencies: dict[tuple[str, str], Dependency] = {}
    disagreements: list[Disagreement] = []
    warnings: list[str] = []
    for catalog in catalogs:
        warnings.extend(catalog.warnings)
        chosen = names.settle(catalog, warnings)
        for one in catalog.services:
            service = replace(one, id=chosen[one.id])
            known = services.get(service.id)
            services[service.id] = (
                service if known is None else _join_services(known, service, disagreements)
            )
        for link in catalog.dependencies:
            pair = (chosen.get(link.caller, link.caller), chosen.get(link.callee, link.callee))
            said = replace(link, caller=pair[0], callee=pair[1])
            other = dependencies.get(pair)
            dependencies[pair] = (
                said if other is None else _join_dependencies(other, said, disagreements)
            )
    return Catalog(
        services=tuple(services.values()),
        dependencies=tuple(dependencies.values()),
        warnings=tuple(dict.fromkeys(warnings)),
        sources=tuple(stamp for catalog in catalogs for stamp in catalog.sources),
        disagreements=tuple(one for catalog in catalogs for one in catalog.disagreements)
        + tuple(disagreements),
    )


def unconfirmed(catalog: Catalog) -> tuple[Dependency, ...]:
    """Dependencies that are declared but never seen, or seen but never declared.

    Empty while no source declares or no source observes: then there is nothing to compare.
    """
    bases = {basis for one in catalog.dependencies for basis in one.basis}
    if not {Basis.DECLARED, Basis.OBSERVED} <= bases:
        return ()
    return tuple(
        one for one in catalog.dependencies if not {Basis.DECLARED, Basis.OBSERVED} <= {*one.basis}
    )


class _Names:
    """Which ids every known name stands for, in lower case."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}

    def settle(self, catalog: Catalog, warnings: list[str]) -> dict[str, str]:
        """The id under which every service of `catalog` is kept.

        Two services of one catalogue are never made one.
        """
        chosen: dict[str, str] = {}
        taken: set[str] = set()
        for service in catalog.services:
            found = self._candidates(service) - taken
            if len(found) > 1:
                listed = ", ".join(sorted(found))
                warnings.append(f"{service.id}: could be any of {listed}, it was kept apart")
            chosen[service.id] = next(iter(found)) if len(found) == 1 else service.id
            taken.add(chosen[service.id])
        for service in catalog.services:
            for name in (service.id, *service.aliases):
                self._ids.setdefault(name.casefold(), set()).add(chosen[service.id])
        return chosen

    def _candidates(self, service: Service) -> set[str]:
        exact = self._ids.get(service.id.casefold(), set())
        if len(exact) == 1:
            return exact
        names = (service.id, *service.aliases)
        return {one for name in names for one in self._ids.get(name.casefold(), set())}


def _join_services(known: Service, said: Service, disagreements: list[Disagreement]) -> Service:
    changes: dict[str, Any] = {}
    origins = list(known.provenance)
    for fact in _SERVICE_FACTS:
        old, new = getattr(known, fact), getattr(said, fact)
        if not _is_said(said, fact) or new == old:
            continue
        if not _is_said(known, fact):
            changes[fact] = new
            origins.extend(one for one in said.provenance if one.fact == fact)
        else:
            disagreements.append(_disagreement(known.id, fact, known, said))
    aliases = tuple(dict.fromkeys((*known.aliases, *said.aliases)))
    return replace(known, **changes, aliases=aliases, provenance=tuple(origins))


def _is_said(value: Service | Dependency, fact: str) -> bool:
    """Whether a source filled the fact in.  A plain service is what is assumed of anything."""
    content = getattr(value, fact)
    return content is not Kind.SERVICE and content not in (None, "", ())


def _join_dependencies(
    known: Dependency, said: Dependency, disagreements: list[Disagreement]
) -> Dependency:
    subject = f"{known.caller} → {known.callee}"
    declared = Basis.DECLARED in known.basis and Basis.DECLARED in said.basis
    if declared and known.criticality is not said.criticality:
        disagreements.append(_disagreement(subject, "criticality", known, said))
    criticality = known.criticality
    if Basis.DECLARED in said.basis and Basis.DECLARED not in known.basis:
        criticality = said.criticality
    measures, origins = _latest_measures(known, said)
    return replace(
        known,
        criticality=criticality,
        basis=tuple(sorted({*known.basis, *said.basis}, key=list(Basis).index)),
        sources=tuple(dict.fromkeys((*known.sources, *said.sources))),
        provenance=origins,
        **measures,
    )


def _latest_measures(
    known: Dependency, said: Dependency
) -> tuple[dict[str, Any], tuple[Provenance, ...]]:
    measures: dict[str, Any] = {}
    origins = {one.fact: one for one in said.provenance}
    origins.update({one.fact: one for one in known.provenance})
    for fact in _MEASURES:
        old, new = getattr(known, fact), getattr(said, fact)
        fresh = next((one for one in said.provenance if one.fact == fact), None)
        if new is not None and (old is None or _is_later(fresh, origins.get(fact))):
            measures[fact] = new
            if fresh is not None:
                origins[fact] = fresh
        else:
            measures[fact] = old
    return measures, tuple(origins.values())


def _is_later(one: Provenance | None, other: Provenance | None) -> bool:
    if one is None or one.observed_at is None:
        return False
    return other is None or other.observed_at is None or one.observed_at > other.observed_at


def _disagreement(
    subject: str, fact: str, known: Service | Dependency, said: Service | Dependency
) -> Disagreement:
    return Disagreement(
        subject=subject,
        fact=fact,
        kept=_words(getattr(known, fact)),
        kept_source=_source_of(known.provenance, fact),
        other=_words(getattr(said, fact)),
        other_source=_source_of(said.provenance, fact),
    )


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def _source_of(provenance: Iterable[Provenance], fact: str) -> str:
    return next((one.source for one in provenance if one.fact == fact), "")
