"""Tokens and consoles are listed and revoked over HTTP, and what they held open ends."""

from __future__ import annotations

import httpx
import pytest

from app.log.credentials import Credentials, Principal
from app.protocol.problems import Refused
from app.protocol.stream import SIGNED_OUT, read_bye
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.server.running import RunningServer, listening_to, problem_in, running_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(on_each_database: Settings) -> Settings:
    """A server of maria's own, on each database."""
    return on_each_database


async def token_ids(client: httpx.AsyncClient) -> dict[str, str]:
    """The ids of the valid tokens a reader sees, by actor."""
    listed = (await client.get("/v1/tokens")).json()["tokens"]
    return {one["actor"]: one["id"] for one in listed if one["revoked_at"] is None}


async def test_a_revoked_token_is_refused_at_once(server: RunningServer, maria: Writer):
    async with server.client(await server.token_for("person:omar")) as omar:
        assert (await omar.get("/v1/me")).status_code == 200
        ids = await token_ids(server.owner)

        revoked = await server.owner.delete(f"/v1/tokens/{ids['person:omar']}")

        answer = await omar.get("/v1/me")
    assert revoked.status_code == 204
    assert answer.status_code == 401
    assert "person:omar" not in await token_ids(server.owner)


async def test_a_token_that_is_revoked_while_it_is_looked_up_is_refused(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
):
    site = server.site
    token = await server.token_for("person:omar")
    find = Credentials.principal_of

    def find_and_revoke(credentials: Credentials, digest: str) -> Principal | None:
        found = find(credentials, digest)
        site.access.forget(digest)
        return found

    monkeypatch.setattr(Credentials, "principal_of", find_and_revoke)
    for _ in range(2):
        with pytest.raises(Refused):
            await site.access.principal(f"Bearer {token}")


async def test_streams_of_a_revoked_token_end_with_the_reason(
    server: RunningServer, maria: Writer
):
    await server.push(maria.note())
    async with server.client(await server.token_for("person:omar")) as omar:
        ids = await token_ids(server.owner)
        for path in (f"/v1/logs/{LOG}/stream", "/v1/stream"):
            token = await server.token_for("person:eve")
            async with (
                server.client(token) as eve,
                listening_to(eve, path) as hers,
                listening_to(omar, path) as his,
            ):
                await hers.frames(1)
                await his.frames(1)
                ids = await token_ids(server.owner)

                await server.owner.delete(f"/v1/tokens/{ids['person:eve']}")

                frames = await hers.frames(5)
                await server.push(maria.note())
                assert (await his.frames(1))[0].kind in ("event", "head", "checkpoint")
            assert frames[-1].kind == "bye"
            assert read_bye(frames[-1]).reason == SIGNED_OUT


async def test_another_server_of_the_same_database_hears_of_it(settings: Settings):
    async with running_server(settings) as one:
        token = await one.token_for("person:omar")
        principal = await one.site.access.principal(f"Bearer {token}")
        assert not await one.site.access.is_revoked(principal)

        one.site.credentials.revoke(principal.token, now=1)  # as the other one would

        one.site.access._look_at = 0.0
        assert await one.site.access.is_revoked(principal)
        async with one.client(token) as omar:
            assert (await omar.get("/v1/me")).status_code == 401


async def test_people_see_and_revoke_their_own_tokens_only(server: RunningServer):
    eves = await server.token_for("person:eve")
    async with (
        server.client(await server.token_for("person:omar")) as omar,
        server.client(eves) as eve,
    ):
        owned = await token_ids(server.owner)
        theirs = await token_ids(omar)
        others = await omar.delete(f"/v1/tokens/{owned['person:eve']}")
        short = await omar.delete(f"/v1/tokens/{theirs['person:omar'][:3]}")
        own = await omar.delete(f"/v1/tokens/{theirs['person:omar']}")

        assert list(theirs) == ["person:omar"]
        assert (others.status_code, short.status_code, own.status_code) == (404, 404, 204)
        assert (await eve.get("/v1/me")).status_code == 200
        assert (await omar.get("/v1/me")).status_code == 401


async def test_the_owner_is_not_locked_out(server: RunningServer):
    ids = await token_ids(server.owner)

    answer = await server.owner.delete(f"/v1/tokens/{ids['person:maria']}")

    assert answer.status_code == 403
    assert "last token" in problem_in(answer).detail
    assert (await server.owner.get("/v1/me")).status_code == 200


async def test_what_a_revoked_console_signs_is_kept_and_takes_no_effect(
    server: RunningServer, maria: Writer
):
    before = await server.push(maria.note())
    console = maria.key.console_id

    revoked = await server.owner.delete(f"/v1/consoles/{console}", params={"reason": "stolen"})

    after = await server.push(maria.note())
    listed = (await server.owner.get("/v1/consoles")).json()["consoles"]
    assert revoked.status_code == 204
    assert before.results[0].standing == "accepted"
    assert (after.results[0].standing, after.results[0].why) == ("quarantined", "revoked-console")
    assert {"console": console, "actor": "person:maria", "is_revoked": True} in listed
    assert b"stolen" in (await server.lines("organisation"))[-1]


async def test_consoles_are_revoked_by_those_they_belong_to(server: RunningServer, maria: Writer):
    server_key = server.site.keys.console.console_id
    async with server.client(await server.token_for("person:omar")) as omar:
        assert (await omar.get("/v1/consoles")).json() == {"consoles": []}
        assert (await omar.delete(f"/v1/consoles/{maria.key.console_id}")).status_code == 404
    assert (await server.owner.delete(f"/v1/consoles/{server_key}")).status_code == 403
    assert (await server.owner.delete("/v1/consoles/nobody")).status_code == 404
