"""How a fact becomes an event: id, stamp, exact bytes, signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.events.codec import Codec, to_microseconds
from app.events.event import Draft, Event
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey

EPOCH_CHARACTERS = 8
"""How much of a log's epoch an event carries."""

SALT_BYTES = 16

Clock = Callable[[], datetime]
RandomSource = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an author stands in a log when they write.

    `n` is the number this console gives the event in this log, counted from 1; `seen` the last
    position the author's view had applied; `epoch` the log's whole epoch, empty if unknown.
    """

    log: str
    n: int
    seen: int = 0
    epoch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvent:
    """An event with the exact bytes that are signed, stored and sent."""

    event: Event
    body: bytes
    sig: str


class Author:
    """Makes signed events for one actor at one console.

    `actor` is `person:<id>`, `integration:<id>` or `automation:<id>`; `key` is the console's and
    names it.  `clock` gives aware UTC times, `random_bytes(n)` gives n random bytes.
    """

    def __init__(
        self,
        *,
        actor: str,
        key: ConsoleKey,
        codec: Codec,
        clock: Clock,
        random_bytes: RandomSource,
    ) -> None:
        self.actor = actor
        self.console = key.console_id
        self._codec = codec
        self._clock = clock
        self._random_bytes = random_bytes
        self._key = key

    def write(self, draft: Draft, place: Place) -> SignedEvent:
        """`draft` as a signed event at `place`, made now or when the draft says."""
        now = self._clock()
        event = Event(
            id=draft.event_id or str(time_ordered_id(now, self._random_bytes)),
            log=place.log,
            actor=self.actor,
            console=self.console,
            n=place.n,
            seen=place.seen,
            epoch=place.epoch[:EPOCH_CHARACTERS],
            made_at=draft.made_at or now,
            occurred_at=draft.occurred_at,
            fact=draft.fact,
            refs=draft.refs,
            salt=to_base64url(self._random_bytes(SALT_BYTES)),
        )
        body = self._codec.write_body(event)
        return SignedEvent(event=event, body=body, sig=self._key.sign_body(body))


def time_ordered_id(now: datetime, random_bytes: RandomSource) -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = to_microseconds(now) // 1_000
    noise = int.from_bytes(random_bytes(10))
    high = (noise >> 62) & 0xFFF
    low = noise & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


__all__ = ["Author", "Place", "SignedEvent", "time_ordered_id"]
