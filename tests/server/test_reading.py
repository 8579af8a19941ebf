"""Reading pages and following streams."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from app.incident.kinds.situation import (
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.protocol.problems import ProblemCode
from app.protocol.stream import StreamParser, read_bye
from app.server.settings import Limits, Settings
from tests.log.writing import LOG, OTHER_LOG, Writer
from tests.patience import PATIENCE
from tests.server.running import RunningServer, listening_to, problem_in, running_server

pytestmark = pytest.mark.anyio
EVENTS = f"/v1/logs/{LOG}/events"
STREAM = f"/v1/logs/{LOG}/stream"


async def test_a_page_says_where_to_read_on_and_how_far_the_log_goes(
    server: RunningServer, maria: Writer
):
    epoch = (await server.push(*maria.notes(5))).epoch

    page = await server.owner.get(EVENTS, params={"after": 1, "limit": 2})

    assert page.headers["watchfloor-next"] == "3"
    assert page.headers["watchfloor-head"] == "5"
    assert page.headers["watchfloor-epoch"] == epoch
    assert page.headers["content-type"].startswith("application/x-ndjson")
    assert len(page.content.splitlines()) == 2


async def test_only_full_pages_that_can_never_change_may_be_kept(
    server: RunningServer, maria: Writer
):
    await server.push(*maria.notes(499))
    await server.push(*maria.notes(499))
    await server.push(*maria.notes(10))

    full = await server.owner.get(EVENTS, params={"limit": 1000})
    rest = await server.owner.get(EVENTS, params={"after": 1000, "limit": 1000})

    assert "immutable" in full.headers["cache-control"]
    assert full.headers["etag"]
    assert rest.headers["cache-control"] == "no-store"


async def test_a_page_that_waits_ends_with_the_news(server: RunningServer, maria: Writer):
    await server.push(maria.note())
    before = server.site.feed.listener_count

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(server.owner.get(EVENTS, params={"after": 1, "wait": 30}))
        while server.site.feed.listener_count == before:
            await asyncio.sleep(0)
        news = maria.note("news")
        await server.push(news)

    assert news.body in waiting.result().content


async def test_a_page_that_waits_in_vain_is_empty(server: RunningServer, maria: Writer):
    await server.push(maria.note())

    page = await server.owner.get(EVENTS, params={"after": 1, "wait": 0.01})

    assert page.status_code == 200
    assert page.content == b""


@pytest.mark.parametrize("path", [EVENTS, STREAM])
async def test_a_log_that_is_not_there_is_answered_404(server: RunningServer, path: str):
    answer = await server.owner.get(path)

    assert answer.status_code == 404
    assert problem_in(answer).code is ProblemCode.UNKNOWN_LOG


@pytest.mark.parametrize("path", [EVENTS, STREAM])
async def test_a_cursor_beyond_the_head_is_answered_409_with_the_head(
    server: RunningServer, maria: Writer, path: str
):
    epoch = (await server.push(maria.note())).epoch

    answer = await server.owner.get(path, params={"after": 7})

    assert answer.status_code == 409
    problem = problem_in(answer)
    assert (problem.code, problem.head, problem.epoch) == (ProblemCode.CURSOR_AHEAD, 1, epoch)


@pytest.mark.parametrize("path", [EVENTS, STREAM])
async def test_another_epoch_is_answered_409_with_the_epoch(
    server: RunningServer, maria: Writer, path: str
):
    epoch = (await server.push(maria.note())).epoch

    answer = await server.owner.get(path, params={"epoch": "e" * 32})

    assert answer.status_code == 409
    assert problem_in(answer).code is ProblemCode.EPOCH_CHANGED
    assert problem_in(answer).epoch == epoch


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=5001", "wait=31", "wait=nan"]
)
async def test_a_query_out_of_range_is_answered_400(
    server: RunningServer, maria: Writer, query: str
):
    await server.push(maria.note())

    answer = await server.owner.get(f"{EVENTS}?{query}")

    assert answer.status_code == 400
    assert problem_in(answer).code is ProblemCode.MALFORMED_REQUEST


async def test_a_stream_begins_with_what_was_missed_and_goes_on_live(
    server: RunningServer, maria: Writer
):
    await server.push(*maria.notes(5))

    async with listening_to(server.owner, STREAM, {"Last-Event-ID": "2"}) as listener:
        missed = await listener.lines(3)
        live = maria.notes(2)
        await server.push(*live)
        news = await listener.lines(2)

    lines = await server.lines()
    assert missed == lines[2:5]
    assert news == lines[5:]


async def test_the_id_of_a_frame_is_the_position_of_its_last_record(
    server: RunningServer, maria: Writer
):
    await server.push(*maria.notes(5))

    async with listening_to(server.owner, STREAM) as listener:
        (frame,) = await listener.frames(1)

    assert frame.kind == "event"
    assert frame.id == "5"
    assert len(frame.lines) == 5


async def test_every_listener_gets_every_record_once_and_in_order_while_many_write(
    server: RunningServer, maria: Writer
):
    await server.push(maria.note())
    notes = maria.notes(60)

    async def follow(after: int) -> list[bytes]:
        async with listening_to(server.owner, f"{STREAM}?after={after}") as listener:
            return await listener.lines(61 - after)

    async with asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(follow(number % 2)) for number in range(8)]
        for start in range(0, 60, 4):
            tasks.create_task(server.push(*notes[start : start + 4]))

    lines = await server.lines()
    assert len(lines) == 61
    for number, task in enumerate(following):
        assert task.result() == lines[number % 2 :]


async def test_a_bad_last_event_id_is_answered_400(server: RunningServer, maria: Writer):
    await server.push(maria.note())

    for bad in ("x", "-1", "1" * 20, "²"):
        answer = await server.owner.get(STREAM, headers={b"Last-Event-ID": bad.encode()})
        assert answer.status_code == 400, bad


async def test_a_listener_who_hangs_up_is_forgotten(server: RunningServer, maria: Writer):
    await server.push(maria.note())

    before = server.site.feed.listener_count

    async with listening_to(server.owner, STREAM) as listener:
        await listener.lines(1)
        assert server.site.feed.listener_count == before + 1

    async with asyncio.timeout(PATIENCE):
        while server.site.feed.listener_count > before:
            await asyncio.sleep(0)


async def test_a_silent_stream_carries_a_heartbeat(settings: Settings):
    quick = replace(settings, limits=Limits(heartbeat_seconds=0.02))
    path = "/v1/logs/organisation/stream?after=1"
    beats = b""
    async with running_server(quick) as server, server.owner.stream("GET", path) as answer:
        async for chunk in answer.aiter_raw():
            beats += chunk
            if beats.count(b":\n\n") >= 3:
                break

    assert {frame.kind for frame in StreamParser().feed(beats)} <= {"checkpoint"}


async def test_streams_hear_goodbye_when_the_server_stops(settings: Settings):
    path = "/v1/logs/organisation/stream?after=1"
    async with running_server(settings) as server, listening_to(server.owner, path) as listener:
        server.server.stop()
        frames = await listener.frames(10)
        frame = frames[-1]
        ended = await listener.frames(1)

    assert frame.kind == "bye"
    assert read_bye(frame).retry_ms > 0
    assert ended == []


async def test_incidents_are_listed_with_what_was_said_last(server: RunningServer, maria: Writer):
    declared = IncidentDeclared(number="INC-7", title="checkout fails", severity=2)
    await server.push(maria.write(declared))
    await server.push(
        maria.write(PhaseChanged(phase=Phase.MITIGATING)),
        maria.write(SeverityChanged(severity=1)),
        maria.write(TitleChanged(title="checkout fails in the EU")),
    )
    other = IncidentDeclared(number="INC-8", title="search", severity=3)
    await server.push(maria.write(other, OTHER_LOG), log=OTHER_LOG)

    listed = (await server.owner.get("/v1/incidents")).json()

    first, second = listed["incidents"]
    assert first["number"] == "INC-8"
    assert second["title"] == "checkout fails in the EU"
    assert (second["severity"], second["phase"]) == (1, "mitigating")
    assert second["head"]["position"] == 4
    assert listed["organisation"]["log"] == "organisation"


async def test_the_list_is_the_same_after_a_restart(settings: Settings):
    maria = Writer()
    async with running_server(settings) as server:
        await server.register(maria)
        declared = IncidentDeclared(number="INC-7", title="checkout fails", severity=2)
        await server.push(maria.write(declared), maria.note())
        before = (await server.owner.get("/v1/incidents")).json()

    async with running_server(settings) as server:
        assert (await server.owner.get("/v1/incidents")).json() == before


async def test_the_stream_of_heads_tells_of_every_log(server: RunningServer, maria: Writer):
    async with listening_to(server.owner, "/v1/stream") as listener:
        (now,) = await listener.frames(1)
        await server.push(maria.note())
        (grown,) = await listener.frames(1)

    assert json.loads(now.lines[0])["log"] == "organisation"
    assert json.loads(grown.lines[0]) | {"received_at": 0, "epoch": ""} == {
        "log": LOG,
        "position": 1,
        "received_at": 0,
        "epoch": "",
    }


async def test_presence_reaches_the_others_and_is_not_recorded(
    server: RunningServer, maria: Writer
):
    await server.push(maria.note())
    before = server.site.feed.listener_count

    async with listening_to(server.owner, f"{STREAM}?after=1") as listener:
        while server.site.feed.listener_count == before:
            await asyncio.sleep(0)
        said = b'{"typing":true,\n"actor":"person:eve"}'
        told = await server.owner.post(f"/v1/logs/{LOG}/presence", content=said)
        frames = [(await listener.frames(1))[0]]
        while frames[-1].kind != "presence":
            frames += await listener.frames(1)

    assert told.status_code == 204
    assert json.loads(frames[-1].lines[0]) == {"typing": True, "actor": "person:maria"}
    assert len(await server.lines()) == 1


async def test_presence_has_a_size_and_a_pace(settings: Settings):
    slow = replace(settings, limits=Limits(presence_seconds=1_000.0))
    maria, path = Writer(), f"/v1/logs/{LOG}/presence"
    async with running_server(slow) as server:
        await server.register(maria)
        await server.push(maria.note())

        large = await server.owner.post(path, content=b'{"a":"' + b"x" * 3_000 + b'"}')
        said = [await server.owner.post(path, content=b"{}") for _ in range(10)]

    assert large.status_code == 413
    assert 429 in {answer.status_code for answer in said}
    assert all("retry-after" in answer.headers for answer in said if answer.status_code == 429)


async def test_the_server_tells_its_time_in_microseconds(server: RunningServer):
    before = server.site.now()
    told = (await server.owner.get("/v1/time")).json()

    assert before <= told["now"] <= server.site.now()
