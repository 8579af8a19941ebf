"""Claims: what a value is while two consoles may have set it without knowing of each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from app.events.event import Recorded, is_concurrent
from app.events.value import quickly_made

T = TypeVar("T")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Generic[T]):
    """One setting of a value, with the evidence needed to tell who knew of whom."""

    value: T
    event_id: str
    position: int
    console: str
    person: str
    at: datetime


Claims = tuple[Claim[T], ...]
"""The settings of one value that still stand, in log order.

One claim is the usual case.  Several mean that their authors did not know of each other; each
caller's rule says which value holds until somebody settles it.
"""


def claim(recorded: Recorded, value: T) -> Claim[T]:
    """The claim that `recorded` makes on a value."""
    return Claim(
        value=value,
        event_id=recorded.event.id,
        position=recorded.position,
        console=recorded.event.console,
        person=recorded.event.person_id or recorded.event.actor,
        at=recorded.happened_at,
    )


def stake(claims: Claims[T], recorded: Recorded, value: T) -> Claims[T]:
    """The claims after `recorded` set the value: it replaces every claim its author had seen."""
    return (*unseen_by(claims, recorded), claim(recorded, value))


def unseen_by(claims: Claims[T], recorded: Recorded) -> Claims[T]:
    """Those claims that the author of `recorded` had not seen."""
    return tuple(
        standing
        for standing in claims
        if is_concurrent(recorded, standing.position, standing.console)
    )


def is_contested(claims: Claims[T]) -> bool:
    """Whether claims disagree, so that a person must settle them."""
    return len(claims) > 1 and any(claim.value != claims[0].value for claim in claims[1:])
