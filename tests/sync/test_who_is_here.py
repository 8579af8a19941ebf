"""Who has a console open: said when a server is heard, heard of others, forgotten without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from app.protocol.presence import PresenceWord, presence_content, read_presence
from app.sync.api_client import ApiClient
from app.sync.exchange import Failure
from app.sync.unavailable import ServerUnavailable
from app.sync.who_is_here import Present, WhoIsHere
from tests.log.writing import LOG


class Server:
    """Notes what is said to it; does not answer while it `is_down`."""

    def __init__(self) -> None:
        self.said: list[PresenceWord] = []
        self.is_down = False

    async def say_presence(self, log: str, word: PresenceWord) -> None:
        assert log == LOG
        self.said.append(word)
        if self.is_down:
            raise ServerUnavailable(Failure(detail="nobody answers", retry_after=3_600.0))


def here() -> tuple[WhoIsHere, list[list[str]]]:
    """One console's presence, and what it shows, one list for each change."""
    shown: list[list[str]] = []
    return WhoIsHere(LOG, "desk", lambda present: shown.append(sorted(present.people))), shown


def word(actor: str, console: str = "desk", *, gone: bool = False) -> bytes:
    return presence_content(PresenceWord(actor=actor, console=console, gone=gone))


def test_people_come_and_go_with_the_last_of_their_consoles() -> None:
    one, shown = here()

    one.hear([word("person:maria"), word("person:tom"), word("person:tom", "laptop")])
    one.hear([word("person:tom", gone=True)])
    one.hear([word("person:tom", "laptop", gone=True), word("integration:pager")])

    assert shown == [["maria", "tom"], ["maria"]]


def test_consoles_are_counted_but_for_this_one_whoever_sits_at_them() -> None:
    shown: list[Present] = []
    one = WhoIsHere(LOG, "desk", shown.append)

    one.hear([word("person:maria"), word("integration:pager", "pager")])
    one.hear([word("person:maria", "laptop")])
    one.hear([word("person:tom", "desk two"), word("person:maria", "laptop", gone=True)])
    one.hear([word("person:tom", "desk two", gone=True)])

    maria, both = frozenset({"maria"}), frozenset({"maria", "tom"})
    assert [(now.people, now.other_consoles) for now in shown] == [
        (maria, 0), (maria, 1), (both, 1), (maria, 0)
    ]  # fmt: skip


def test_what_is_no_word_of_presence_is_left_out() -> None:
    one, shown = here()

    one.hear([b"[1]", b"\xff", b'{"actor":7}', word("person:maria")])

    assert shown == [["maria"]]


def test_without_a_server_nobody_is_known_to_be_here() -> None:
    one, shown = here()
    one.line_is(is_connected=True)
    one.hear([word("person:maria")])

    one.line_is(is_connected=False)
    one.line_is(is_connected=False)

    assert shown == [["maria"], []]


def test_a_word_says_only_what_there_is_to_say() -> None:
    assert presence_content(PresenceWord(console="desk")) == b'{"console":"desk"}'
    assert read_presence(b'{"actor":"person:maria","doing":"typing"}').actor == "person:maria"


def during(server: Server, *steps: Callable[[WhoIsHere], object]) -> None:
    """What is said while these things happen, one after the other."""

    async def run() -> None:
        one, _ = here()
        saying = asyncio.create_task(one.say(cast(ApiClient, server)))
        for step in steps:
            await settled()
            if asyncio.iscoroutine(going := step(one)):
                await going
        await settled()
        saying.cancel()
        with suppress(asyncio.CancelledError):
            await saying
        await one.leave()

    async def settled() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run(run())


def connected(one: WhoIsHere) -> None:
    one.line_is(is_connected=True)


def lost(one: WhoIsHere) -> None:
    one.line_is(is_connected=False)


def test_it_is_said_whenever_a_server_is_heard_anew_and_not_before() -> None:
    server = Server()
    during(server)
    assert not server.said

    during(server, connected, connected, lost, connected)

    assert server.said == [PresenceWord(console="desk")] * 2


def test_a_server_that_asks_to_be_left_alone_is_told_once_it_is_heard_anew() -> None:
    server = Server()
    server.is_down = True

    during(server, connected, lost, connected)

    assert len(server.said) == 2


def test_who_leaves_says_so_to_a_server_that_is_heard() -> None:
    server = Server()
    during(server, connected, lambda one: one.leave())
    assert server.said[-1] == PresenceWord(console="desk", gone=True)

    server.said.clear()
    server.is_down = True
    during(server, connected, lambda one: one.leave(), lost, lambda one: one.leave())
    assert [one.gone for one in server.said] == [False, True]
