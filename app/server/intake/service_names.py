"""Which service of the organisation a sender's word means."""

from __future__ import annotations

from collections.abc import Iterable

from app.organisation.state import OrganisationState


class ServiceNames:
    """Finds services by id, else by alias, else by name, whatever the case."""

    def __init__(self, organisation: OrganisationState) -> None:
        self._ids: dict[str, str] = {}
        services = organisation.services
        for service in services.values():
            self._ids.setdefault(service.name.casefold(), service.service)
        for service in services.values():
            self._ids.update((alias.casefold(), service.service) for alias in service.aliases)
        self._ids.update((service.casefold(), service) for service in services)

    def find(self, words: Iterable[str]) -> str | None:
        """The service that the first word that means one means."""
        for word in words:
            if (found := self._ids.get(word.strip().casefold())) is not None:
                return found
        return None
