"""A large organisation, the same on every run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from app.capture.people import Person

FIRST_NAMES = (
    *("Maria", "Marc", "Mai", "Malik", "Jae", "Priya", "Tom", "Ben", "Lena", "Aisha", "José"),
    *("Zoë", "Anna", "Olga", "Ivan", "Noor", "Wei", "Sofía", "Émile", "Kofi"),
)
SYLLABLES = ("ka", "mo", "ri", "ta", "len", "ber", "vik", "san", "dro", "ulf")


def crowd(count: int) -> tuple[Person, ...]:
    """`count` people (8,000 at most) with names of their own, a few of them in the incident."""
    return tuple(
        Person(
            id=f"person-{number}",
            name=name,
            roles=("Operations lead",) if number % 700 == 3 else (),
            is_on_bridge=number % 500 == 7,
            owns_failing_service=number % 90 == 5,
            recently_used=number if number % 400 == 11 else None,
            presence="on bridge" if number % 500 == 7 else "",
        )
        for number, name in enumerate(islice(_names(), count))
    )


def _names() -> Iterator[str]:
    for syllables in product(SYLLABLES, SYLLABLES, ("ko", "sen", "ini", "ez")):
        for first_name in FIRST_NAMES:
            yield f"{first_name} {''.join(syllables).capitalize()}"
