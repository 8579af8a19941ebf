"""A push with the head of the one before is read by comparing, and means what it would parsed."""

from __future__ import annotations

import asyncio

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.log.credentials import token_digest
from app.server.known_head import KnownHead
from tests.log.writing import LOG, Writer
from tests.server.pushing import push_content
from tests.server.raw_http import RawConnection, push_request
from tests.server.running import RunningServer
from tests.server.test_short_way import address_of, request_of

TEXT = st.text("abcABC019 -_.:;=/", max_size=12)
NAMES = st.text("abcABC-", min_size=1, max_size=12)
HEADERS = st.lists(st.tuples(NAMES, TEXT), max_size=4)
LENGTH_NAMES = st.sampled_from(["Content-Length", "content-length", "CONTENT-LENGTH"])


class Parsed:
    """What the parser of the server makes of one request."""

    def __init__(self, request: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.url = self.body = b""
        self.is_whole = False
        httptools.HttpRequestParser(self).feed_data(request)

    def on_url(self, url: bytes) -> None:
        """The parser calls this."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser calls this."""
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        """The parser calls this."""
        self.body += body

    def on_message_complete(self) -> None:
        """The parser calls this."""
        self.is_whole = True

    @property
    def said(self) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """What the head says but the length."""
        return self.url, [one for one in self.headers if one[0] != b"content-length"]


def request(
    before: list[tuple[str, str]],
    length_name: str,
    after: list[tuple[str, str]],
    body: bytes,
) -> bytes:
    """A POST with its length among other headers."""
    headers = [*before, (length_name, str(len(body))), *after]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"POST /v1/logs/x/events HTTP/1.1\r\n{lines}\r\n".encode() + body


@given(HEADERS, LENGTH_NAMES, HEADERS, st.binary(max_size=30), st.binary(max_size=1_200))
def test_a_head_that_came_before_says_the_same_whatever_the_length_of_its_body(
    before: list[tuple[str, str]],
    length_name: str,
    after: list[tuple[str, str]],
    first: bytes,
    second: bytes,
):
    earlier = request(before, length_name, after, first)
    later = request(before, length_name, after, second)
    head = KnownHead.of(earlier)
    assert head is not None

    parsed = Parsed(later)

    assert head.body_in(later) == second == parsed.body
    assert parsed.is_whole
    assert parsed.said == Parsed(earlier).said


@given(HEADERS, HEADERS, st.binary(max_size=30), st.data())
def test_any_other_byte_in_a_head_makes_it_another_head(
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    body: bytes,
    data: st.DataObject,
):
    whole = request(before, "Content-Length", after, body)
    head = KnownHead.of(whole)
    assert head is not None
    at = data.draw(st.integers(0, whole.index(b"\r\n\r\n") + 3))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))

    assert head.body_in(whole[:at] + bytes([other]) + whole[at + 1 :]) is None


def test_a_request_that_is_not_whole_or_not_alone_is_for_the_parser():
    whole = request([], "Content-Length", [], b"{}")
    head = KnownHead.of(whole)
    assert head is not None

    assert [head.body_in(whole[:cut]) for cut in range(len(whole))] == [None] * len(whole)
    assert head.body_in(whole + whole) is None
    assert head.body_in(whole + b"\r\n") is None


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nContent-Length: 02\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\nX: ",
        b"POST / HTTP/1.1\r\nX-Content-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_a_head_whose_length_is_in_doubt_is_not_remembered(head: bytes):
    assert KnownHead.of(head) is None


@pytest.mark.anyio
async def test_pushes_of_any_length_over_one_connection_are_recorded_in_their_order(
    server: RunningServer, maria: Writer
):
    connection = await RawConnection.open(address_of(server))
    texts = ["x" * length for length in (1, 1, 900, 2, 20_000, 1)]

    for text in texts:
        assert (
            await connection.send(request_of(server, push_content(maria.note(text))))
        ).status == 200

    connection.close()
    assert len(await server.lines()) == len(texts)


async def pushed_over(server: RunningServer, maria: Writer) -> RawConnection:
    """A connection whose second push had the head of its first."""
    connection = await RawConnection.open(address_of(server))
    for _ in range(2):
        assert (
            await connection.send(request_of(server, push_content(maria.note())))
        ).status == 200
    return connection


@pytest.mark.anyio
async def test_a_wrong_token_is_refused_on_a_connection_that_had_the_right_one(
    server: RunningServer, maria: Writer
):
    connection = await pushed_over(server, maria)
    token = server.owner.headers["authorization"].removeprefix("Bearer ")
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")

    refused = await connection.send(
        push_request(address_of(server), wrong, LOG, push_content(maria.note()))
    )

    connection.close()
    assert refused.status == 401
    assert len(await server.lines()) == 2


@pytest.mark.anyio
async def test_a_token_that_is_revoked_between_two_pushes_is_refused(
    server: RunningServer, maria: Writer
):
    connection = await pushed_over(server, maria)
    token = server.owner.headers["authorization"].removeprefix("Bearer ")
    server.site.access.forget(token_digest(token))

    refused = await connection.send(request_of(server, push_content(maria.note())))

    connection.close()
    assert refused.status == 401


@pytest.mark.anyio
async def test_a_request_in_pieces_is_put_together_between_pushes_that_come_whole(
    server: RunningServer, maria: Writer
):
    reader, writer = await asyncio.open_connection(*address_of(server))
    pushes = [request_of(server, push_content(maria.note())) for _ in range(5)]
    pieces = [pushes[0], pushes[1], pushes[2][:40], pushes[2][40:-1], pushes[2][-1:], *pushes[3:]]

    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        if piece.endswith(b"}"):
            assert (await next_answer(reader)).startswith(b"HTTP/1.1 200")

    writer.close()
    await writer.wait_closed()
    assert len(await server.lines()) == len(pushes)


async def next_answer(reader: asyncio.StreamReader) -> bytes:
    """The head of the next answer; its body is read too."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return head
