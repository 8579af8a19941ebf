"""Who is in a room: told when it changes, to whoever comes, and over when it is not said again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.protocol.presence import PRESENCE_SECONDS
from app.protocol.stream import StreamParser
from app.server.feed import Feed, Subscription
from app.server.presence import Presence
from app.server.settings import Settings
from app.server.talk import Talk
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to

pytestmark = pytest.mark.anyio


class Timer:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def alone(feed: Feed, timer: Timer) -> Presence:
    """The presence of a server that is the only one."""
    settings = Settings(database="", key_file=Path("nowhere"))
    return Presence(feed, Talk(settings, is_shared=False), timer)


def said(**words: object) -> dict[str, msgspec.Raw]:
    """What a console says of the person at it."""
    return {name: msgspec.Raw(msgspec.json.encode(word)) for name, word in words.items()}


async def heard(subscription: Subscription) -> list[dict[str, object]]:
    """What a follower was told since the last time."""
    parser = StreamParser()
    frames = [
        frame for packet in await subscription.packets(0) for frame in parser.feed(packet.frame)
    ]
    return [msgspec.json.decode(frame.lines[0]) for frame in frames]


async def test_only_what_changes_is_told():
    feed = Feed()
    presence = alone(feed, Timer())
    with feed.listen(LOG) as follower:
        presence.say(LOG, "person:maria", said(doing="typing"))
        presence.say(LOG, "person:maria", said(doing="typing"))
        presence.say(LOG, "person:maria", said(doing="reading"))

        assert [one["doing"] for one in await heard(follower)] == ["typing", "reading"]


async def test_two_consoles_of_one_person_are_told_apart():
    feed = Feed()
    presence = alone(feed, Timer())

    presence.say(LOG, "person:maria", said(console="desk", doing="typing"))
    presence.say(LOG, "person:maria", said(console="laptop", doing="reading"))

    assert len(presence.present(LOG)) == 2


async def test_who_goes_is_told_and_forgotten():
    feed = Feed()
    presence = alone(feed, Timer())
    with feed.listen(LOG) as follower:
        presence.say(LOG, "person:maria", said(doing="typing"))
        presence.say(LOG, "person:maria", said(gone=True))
        presence.say(LOG, "person:maria", said(gone=True))

        _, gone = await heard(follower)
        assert gone == {"actor": "person:maria", "console": "", "gone": True}
    assert presence.present(LOG) == []


async def test_what_is_not_said_again_is_over():
    feed, timer = Feed(), Timer()
    presence = alone(feed, timer)
    presence.say(LOG, "person:maria", said(doing="typing"))
    presence.say(LOG, "person:omar", said(doing="reading"))
    timer.now += PRESENCE_SECONDS - 1
    presence.say(LOG, "person:omar", said(doing="reading"))
    timer.now += 1

    presence.leave_the_silent()

    assert [msgspec.json.decode(line)["actor"] for line in presence.present(LOG)] == [
        "person:omar"
    ]


async def test_who_comes_in_sees_who_is_there(server: RunningServer, maria: Writer):
    await server.push(maria.note())
    told = await server.owner.post(f"/v1/logs/{LOG}/presence", json={"doing": "typing"})
    assert told.status_code == 204

    async with listening_to(server.owner, f"/v1/logs/{LOG}/stream?after=1") as listener:
        (frame,) = await listener.frames(1)

    assert frame.kind == "presence"
    assert msgspec.json.decode(frame.lines[0]) == {"doing": "typing", "actor": "person:maria"}
