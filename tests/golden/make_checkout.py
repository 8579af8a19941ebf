"""Made the golden log once: `python -m tests.golden.make_checkout PATH`.

The log that is committed is never made again: it stands for every log written by this version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from app.events.codec import record_line, to_microseconds
from app.events.event import Draft, Recorded, Standing
from app.incident.kinds.freezes import ExceptionAmended, FreezeKept
from app.incident.kinds.situation import LogRestored, SeverityChanged, TitleChanged
from app.incident.kinds.work import EntryTakenBack, NoteRewritten, NoteWritten
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place
from app.protocol.kinds import full_codec
from tests.views.checkout_incident import LOG, checkout_log

CODEC = full_codec()


def lines() -> Iterator[bytes]:
    """The checkout incident, signed, with conflicts, a restore and what is hard to read."""
    hands = _Hands()
    story = checkout_log()
    for recorded in story:
        hands.write(recorded.event.actor, recorded.event.fact, recorded.event.made_at, recorded)
    last = story[-1].received_at
    for minute, (actor, fact, seen) in enumerate(_hard_parts(hands), 1):
        hands.write(actor, fact, last + timedelta(minutes=minute), None, seen)
    yield from hands.lines


def _hard_parts(hands: _Hands):
    start = len(hands.lines)
    note = hands.ids[-1]
    yield "person:maria", NoteWritten(text="Pool is full again <b>bold</b> é 🔥"), start
    yield "person:maria", SeverityChanged(severity=2, reason="fewer users"), start
    yield "person:tom", SeverityChanged(severity=1, reason="it spreads"), start
    yield "person:tom", TitleChanged(title="Checkout and orders fail"), start
    yield "person:maria", TitleChanged(title="Checkout fails in prod-eu"), start
    yield "person:ben", NoteRewritten(note=note, replaces=note, text="clearer"), start
    yield "person:ben", EntryTakenBack(entry=note), start + 6
    yield "person:tom", FreezeKept(freeze="nothing"), start
    yield "person:tom", ExceptionAmended(exception="nothing", change="v43", freezes=()), start
    yield "person:lena", LogRestored(epoch_before="e0000001", kept=start, returned=9), start
    yield "person:priya", SeverityChanged(severity=1, reason="confirmed"), start + 10


class _Hands:
    """Everybody's keys and counters, and the lines so far."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.ids: list[str] = []
        self._random = Random(2417)
        self._keys: dict[str, ConsoleKey] = {}

    def write(
        self,
        actor: str,
        fact,
        moment: datetime,
        recorded: Recorded | None,
        seen: int | None = None,
    ) -> None:
        key = self._keys.get(actor)
        if key is None:
            key = self._keys[actor] = ConsoleKey.from_private_bytes(self._random.randbytes(32))
        author = Author(
            actor=actor, key=key, codec=CODEC, clock=lambda: moment,
            random_bytes=self._random.randbytes,
        )  # fmt: skip
        position = len(self.lines) + 1
        event_id = "" if recorded is None else recorded.event.id
        place = Place(
            log=LOG, n=position, seen=position - 1 if seen is None else seen, epoch="e0000001"
        )
        signed = author.write(Draft(fact=fact, event_id=event_id), place)
        is_refused = position % 23 == 0
        self.ids.append(signed.event.id)
        self.lines.append(
            record_line(
                position=position, received_at=to_microseconds(moment), skew_ms=position * 37,
                standing=Standing.QUARANTINED if is_refused else Standing.ACCEPTED,
                why="revoked-console" if is_refused else None, body=signed.body, sig=signed.sig,
            )
        )  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(b"".join(line + b"\n" for line in lines()))
