"""Nobody reads or writes without a token, and tokens are kept as hashes only."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from app.protocol.problems import ProblemCode
from app.server.settings import Settings
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content, registration
from tests.server.running import RunningServer, problem_in, running_server

pytestmark = pytest.mark.anyio

CLOSED = [
    ("GET", f"/v1/logs/{LOG}/events"),
    ("POST", f"/v1/logs/{LOG}/events"),
    ("GET", f"/v1/logs/{LOG}/stream"),
    ("POST", f"/v1/logs/{LOG}/presence"),
    ("GET", "/v1/incidents"),
    ("GET", "/v1/stream"),
    ("GET", "/v1/time"),
    ("GET", "/v1/me"),
    ("POST", "/v1/tokens"),
    ("POST", "/v1/consoles"),
    ("POST", "/v1/intake/alertmanager/nobody"),
    ("GET", "/metrics"),
    ("GET", "/v1/schema/openapi.json"),
]


@pytest.mark.parametrize("token", [None, "wrong"], ids=["none", "wrong"])
async def test_without_a_valid_token_nothing_is_told_or_taken(
    server: RunningServer, token: str | None
):
    async with server.client(token) as stranger:
        for method, path in CLOSED:
            content = b"{}" if method == "POST" else None
            answer = await stranger.request(method, path, content=content)

            assert answer.status_code == 401, path
            assert problem_in(answer).code is ProblemCode.UNAUTHENTICATED
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_probes_need_no_token(server: RunningServer):
    async with server.client(None) as probe:
        assert (await probe.get("/health/live")).status_code == 200
        assert (await probe.get("/health/ready")).status_code == 200


async def test_every_route_is_closed_unless_it_says_otherwise(server: RunningServer):
    schema = (await server.owner.get("/v1/schema/openapi.json")).json()

    async with server.client(None) as stranger:
        for path, methods in schema["paths"].items():
            if path.startswith("/health/"):
                continue
            for method in methods:
                answer = await stranger.request(method.upper(), path.replace("{log}", LOG))
                assert answer.status_code == 401, (method, path)


async def test_the_local_users_token_is_in_a_file_only_they_can_read(
    server: RunningServer, settings: Settings
):
    assert settings.token_file is not None

    mode = stat.S_IMODE(settings.token_file.stat().st_mode)

    assert mode == 0o600
    who = (await server.owner.get("/v1/me")).json()
    assert who["actor"] == "person:maria"


async def test_no_token_is_kept_in_the_database(server: RunningServer, settings: Settings):
    issued = await server.token_for("person:omar")

    folder = Path(settings.database).parent
    stored = b"".join(
        path.read_bytes() for path in sorted(folder.iterdir()) if path.name.startswith("server.db")
    )

    assert issued.encode() not in stored


async def test_the_token_is_the_same_after_a_restart(settings: Settings):
    async with running_server(settings) as first:
        token = first.owner.headers["authorization"]

    async with running_server(settings) as second:
        assert second.owner.headers["authorization"] == token
        assert (await second.owner.get("/v1/me")).status_code == 200


async def test_only_the_owner_issues_tokens(server: RunningServer):
    async with server.client(await server.token_for("person:omar")) as omar:
        answer = await omar.post("/v1/tokens", json={"actor": "person:eve"})

    assert answer.status_code == 403
    assert problem_in(answer).code is ProblemCode.FORBIDDEN


@pytest.mark.parametrize(
    "actor", ["", "maria", "person:", "automation:server", "person:" + "x" * 200]
)
async def test_a_token_is_for_a_person_or_an_integration(server: RunningServer, actor: str):
    answer = await server.owner.post("/v1/tokens", json={"actor": actor})

    assert answer.status_code == 400
    assert problem_in(answer).field == "actor"


async def test_a_token_may_come_as_the_password_of_basic(server: RunningServer):
    token = await server.token_for("person:omar")
    basic = base64.b64encode(f"omar:{token}".encode()).decode()

    async with server.client(None) as client:
        answer = await client.get("/v1/me", headers={"Authorization": f"Basic {basic}"})

    assert answer.json()["actor"] == "person:omar"


async def test_a_console_registers_once_and_for_one_person(server: RunningServer, maria: Writer):
    again = await server.owner.post("/v1/consoles", content=registration(maria.key))
    async with server.client(await server.token_for("person:omar")) as omar:
        stolen = await omar.post("/v1/consoles", content=registration(maria.key))

    assert again.status_code == 200
    assert stolen.status_code == 403


async def test_a_console_id_must_belong_to_its_key(server: RunningServer, maria: Writer):
    content = registration(maria.key).replace(maria.key.console_id.encode(), b"A" * 22)

    answer = await server.owner.post("/v1/consoles", content=content)

    assert answer.status_code == 400
    assert problem_in(answer).field == "console"


async def test_a_push_without_a_token_leaves_no_trace(server: RunningServer, maria: Writer):
    async with server.client(None) as stranger:
        await stranger.post(f"/v1/logs/{LOG}/events", content=push_content(maria.note()))

    assert server.site.directory.head(LOG) is None
