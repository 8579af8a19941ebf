"""Requests may come as gzip, and unpack to no more than a plain one may have."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.bodies import MAX_REQUEST_BYTES
from app.protocol.problems import ProblemCode, Refused
from app.server.api.unpacking import Gzipped
from app.sync.api_client import PACKED_FROM_BYTES, ApiClient
from app.sync.exchange import Outgoing
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content
from tests.server.running import RunningServer, problem_in

pytestmark = pytest.mark.anyio
EVENTS = f"/v1/logs/{LOG}/events"
GZIP = {"Content-Encoding": "gzip"}
PACKED = gzip.compress(b"{}")


async def test_events_may_come_packed(server: RunningServer, maria: Writer):
    content = gzip.compress(push_content(*maria.notes(40)))

    answer = await server.owner.post(EVENTS, content=content, headers=GZIP)

    assert answer.status_code == 200, answer.text
    assert len(await server.lines()) == 40


async def test_deliveries_may_come_packed(server: RunningServer):
    asked = {"source": "prod", "format": "alertmanager"}
    token = (await server.owner.post("/v1/sources", json=asked)).json()["token"]
    headers = {**GZIP, "Authorization": f"Bearer {token}"}
    delivery = gzip.compress(b'{"version":"4","groupKey":"g","status":"firing","alerts":[]}')

    answer = await server.owner.post(
        "/v1/intake/alertmanager/prod", content=delivery, headers=headers
    )

    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("path", [EVENTS, "/v1/tokens"])
async def test_a_bomb_is_refused_and_the_server_goes_on(
    server: RunningServer, maria: Writer, path: str
):
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    assert len(bomb) < MAX_REQUEST_BYTES

    answer = await server.owner.post(path, content=bomb, headers=GZIP)

    assert answer.status_code == 413
    told = problem_in(answer)
    assert told.code is ProblemCode.TOO_LARGE
    assert "unpack" in told.detail
    assert (await server.push(maria.note())).head == 1


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"{}", "gzip"),
        (PACKED[:-3], "gzip"),
        (PACKED + b"more", "gzip"),
        (PACKED * 2, "gzip"),
        (zlib.compress(b"{}"), "gzip"),
        (b"", "gzip"),
        (b"{}", "br"),
        (gzip.compress(PACKED), "gzip, gzip"),
    ],
    ids=["plain", "cut", "more after it", "twice", "zlib", "empty", "other", "packed twice"],
)
async def test_what_is_no_gzip_is_refused_with_the_reason(
    server: RunningServer, maria: Writer, content: bytes, encoding: str
):
    headers = {"Content-Encoding": encoding}

    answer = await server.owner.post(EVENTS, content=content, headers=headers)

    assert answer.status_code == 400
    assert problem_in(answer).field == "Content-Encoding"


async def test_a_console_packs_what_is_worth_packing(server: RunningServer, maria: Writer):
    token = server.owner.headers["authorization"].removeprefix("Bearer ")
    rows = [
        Outgoing(event_id=one.event.id, n=one.event.n, body=one.body, sig=one.sig)
        for one in maria.notes(100)
    ]
    assert sum(len(row.body) for row in rows) > PACKED_FROM_BYTES

    async with ApiClient(server.url, token) as api:
        response = await api.push(LOG, "", rows)

    assert [result.position for result in response.results] == list(range(1, 101))


def test_a_bomb_takes_no_more_memory_than_what_is_allowed():
    bomb = gzip.compress(bytes(256 * 1024 * 1024))
    tracemalloc.start()
    taken = Gzipped(100_000)

    for start in range(0, len(bomb), 1_000):
        taken.feed(bomb[start : start + 1_000])

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken.is_too_large
    assert peak < 1_000_000


@given(content=st.binary(max_size=300), cut=st.integers(1, 40), limit=st.integers(1, 300))
def test_a_packed_body_is_itself_or_too_large_however_it_is_cut(
    content: bytes, cut: int, limit: int
):
    packed = gzip.compress(content)
    taken = Gzipped(limit)

    for start in range(0, len(packed), cut):
        taken.feed(packed[start : start + cut])

    if len(content) <= limit:
        assert taken.content() == content
    else:
        with pytest.raises(Refused) as refusal:
            taken.content()
        assert refusal.value.problem.code is ProblemCode.TOO_LARGE
