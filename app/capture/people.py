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
        self._order = sorted(range(len(self._people)), key=self._rank)
        self._places = {number: place for place, number in enumerate(self._order)}

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

    def with_id(self, id: str) -> tuple[Person, str] | None:
        """The person with this id, and the handle that means them and nobody else."""
        for number, person in enumerate(self._people):
            if person.id == id:
                return person, self._index.handles[number]
        return None

    def namesakes(self, first_name: str) -> tuple[Person, ...]:
        """Everybody with this first name, in the order they were given."""
        numbers = self._index.namesakes.get(fold(first_name), [])
        return tuple(self._people[number] for number in numbers)

    def nearest(self, prefix: str, count: int) -> list[tuple[Person, str]]:
        """The people whose name or handle begins with `prefix`, each with the handle to insert.

        In this order: on the bridge, in a role, owner of a failing service, recently used, then
        by name.
        """
        if prefix:
            found = self._index.names.starting_with(prefix)
            best = nsmallest(count, found, key=self._places.__getitem__)
        else:
            best = self._order[:count]
        return [(self._people[number], self._index.handles[number]) for number in best]

    def spelled(self) -> Iterable[tuple[str, Person, str]]:
        """Every folded name or handle somebody can be found by, the person, and their handle."""
        for name, number in self._index.names.names():
            yield name, self._people[number], self._index.handles[number]

    def _rank(self, number: int) -> tuple[int, int, str, str]:
        person = self._people[number]
        recently = _NEVER if person.recently_used is None else person.recently_used
        return nearness(person), recently, self._index.full_names[number], person.id


class _NameIndex:
    """What people are called, as numbers: places in the order the people were given."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self._words = [[fold(word) for _, word in words_of(person.name)] for person in people]
        self.full_names = [fold(person.name) for person in people]
        self._slugs = [slug(person.name) for person in people]
        self.addressed = self._by_handle(people)
        self.namesakes = self._by_first_name()
        self.handles = [self._preferred(number, person) for number, person in enumerate(people)]
        self.names = PrefixIndex(self._names(people))

    def _by_handle(self, people: tuple[Person, ...]) -> dict[str, int]:
        """Explicit handles win over full names, and those over ids."""
        addressed: dict[str, int] = {}
        for number, person in enumerate(people):
            for handle in person.handles:
                addressed.setdefault(fold(handle), number)
        for number, full_name in enumerate(self._slugs):
            addressed.setdefault(full_name, number)
        for number, person in enumerate(people):
            addressed.setdefault(fold(person.id), number)
        return addressed

    def _by_first_name(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for number, words in enumerate(self._words):
            for first_name in words[:1]:
                groups.setdefault(first_name, []).append(number)
        return groups

    def _preferred(self, number: int, person: Person) -> str:
        """The first handle that means this person and nobody else."""
        for handle in person.handles:
            if self.addressed.get(fold(handle)) == number:
                return handle
        for first_name in self._words[number][:1]:
            if len(self.namesakes[first_name]) == 1 and first_name not in self.addressed:
                return first_name
        full_name = self._slugs[number]
        return full_name if self.addressed.get(full_name) == number else person.id

    def _names(self, people: tuple[Person, ...]) -> Iterable[tuple[str, int]]:
        for number, person in enumerate(people):
            for name in (self.handles[number], person.name, *person.handles, *self._words[number]):
                yield name, number


def nearness(person: Person) -> int:
    """How near a person is to this incident: 0 on the bridge, 1 in a role, 2 owner, 3 neither."""
    if person.is_on_bridge:
        return 0
    if person.roles:
        return 1
    return 2 if person.owns_failing_service else 3


def _called(people: tuple[Person, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(person.id, person.name, person.handles) for person in people]
