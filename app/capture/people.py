"""The people a line can mention, found by handle, by name and by how near they are to the work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

from app.capture.names import PrefixIndex, fold, slug, words_of

_NEVER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be mentioned.

    `handles` are what people type after `@`, the preferred one first.  `roles` are the titles of
    the roles held in this incident; `detail` says what they are otherwise ("Order Platform on
    call").  `presence` reads as it is shown ("on bridge", "paged 14:31").  `recently_used` is 0
    for the person mentioned last, counting up; None if never.
    """

    id: str
    name: str
    handles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    detail: str = ""
    presence: str = ""
    is_on_bridge: bool = False
    owns_failing_service: bool = False
    recently_used: int | None = None


class People:
    """Everybody who can be mentioned, indexed once so that every key can look somebody up."""

    def __init__(self, people: Iterable[Person] = (), *, known: People | None = None) -> None:
        """Index `people`; where two claim one handle, the earlier keeps it.

        With `known`, the index of the same people with the same names is used again: who is on
        the bridge changes often, what people are called hardly ever.
        """
        self._people = tuple(people)
        is_known = known is not None and _called(known._people) == _called(self._people)
        self._index: _NameIndex = known._index if known and is_known else _NameIndex(self._people)
        self._places = _places(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def addressed(self, handle: str) -> Person | None:
        """Whom `@handle` means: by handle, full name (`maria.silva`), id or first name.

        A first name counts while one person has it, or one person on the bridge does.
        """
        typed = fold(handle)
        if typed in self._index.addressed:
            return self._people[self._index.addressed[typed]]
        namesakes = self.namesakes(typed)
        present = tuple(person for person in namesakes if person.is_on_bridge)
        return next((group[0] for group in (namesakes, present) if len(group) == 1), None)

    def namesakes(self, first_name: str) -> tuple[Person, ...]:
        """Everybody with this first name, in the order they were given."""
        numbers = self._index.namesakes.get(fold(first_name), [])
        return tuple(self._people[number] for number in numbers)

    def nearest(self, prefix: str, count: int) -> list[tuple[Person, str]]:
        """The people whose name or handle begins with `prefix`, each with the handle to insert.

        In this order: on the bridge, in a role, owner of a failing service, recently used, then
        by name.
        """
        found = self._index.names.starting_with(prefix)
        best = nsmallest(count, found, key=self._places.__getitem__)
        return [(self._people[number], self._index.handles[number]) for number in best]

    def spelled(self) -> Iterable[tuple[str, Person, str]]:
        """Every folded name or handle somebody can be found by, the person, and their handle."""
        for name, number in self._index.names.names():
            yield name, self._people[number], self._index.handles[number]


class _NameIndex:
    """What people are called, as numbers: places in the order the people were given."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self.addressed = _by_handle(people)
        self.namesakes = _by_first_name(people)
        self.handles = [self._preferred(number, person) for number, person in enumerate(people)]
        self.names = PrefixIndex(self._names(people))

    def _preferred(self, number: int, person: Person) -> str:
        """The first handle that means this person and nobody else."""
        for handle in person.handles:
            if self.addressed.get(fold(handle)) == number:
                return handle
        first_name = _first_name(person)
        if len(self.namesakes.get(first_name, ())) == 1 and first_name not in self.addressed:
            return first_name
        full_name = slug(person.name)
        return full_name if self.addressed.get(full_name) == number else person.id

    def _names(self, people: tuple[Person, ...]) -> Iterable[tuple[str, int]]:
        for number, person in enumerate(people):
            yield self.handles[number], number
            yield person.name, number
            for handle in person.handles:
                yield handle, number
            for _, word in words_of(person.name):
                yield word, number


def nearness(person: Person) -> int:
    """How near a person is to this incident: 0 on the bridge, 1 in a role, 2 owner, 3 neither."""
    if person.is_on_bridge:
        return 0
    if person.roles:
        return 1
    return 2 if person.owns_failing_service else 3


def _places(people: tuple[Person, ...]) -> list[int]:
    """For each person their place in the order of nearness."""
    order = sorted(range(len(people)), key=lambda number: _rank(people[number]))
    places = [0] * len(people)
    for place, number in enumerate(order):
        places[number] = place
    return places


def _rank(person: Person) -> tuple[int, int, str, str]:
    recently = _NEVER if person.recently_used is None else person.recently_used
    return nearness(person), recently, fold(person.name), person.id


def _called(people: tuple[Person, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(person.id, person.name, person.handles) for person in people]


def _by_handle(people: tuple[Person, ...]) -> dict[str, int]:
    """Explicit handles win over full names, and those over ids."""
    addressed: dict[str, int] = {}
    for number, person in enumerate(people):
        for handle in person.handles:
            addressed.setdefault(fold(handle), number)
    for number, person in enumerate(people):
        addressed.setdefault(slug(person.name), number)
    for number, person in enumerate(people):
        addressed.setdefault(fold(person.id), number)
    return addressed


def _by_first_name(people: tuple[Person, ...]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number, person in enumerate(people):
        groups.setdefault(_first_name(person), []).append(number)
    return groups


def _first_name(person: Person) -> str:
    return fold(next((word for _, word in words_of(person.name)), ""))
