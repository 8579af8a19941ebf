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

    def __init__(self, people: Iterable[Person] = ()) -> None:
        """Index `people`; where two claim one handle, the earlier keeps it."""
        self._people = tuple(people)
        self._addressed = _by_handle(self._people)
        self._namesakes = _by_first_name(self._people)
        self._handles = [self._preferred_handle(person) for person in self._people]
        self._index = PrefixIndex(self._names())
        self._places = _places(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def addressed(self, handle: str) -> Person | None:
        """Whom `@handle` means: by handle, full name (`maria.silva`), id or first name.

        A first name counts while one person has it, or one person on the bridge does.
        """
        typed = fold(handle)
        return self._addressed.get(typed) or _only_one(self._namesakes.get(typed, ()))

    def namesakes(self, first_name: str) -> tuple[Person, ...]:
        """Everybody with this first name, in the order they were given."""
        return self._namesakes.get(fold(first_name), ())

    def nearest(self, prefix: str, count: int) -> list[tuple[Person, str]]:
        """The people whose name or handle begins with `prefix`, each with the handle to insert.

        In this order: on the bridge, in a role, owner of a failing service, recently used, then
        by name.
        """
        found = self._index.starting_with(prefix)
        best = nsmallest(count, found, key=self._places.__getitem__)
        return [(self._people[number], self._handles[number]) for number in best]

    def spelled(self) -> Iterable[tuple[str, Person, str]]:
        """Every folded name or handle somebody can be found by, the person, and their handle."""
        for name, number in self._index.names():
            yield name, self._people[number], self._handles[number]

    def _preferred_handle(self, person: Person) -> str:
        """The first handle that means this person and nobody else."""
        for handle in (*person.handles, slug(person.name), person.id):
            if self._addressed.get(fold(handle)) is person:
                return handle
        return person.id

    def _names(self) -> Iterable[tuple[str, int]]:
        for number, person in enumerate(self._people):
            yield self._handles[number], number
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


def _by_handle(people: tuple[Person, ...]) -> dict[str, Person]:
    """Explicit handles win over full names, and those over ids."""
    addressed: dict[str, Person] = {}
    for person in people:
        for handle in person.handles:
            addressed.setdefault(fold(handle), person)
    for person in people:
        addressed.setdefault(slug(person.name), person)
    for person in people:
        addressed.setdefault(fold(person.id), person)
    return addressed


def _by_first_name(people: tuple[Person, ...]) -> dict[str, tuple[Person, ...]]:
    groups: dict[str, list[Person]] = {}
    for person in people:
        for _, word in words_of(person.name)[:1]:
            groups.setdefault(fold(word), []).append(person)
    return {name: tuple(group) for name, group in groups.items()}


def _only_one(namesakes: tuple[Person, ...]) -> Person | None:
    present = tuple(person for person in namesakes if person.is_on_bridge)
    for group in (namesakes, present):
        if len(group) == 1:
            return group[0]
    return None
