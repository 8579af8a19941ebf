"""One side of the engine's conversation: rows, records and answers to give it."""

from __future__ import annotations

from random import Random

from app.events.codec import record_line
from app.events.event import Standing
from app.protocol.bodies import PushResponse, PushResult
from app.sync.engine import Engine
from app.sync.exchange import (
    Failure,
    Outgoing,
    PageAnswered,
    PushAnswered,
)
from app.sync.reading import read_arrived
from tests.log.writing import CODEC, LOG, Writer

OLD, NEW = "a" * 32, "b" * 32
NO_ANSWER = Failure(detail="no answer")


def rows(count, *, first=1):
    """Outbox rows of one writer, numbered from `first`."""
    notes = Writer(seed=first).notes(count)
    return tuple(
        Outgoing(event_id=one.event.id, n=first + index, body=one.body, sig=one.sig)
        for index, one in enumerate(notes)
    )


def arrived(some_rows, *, after=0):
    """These rows as records that follow a position."""
    lines = [
        record_line(
            position=position, received_at=position, skew_ms=0, standing=Standing.ACCEPTED,
            why=None, body=row.body, sig=row.sig,
        )
        for position, row in enumerate(some_rows, after + 1)
    ]  # fmt: skip
    return read_arrived(CODEC, LOG, lines, after)


def engine(*, epoch=OLD, position=0, outbox=()):
    return Engine(epoch=epoch, position=position, outbox=outbox, random=Random(1))


def page(records, *, after=0, head=None, epoch=OLD, root=b""):
    return PageAnswered(
        after=after, records=records, head=head or len(records) + after, epoch=epoch, root=root
    )


def only(outputs, kind):
    """The one output of a kind."""
    (one,) = [output for output in outputs if isinstance(output, kind)]
    return one


def taken(some_rows, *, epoch=OLD, first=1, number=1):
    results = [PushResult(id=row.event_id, position=first + i) for i, row in enumerate(some_rows)]
    head = first + len(some_rows) - 1
    return PushAnswered(PushResponse(epoch=epoch, head=head, results=results), number)
