"""How far an entry may be read: four levels, and the labels people type for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Sensitivity(StrEnum):
    """Who may read an entry: those whose clearance is at least this.

    The order of the members is their order: `public` may be read by everybody, `restricted` by
    the fewest.  What carries no label is `internal`, which everybody with a token may read.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _RANKS[self]

    def may_be_read_with(self, clearance: Sensitivity) -> bool:
        """Whether somebody with this clearance may read it."""
        return self.rank <= clearance.rank


_RANKS: Mapping[Sensitivity, int] = {one: rank for rank, one in enumerate(Sensitivity)}

_OF_LABEL: Mapping[str, Sensitivity] = {
    **{one.value: one for one in Sensitivity},
    "pii": Sensitivity.RESTRICTED,
    "security": Sensitivity.RESTRICTED,
}
"""Personal data and what helps an attacker are for the fewest."""


def highest(levels: Iterable[Sensitivity]) -> Sensitivity:
    """The level the fewest may read; `internal` for none."""
    return max(levels, key=_RANKS.__getitem__, default=Sensitivity.INTERNAL)


def sensitivity_of(labels: Iterable[str]) -> Sensitivity:
    """What labels (without their %) say of how far an entry may be read.

    Labels that say nothing of it are passed over; `public` counts only alone.
    """
    return highest(_OF_LABEL[label] for label in labels if label in _OF_LABEL)
