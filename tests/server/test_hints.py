"""What processes tell one another: nothing is hidden when it is told in one, whatever its size."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.hints import Grown, Hint, Outgoing, Word
from app.server.parcels import Unpacking, parcels_of
from app.server.settings import Settings
from app.server.talk import Talk
from tests.log.writing import LOG, OTHER_LOG

pytestmark = pytest.mark.anyio


def grown(first: int, last: int, log: str = LOG, *, is_listed: bool = False) -> Grown:
    """Growth of a log."""
    return Grown(log, first, last, "epoch", 1_000, is_listed)


async def told(outgoing: Outgoing) -> Hint:
    """What is told now."""
    return msgspec.json.decode(await outgoing.take(), type=Hint)


async def test_growth_of_one_log_is_told_in_one():
    outgoing = Outgoing()
    for each in (grown(1, 2), grown(3, 3), grown(1, 1, OTHER_LOG), grown(4, 6)):
        outgoing.grow(each)

    assert (await told(outgoing)).grown == [grown(1, 6), grown(1, 1, OTHER_LOG)]


async def test_what_somebody_else_recorded_in_between_counts_as_listed():
    outgoing = Outgoing()
    outgoing.grow(grown(1, 2))
    outgoing.grow(grown(4, 4))

    assert (await told(outgoing)).grown == [grown(1, 4, is_listed=True)]


async def test_a_newer_word_takes_the_place_of_one_under_its_key():
    outgoing = Outgoing()
    outgoing.say("presence", "maria", b'"typing"')
    outgoing.say("presence", "omar", b'"reading"')
    outgoing.say("presence", "maria", b'"reading"')

    words = (await told(outgoing)).words
    assert [bytes(word.content) for word in words] == [b'"reading"', b'"reading"']


async def test_many_words_are_told_in_several_hints_and_none_is_lost():
    outgoing = Outgoing()
    for number in range(2_500):
        outgoing.say("presence", str(number), b"%d" % number)

    hints = [await told(outgoing) for _ in range(3)]

    said = {bytes(word.content) for hint in hints for word in hint.words}
    assert len(said) == 2_500
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await outgoing.take()


async def test_what_cannot_be_read_is_passed_over():
    outgoing, heard = Outgoing(), list[Hint]()
    outgoing.give(b"\xff{", heard.append)
    outgoing.give(b'{"words": 1}', heard.append)

    assert heard == []


@given(st.binary(max_size=40_000), st.integers(100, 8_000), st.randoms())
def test_parcels_in_any_order_are_put_together_again(content: bytes, limit: int, random):
    whole = b"{" + content
    parcels = parcels_of(whole, limit)
    random.shuffle(parcels)
    unpacking = Unpacking()

    taken = [unpacking.take(parcel) for parcel in parcels]

    assert all(len(parcel) <= limit for parcel in parcels)
    assert taken == [*[None] * (len(parcels) - 1), whole]


def test_parcels_that_make_no_sense_are_passed_over():
    unpacking = Unpacking()
    for parcel in (
        b"part ",
        b"part x 0 1 ?",
        b"part x 5 2 aaaa",
        b"part x 0 1 AAAA",
        b"part a b c d",
    ):
        assert unpacking.take(parcel) is None


async def test_a_joined_process_is_told_again_what_holds(tmp_path: Path):
    settings = Settings(database="postgresql://nowhere", key_file=tmp_path / "key")
    talk = Talk(replace(settings, hints="nats://127.0.0.1:9"), is_shared=True)
    told_again: list[bool] = []
    talk.on_retell.append(lambda: told_again.append(True))

    talk.look_around(100.0)
    talk.look_around(101.0)
    assert len(told_again) == 1
    talk.hear(Hint(sender="other", words=[Word("joined", msgspec.Raw(b"0"))]))
    talk.look_around(102.0)

    assert len(told_again) == 2
    assert talk.others == ["other"]
