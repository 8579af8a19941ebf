"""The names a line can mention: who is in the organisation, which roles and services there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

from app.capture.names import PrefixIndex, fold, words_of
from app.capture.people import People, Person

AUTHOR_WORDS = ("you", "me")
"""What somebody types after `@` to name themselves."""

_NEVER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that can be mentioned by its `handle` (`dba`); `code` is its name in events."""

    handle: str
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that can be mentioned, by its `name` or its `id`.

    `detail` is shown beside it, such as the owning team.  `recently_used` is 0 for the service
    mentioned last, counting up; None if never.
    """

    id: str
    name: str
    detail: str = ""
    is_failing: bool = False
    recently_used: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a line can mention.  `author` is who types, and the handle that names them.

    Make one with `Vocabulary.of`, and a new one whenever people, roles, services or their
    presence change; handed the `known` one, it uses the index of names again where it can.
    """

    people: People
    roles: Roles
    services: Services
    author: tuple[Person, str] | None = None

    @classmethod
    def of(
        cls,
        *,
        people: Iterable[Person] = (),
        roles: Iterable[Role] = (),
        services: Iterable[Service] = (),
        author: str = "",
        known: Vocabulary | None = None,
    ) -> Vocabulary:
        """The vocabulary of these names; none at all is a valid one.

        `author` is the id of the one of `people` who types, empty if that is not known.
        """
        everybody = People(people, known=known.people if known else None)
        return cls(everybody, Roles(roles), Services(services), everybody.with_id(author))

    def author_called(self, word: str) -> tuple[Person, str] | None:
        """The author and their handle, where `@word` means whoever types it: `@you`, `@me`.

        A person or a role that really is called so is meant instead.
        """
        if fold(word) not in AUTHOR_WORDS or self.people.addressed(word):
            return None
        is_taken = self.people.namesakes(word) or self.roles.addressed(word)
        return None if is_taken else self.author


class Roles:
    """The roles that can be mentioned."""

    def __init__(self, roles: Iterable[Role] = ()) -> None:
        """Index `roles`; where two claim one name, the earlier keeps it."""
        self._roles = tuple(roles)
        self._called: dict[str, Role] = {}
        for role in self._roles:
            for name in (role.handle, role.code, role.title):
                self._called.setdefault(_spoken(name), role)

    def addressed(self, handle: str) -> Role | None:
        """The role `@handle` means, by its handle, code or title."""
        return self._called.get(_spoken(handle))

    def starting_with(self, prefix: str) -> list[Role]:
        """The roles whose handle, or a word of whose title, begins with `prefix`, as given."""
        typed = fold(prefix)
        return [role for role in self._roles if _begins(role, typed)]

    def spelled(self) -> Iterable[tuple[str, Role]]:
        """Every folded name a role can be found by, with the role."""
        return self._called.items()


class Services:
    """The services that can be mentioned, indexed once so that every word can be looked up."""

    def __init__(self, services: Iterable[Service] = ()) -> None:
        """Index `services`; where two claim one name, the earlier keeps it."""
        self._services = tuple(services)
        self._called: dict[str, Service] = {}
        for service in self._services:
            self._called.setdefault(fold(service.name), service)
        for service in self._services:
            self._called.setdefault(fold(service.id), service)
        self._index = PrefixIndex(self._names())

    def called(self, name: str) -> Service | None:
        """The service with this name or id, whatever the case of its letters."""
        return self._called.get(fold(name))

    def nearest(self, prefix: str, count: int) -> list[Service]:
        """The services with a word that begins with `prefix`: failing, recently used, by name."""
        found = (self._services[number] for number in self._index.starting_with(prefix))
        return nsmallest(count, found, key=_service_rank)

    def spelled(self) -> Iterable[tuple[str, Service]]:
        """Every folded name a service can be found by, with the service."""
        return self._called.items()

    def _names(self) -> Iterable[tuple[str, int]]:
        for number, service in enumerate(self._services):
            yield service.name, number
            yield service.id, number
            for _, word in words_of(service.name):
                yield word, number


def _spoken(name: str) -> str:
    return fold(name).replace("_", " ").replace("-", " ").strip()


def _begins(role: Role, typed: str) -> bool:
    words = [word for _, word in words_of(role.title)]
    return any(fold(word).startswith(typed) for word in (role.handle, role.title, *words))


def _service_rank(service: Service) -> tuple[bool, int, str, str]:
    recently = _NEVER if service.recently_used is None else service.recently_used
    return not service.is_failing, recently, fold(service.name), service.id
