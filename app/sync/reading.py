"""Record lines as they arrive, read once; what cannot be read is kept, never in the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from app.errors import InvalidInput
from app.events.codec import Codec, from_microseconds
from app.events.event import Event, Recorded
from app.events.fact import Fact, UnreadableFact, WithheldFact
from app.proof.problem import ProofRefused
from app.proof.withheld import is_withheld_line
from app.protocol.withholding import read_stamped
from app.sync.exchange import Arrived

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def read_arrived(
    codec: Codec, log: str, lines: Iterable[bytes], after: int
) -> tuple[Arrived, ...]:
    """The records in `lines`, which follow position `after` of `log` without a gap.

    A line whose frame is damaged becomes an unreadable record at the position it must have, so
    that one bad line never stops what follows it.
    """
    arrived: list[Arrived] = []
    for index, line in enumerate(lines):
        try:
            recorded = codec.read_record(line)
        except InvalidInput as error:
            position = after + index + 1
            recorded = _withheld(log, position, line) or _damaged(log, position, line, str(error))
        arrived.append(
            Arrived(
                position=recorded.position,
                event_id=recorded.event.id,
                line=line,
                recorded=recorded,
            )
        )
    return tuple(arrived)


def _withheld(log: str, position: int, line: bytes) -> Recorded | None:
    """The record that this reader may not read; None when the line stands for none."""
    if not is_withheld_line(line):
        return None
    try:
        said = read_stamped(line)
    except ProofRefused:
        return None
    if said.record.position != position:
        return None
    fact = WithheldFact(sensitivity=said.sensitivity, leaf=said.record.leaf)
    at = from_microseconds(said.received_at)
    return _in_its_place(log, position, "withheld", "automation:withheld", fact=fact, at=at)


def _damaged(log: str, position: int, line: bytes, problem: str) -> Recorded:
    fact = UnreadableFact(stored_kind="damaged", data=line, problem=problem)
    return _in_its_place(log, position, "damaged", "automation:server", fact=fact, at=_NO_TIME)


def _in_its_place(
    log: str, position: int, why: str, actor: str, *, fact: Fact, at: datetime
) -> Recorded:
    """A record that says `why` the one at this position cannot be read here."""
    event = Event(
        id=f"{why}-{position}",
        log=log,
        actor=actor,
        console="",
        n=0,
        seen=position,
        epoch="",
        made_at=at,
        fact=fact,
    )
    return Recorded(position=position, received_at=at, event=event)
