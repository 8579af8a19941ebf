"""A console talks to the site its profile belongs to, and says nothing to any other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import pytest

from app.events.event import ORGANISATION_LOG
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.protocol.bodies import (
    EPOCH_HEADER,
    HEAD_HEADER,
    SITE_CHECKPOINT_HEADER,
    SITE_HEADER,
    ServerTime,
    WhoAmI,
)
from app.protocol.problems import ProblemCode, problem
from app.sync.own_site import OtherSite, OwnSite, OwnSiteClient
from app.sync.site_mark import keep_site, site_of
from app.sync.unavailable import ServerUnavailable
from tests.log.profiles import page
from tests.log.writing import LOG, NOON

FIRST, SECOND = "Zmlyc3Q=", "c2Vjb25k"
EPOCH, LATER = "a" * 32, "b" * 32
ME, ORGANISATION = "/v1/me", f"/v1/logs/{ORGANISATION_LOG}/events"
PAGE = f"/v1/logs/{LOG}/events"


@dataclass
class Server:
    """Whoever listens at one address: which site that is changes; `asked` are the paths."""

    key: str = FIRST
    epoch: str = EPOCH
    is_away: bool = False
    requests: list[httpx.Request] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [request.url.path for request in self.requests]

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("nobody listens")
        self.requests.append(request)
        path = request.url.path
        if path == ME:
            who = WhoAmI(actor="person:maria", site="acme.example", site_key=self.key)
            return httpx.Response(200, content=msgspec.json.encode(who))
        if path == "/v1/time":
            return httpx.Response(200, content=msgspec.json.encode(ServerTime(now=1)))
        if path == ORGANISATION and not self.epoch:
            why = problem(ProblemCode.UNKNOWN_LOG)
            return httpx.Response(why.status, content=why.encoded())
        headers = {HEAD_HEADER: "0", EPOCH_HEADER: self.epoch}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(b""))


class Gossip:
    """Says what was seen of the first site's record."""

    def word(self) -> str:
        return "what was seen"

    def hear(self, word: str) -> None:
        """Nobody compares here."""


class Told(list[str]):
    """Which sites were heard."""

    def own_site(self) -> None:
        self.append("own")

    def other_site(self) -> None:
        self.append("other")


@dataclass
class Desk:
    """A profile, and the client it talks with."""

    local: LocalLog
    server: Server
    told: Told
    client: OwnSiteClient

    def read(self) -> None:
        asyncio.run(self.client.page(LOG, after=0, limit=10))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A profile that met no site yet."""
    server, told = Server(), Told()
    with open_profile(tmp_path / "profile.db", bytes(32), clock=lambda: NOON).log as local:
        client = OwnSiteClient(
            "http://127.0.0.1:1",
            "token",
            site=OwnSite(local, told),
            gossip=Gossip(),
            transport=httpx.MockTransport(server.answer),
        )
        yield Desk(local, server, told, client)
        asyncio.run(client.close())


def test_a_profile_of_no_site_takes_the_first_one_it_meets_and_no_other(desk: Desk) -> None:
    desk.read()
    assert site_of(desk.local).key == FIRST

    desk.server.is_away = True
    with pytest.raises(ServerUnavailable):
        desk.read()
    desk.server.is_away, desk.server.key, desk.server.epoch = False, SECOND, LATER
    with pytest.raises(OtherSite):
        desk.read()

    assert site_of(desk.local).key == FIRST
    assert desk.told == ["own", "other"]


def test_another_site_is_asked_who_it_is_and_told_nothing(desk: Desk) -> None:
    keep_site(desk.local, FIRST)
    desk.local.confirm(page(ORGANISATION_LOG, (), epoch=EPOCH))
    desk.server.key, desk.server.epoch = SECOND, LATER

    for _ in range(2):
        with pytest.raises(OtherSite) as refused:
            desk.read()
        with pytest.raises(OtherSite):
            asyncio.run(desk.client.server_time())
        with pytest.raises(OtherSite):
            asyncio.run(desk.client.register_console("console", "key"))
        with pytest.raises(OtherSite):
            asyncio.run(anext(desk.client.stream(LOG, after=0)))

    assert set(desk.server.asked) == {ME, ORGANISATION}
    headers = {name for request in desk.server.requests for name in request.headers}
    assert headers.isdisjoint((SITE_HEADER.lower(), SITE_CHECKPOINT_HEADER.lower()))
    assert "waits for its own site" in refused.value.advice
    assert desk.told == ["other"]


def test_its_own_site_is_told_what_is_meant_for_it_and_asked_once(desk: Desk) -> None:
    keep_site(desk.local, FIRST)

    desk.read()
    desk.read()

    assert desk.server.asked == [ME, PAGE, PAGE]
    assert desk.server.requests[-1].headers[SITE_HEADER] == FIRST
    assert desk.server.requests[-1].headers[SITE_CHECKPOINT_HEADER] == "what was seen"


def test_who_answers_is_asked_again_after_a_call_that_failed(desk: Desk) -> None:
    desk.read()
    desk.server.is_away = True
    with pytest.raises(ServerUnavailable):
        desk.read()
    desk.server.is_away = False
    desk.read()

    assert desk.server.asked == [ME, PAGE, ME, PAGE]


def test_who_answers_is_asked_again_after_a_stream_that_ended(desk: Desk) -> None:
    async def listen() -> None:
        async for _ in desk.client.stream(LOG, after=0):
            pass

    asyncio.run(listen())
    desk.read()

    assert desk.server.asked == [ME, f"/v1/logs/{LOG}/stream", ME, PAGE]


def test_a_site_that_was_restored_keeps_its_key_and_its_profiles(desk: Desk) -> None:
    keep_site(desk.local, FIRST)
    desk.local.confirm(page(ORGANISATION_LOG, (), epoch=EPOCH))
    desk.server.epoch = LATER

    desk.read()

    assert desk.told == ["own"]


def test_a_site_whose_key_was_replaced_is_known_by_its_record(desk: Desk) -> None:
    # given the same epoch under another key: the watch of the record says what is to be said
    keep_site(desk.local, FIRST)
    desk.local.confirm(page(ORGANISATION_LOG, (), epoch=EPOCH))
    desk.server.key = SECOND
    desk.read()
    assert desk.told == ["own"]

    # then it is known by the new key once it is restored
    desk.server.epoch = LATER
    asyncio.run(desk.client.who_am_i())
    assert site_of(desk.local).key == SECOND


def test_a_site_that_has_recorded_nothing_is_told_from_the_own_one(desk: Desk) -> None:
    keep_site(desk.local, FIRST)
    desk.server.key, desk.server.epoch = SECOND, ""

    with pytest.raises(OtherSite):
        desk.read()
