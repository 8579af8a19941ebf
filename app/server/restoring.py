"""What a server that came back from a backup says in every log, under new epochs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from app.events.codec import to_microseconds
from app.events.event import Draft
from app.incident.kinds.situation import LogRestored
from app.log.appending import Arrival, Batch
from app.log.event_log import EventLog, Head
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import EPOCH_CHARACTERS, Author, Place
from app.protocol.kinds import full_codec
from app.server.standing import SERVER_ACTOR


def begin_new_epochs(
    log: EventLog,
    key: ConsoleKey,
    clock: Callable[[], datetime],
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> int:
    """Give every log a new epoch and record in it that the server was restored.

    Consoles that follow a log see the new epoch and send again what it lacks.  All of it is one
    transaction.  `key` is the server's own.  Returns how many logs there are; raises
    `StoreError`, and then nothing has changed.
    """
    author = Author(
        actor=SERVER_ACTOR,
        key=key,
        codec=full_codec(),
        clock=clock,
        random_bytes=random_bytes,
    )
    now = to_microseconds(clock())
    return log.change_epochs(lambda before, epoch: _announcement(before, epoch, author, now))


def _announcement(before: Head, epoch: str, author: Author, now: int) -> Batch:
    fact = LogRestored(
        epoch_before=before.epoch[:EPOCH_CHARACTERS], kept=before.position, returned=0
    )
    place = Place(
        log=before.log,
        n=before.position + 1,
        seen=before.position,
        epoch=epoch,
    )
    signed = author.write(Draft(fact=fact), place)
    arrival = Arrival(
        event_id=signed.event.id,
        kind=fact.kind,
        console=author.console,
        n=signed.event.n,
        body=signed.body,
        sig=signed.sig,
    )
    return Batch(log=before.log, arrivals=(arrival,), arrived_at=now)
