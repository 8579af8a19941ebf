"""An author turns a draft into exactly one signed event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from app.events.codec import read_body
from app.events.event import Draft
from app.incident.kinds.work import NoteWritten
from app.proof.signatures import VerifyingKey
from app.protocol.authoring import Author, Place, time_ordered_id
from tests.log.writing import CODEC, LOG, Writer

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def an_author(seed: int = 1) -> Author:
    """An author whose clock stands still and whose noise is known."""
    return Author(
        actor="person:maria",
        key=Writer().key,
        codec=CODEC,
        clock=lambda: NOON,
        random_bytes=Random(seed).randbytes,
    )


def test_the_body_says_what_the_event_says_and_the_signature_is_over_it():
    draft = Draft(fact=NoteWritten(text="hello"), refs=("one",))

    signed = an_author().write(draft, Place(log=LOG, n=3, seen=7, epoch="0123456789abcdef"))

    assert CODEC.read_event(signed.body) == signed.event
    assert VerifyingKey(Writer().key.public_key).verifies_body(signed.body, signed.sig)
    envelope = read_body(signed.body)
    assert (envelope.n, envelope.seen, envelope.epoch) == (3, 7, "01234567")
    assert envelope.console == Writer().key.console_id
    assert envelope.refs == ("one",)


def test_the_time_is_when_the_first_character_was_typed():
    typed = NOON - timedelta(seconds=40)
    draft = Draft(fact=NoteWritten(text="x"), made_at=typed, occurred_at=typed)

    event = an_author().write(draft, Place(log=LOG, n=1)).event

    assert (event.made_at, event.occurred_at) == (typed, typed)


def test_the_same_clock_and_noise_give_the_same_bytes():
    draft, place = Draft(fact=NoteWritten(text="x")), Place(log=LOG, n=1)

    assert an_author(5).write(draft, place).body == an_author(5).write(draft, place).body
    assert an_author(5).write(draft, place).body != an_author(6).write(draft, place).body


def test_no_two_events_share_a_salt_or_an_id():
    author = an_author()

    events = [
        author.write(Draft(fact=NoteWritten(text="x")), Place(log=LOG, n=n)).event
        for n in range(1, 200)
    ]

    assert len({event.salt for event in events}) == 199
    assert len({event.id for event in events}) == 199


def test_ids_are_version_7_and_sort_by_time():
    noise = Random(1).randbytes

    ids = [time_ordered_id(NOON + timedelta(milliseconds=step), noise) for step in range(50)]

    assert ids == sorted(ids)
    assert all(UUID(str(each)).version == 7 for each in ids)
    assert all(each.variant == "specified in RFC 4122" for each in ids)
