"""Only registered senders deliver, each with its own token, and a full server says wait."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.events.event import ORGANISATION_LOG
from app.log import schema
from app.protocol.problems import ProblemCode
from app.server.settings import Limits, Settings
from tests.log.writing import Writer
from tests.server.intake.scene import Scene
from tests.server.intake.webhooks import alert, webhook
from tests.server.running import problem_in, running_server

pytestmark = pytest.mark.anyio

FIRING = webhook(alert())


async def test_the_token_is_shown_once_and_only_its_hash_is_recorded(quiet: Scene):
    token = await quiet.register("other")

    log = b"".join(await quiet.server.lines(ORGANISATION_LOG))
    assert token.encode() not in log
    assert log.count(b"token_sha256") == 2
    listed = (await quiet.server.owner.get("/v1/sources")).json()
    assert [one["source"] for one in listed["sources"]] == ["monitor", "other"]
    assert token not in str(listed)


async def test_without_its_own_token_nothing_is_taken(scene: Scene):
    mine = scene.token
    theirs = await scene.register("other")

    for source, token in [("monitor", "wrong"), ("monitor", theirs), ("nobody", mine)]:
        answer = await scene.post(FIRING, source, token=token)

        assert answer.status_code == 401
        assert problem_in(answer).code is ProblemCode.UNAUTHENTICATED
    assert await scene.kinds() == []


async def test_a_token_may_be_sent_as_the_password_of_basic(scene: Scene):
    async with scene.server.client(None) as sender:
        answer = await sender.post(
            "/v1/intake/alertmanager/monitor", content=FIRING, auth=("any", scene.token)
        )

    assert answer.status_code == 202


async def test_a_persons_token_is_no_sources_token(scene: Scene):
    answer = await scene.server.owner.post("/v1/intake/alertmanager/monitor", content=FIRING)

    assert answer.status_code == 401


async def test_a_revoked_source_delivers_no_more(scene: Scene):
    await scene.send(FIRING)

    answer = await scene.server.owner.delete("/v1/sources/monitor")

    assert answer.status_code == 204
    assert (await scene.post(FIRING)).status_code == 401
    assert (await scene.server.owner.delete("/v1/sources/monitor")).status_code == 404


async def test_registering_a_name_again_ends_its_old_token(scene: Scene):
    old = scene.token

    await scene.register()

    assert (await scene.post(FIRING, token=old)).status_code == 401
    assert (await scene.post(FIRING)).status_code == 202


async def test_only_the_owner_registers_and_revokes(scene: Scene):
    token = await scene.server.token_for("person:tom")

    async with scene.server.client(token) as tom:
        asked = {"source": "mine", "format": "alertmanager"}
        assert (await tom.post("/v1/sources", json=asked)).status_code == 403
        assert (await tom.delete("/v1/sources/monitor")).status_code == 403


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"source": "Über uns", "format": "alertmanager"}, "source"),
        ({"source": "", "format": "alertmanager"}, "source"),
        ({"source": "x", "format": "smoke-signals"}, "format"),
        ({"source": "x", "format": "alertmanager", "severities": {"p": "dire"}}, "severities"),
    ],
)
async def test_a_registration_without_sense_names_the_field(
    quiet: Scene, asked: dict[str, object], field: str
):
    answer = await quiet.server.owner.post("/v1/sources", json=asked)

    assert answer.status_code in (400, 404)
    assert problem_in(answer).field == field


async def test_a_source_delivers_in_its_own_format_only(scene: Scene):
    answer = await scene.post(FIRING, form="change")

    assert problem_in(answer).code is ProblemCode.UNKNOWN_FORMAT


async def test_what_cannot_be_read_is_answered_in_words_and_kept(scene: Scene):
    answer = await scene.post(b'{"text": "a payload of my own"}')

    problem = problem_in(answer)
    assert answer.status_code == 400
    assert "custom `payload`" in problem.detail
    assert "kept as delivery" in problem.detail
    assert await scene.kinds() == []
    await scene.send(FIRING)


async def test_a_body_of_two_mebibytes_is_too_large(scene: Scene):
    answer = await scene.post(webhook(alert(annotations={"summary": "x" * 2 * 1024 * 1024})))

    assert answer.status_code == 413
    assert problem_in(answer).code is ProblemCode.TOO_LARGE


async def test_a_delivery_is_kept_byte_for_byte(scene: Scene):
    odd = FIRING + b"  \n"

    await scene.send(odd)

    with scene.server.site.log.database.readers.connect() as connection:
        (row,) = connection.execute(select(schema.delivery)).all()
    assert bytes(row.content) == odd
    assert (row.source, row.format) == ("monitor", "alertmanager")
    assert row.settled_at is not None


async def test_under_pressure_senders_are_told_to_come_back(settings: Settings):
    gate = threading.Event()
    few = replace(settings, limits=Limits(deliveries=3))
    async with running_server(few) as server:
        scene = Scene(server, Writer())
        await scene.register()
        server.site.intake._thread.submit(gate.wait)
        try:
            answers = [await scene.post(FIRING) for _ in range(5)]
        finally:
            gate.set()

        assert [one.status_code for one in answers] == [202, 202, 202, 503, 503]
        assert problem_in(answers[-1]).code is ProblemCode.OVERLOADED
        assert int(answers[-1].headers["retry-after"]) >= 1
        await server.site.intake.settled()
        assert (await scene.post(FIRING)).status_code == 202
