"""Events for tests of stores and servers: real ones, signed, with a fixed clock and noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from app.events.event import Draft
from app.events.fact import Fact
from app.incident.kinds.work import NoteWritten
from app.log.appending import Arrival, Batch
from app.log.local_values import OutboxEntry
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place, SignedEvent
from app.protocol.kinds import full_codec

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
LOG = "incident:0190f000-0000-7000-8000-000000000001"
OTHER_LOG = "incident:0190f000-0000-7000-8000-000000000002"
CODEC = full_codec()


@dataclass
class Writer:
    """Somebody at a console who writes one event after the other."""

    seed: int = 1
    person: str = "maria"
    key: ConsoleKey = field(init=False)
    n: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.key = ConsoleKey.from_private_bytes(self.random.randbytes(32))
        self._times = _seconds_after(NOON)
        self.author = Author(
            actor=f"person:{self.person}",
            key=self.key,
            codec=CODEC,
            clock=lambda: next(self._times),
            random_bytes=self.random.randbytes,
        )

    def write(self, fact: Fact, log: str = LOG, *, epoch: str = "", seen: int = 0) -> SignedEvent:
        """A fact as a signed event with the next number."""
        self.n += 1
        place = Place(log=log, n=self.n, seen=seen, epoch=epoch)
        return self.author.write(Draft(fact=fact), place)

    def note(self, text: str = "a note", log: str = LOG) -> SignedEvent:
        """A note."""
        return self.write(NoteWritten(text=text), log)

    def notes(self, count: int, log: str = LOG) -> list[SignedEvent]:
        """Many notes."""
        return [self.note(f"note {number}", log) for number in range(1, count + 1)]


def _seconds_after(moment: datetime) -> Iterator[datetime]:
    while True:
        moment += timedelta(seconds=1)
        yield moment


def arrival(signed: SignedEvent) -> Arrival:
    """A signed event as the store takes it."""
    return Arrival(
        event_id=signed.event.id,
        kind=signed.event.fact.kind,
        console=signed.event.console,
        n=signed.event.n,
        body=signed.body,
        sig=signed.sig,
    )


def batch(
    *signed: SignedEvent,
    log: str = LOG,
    at: int = 1_000_000,
    epoch: str = "",
    only_at: int | None = None,
) -> Batch:
    """Signed events as one batch."""
    arrivals = tuple(arrival(each) for each in signed)
    return Batch(log=log, arrivals=arrivals, arrived_at=at, epoch=epoch, only_at=only_at)


def outbox_entry(signed: SignedEvent, made_at: int = 0) -> OutboxEntry:
    """A signed event as it waits on a console."""
    return OutboxEntry(
        log=signed.event.log,
        n=signed.event.n,
        event_id=signed.event.id,
        body=signed.body,
        sig=signed.sig,
        made_at=made_at,
    )
