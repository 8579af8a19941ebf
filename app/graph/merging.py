"""Services of a catalogue under the names the organisation has for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.graph.catalog import Catalog, Dependency, Service
from app.organisation.state import OrganisationState


def known_as(catalog: Catalog, organisation: OrganisationState) -> Catalog:
    """`catalog` with the ids of the organisation for services it knows.

    Services are the same when an id or alias of one equals, whatever the case, an id or alias of
    exactly one other.  Two services of one catalogue are never made one; what could be any of
    several is kept apart, with a warning.  The catalogue's own id stays as an alias.
    """
    names = _Names()
    for known in organisation.services.values():
        names.learn(known.service, (known.service, *known.aliases))
    warnings: list[str] = []
    chosen = names.settle(catalog, warnings)
    if not warnings and all(name == one for name, one in chosen.items()):
        return catalog
    return replace(
        catalog,
        services=tuple(_renamed(one, chosen[one.id]) for one in catalog.services),
        dependencies=tuple(_between(catalog.dependencies, chosen)),
        warnings=(*catalog.warnings, *warnings),
    )


def _renamed(service: Service, chosen: str) -> Service:
    if service.id == chosen:
        return service
    name = chosen if service.name == service.id else service.name
    aliases = tuple(one for one in (service.id, *service.aliases) if one != chosen)
    return replace(service, id=chosen, name=name, aliases=tuple(dict.fromkeys(aliases)))


def _between(dependencies: Iterable[Dependency], chosen: dict[str, str]) -> Iterable[Dependency]:
    for one in dependencies:
        caller, callee = chosen.get(one.caller, one.caller), chosen.get(one.callee, one.callee)
        if caller != callee:
            yield replace(one, caller=caller, callee=callee)


class _Names:
    """Which ids every known name stands for, in lower case."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}

    def learn(self, service_id: str, names: Iterable[str]) -> None:
        """A service is known by these names."""
        for name in names:
            self._ids.setdefault(name.casefold(), set()).add(service_id)

    def settle(self, catalog: Catalog, warnings: list[str]) -> dict[str, str]:
        """The id under which every service of `catalog` is kept."""
        chosen: dict[str, str] = {}
        taken: set[str] = set()
        for service in catalog.services:
            found = self._candidates(service) - taken
            if len(found) > 1:
                listed = ", ".join(sorted(found))
                warnings.append(f"{service.id}: could be any of {listed}, it was kept apart")
            chosen[service.id] = next(iter(found)) if len(found) == 1 else service.id
            taken.add(chosen[service.id])
        return chosen

    def _candidates(self, service: Service) -> set[str]:
        """The service of exactly this id, else of it in any case, else of any of its names."""
        exact = self._ids.get(service.id.casefold(), set())
        if service.id in exact:
            return {service.id}
        if len(exact) == 1:
            return exact
        names = (service.id, *service.aliases)
        return {one for name in names for one in self._ids.get(name.casefold(), set())}
