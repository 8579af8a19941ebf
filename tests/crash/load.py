"""Writers that send until they are answered, and what they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import httpx
import msgspec

from app.protocol.bodies import PushResponse
from tests.log.writing import CODEC, LOG, Writer
from tests.patience import PATIENCE
from tests.server.pushing import push_content
from tests.server.raw_http import RawConnection, push_request

WRITERS = 8
_ANSWER = msgspec.json.Decoder(PushResponse)


@dataclass
class Told:
    """Positions that were acknowledged, by event id; and how many were sent more than once."""

    positions: dict[str, int] = field(default_factory=dict)
    retries: int = 0


async def write_until(
    address: tuple[str, int],
    token: str,
    writer: Writer,
    told: Told,
    strike: Callable[[], None],
    random: Random,
) -> None:
    """Write from `WRITERS` connections; after a while `strike` (a kill), then come to an end.

    At least `WRITERS` notes are acknowledged before that.  What was not answered is returned to
    nobody: `told` has what was.
    """
    enough = len(told.positions) + WRITERS
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        stop = asyncio.Event()
        for _ in range(WRITERS):
            tasks.create_task(_write(address, token, writer, told, stop))
        while len(told.positions) < enough:
            await asyncio.sleep(0.005)  # told is shared with other loads
        await asyncio.sleep(random.uniform(0.02, 0.15))  # the moment of the kill is the test
        strike()
        stop.set()


async def _write(
    address: tuple[str, int], token: str, writer: Writer, told: Told, stop: asyncio.Event
) -> None:
    try:
        connection = await RawConnection.open(address)
    except OSError:
        return
    try:
        while not stop.is_set():
            note = writer.note()
            content = push_content(note)
            answer = await connection.send(push_request(address, token, LOG, content))
            _remember(answer.status, answer.body, told)
    except (ConnectionError, OSError):
        return
    finally:
        connection.close()


def send_again(url: str, token: str, contents: list[bytes], told: Told) -> None:
    """Send what was sent before, as a console does that got no answer."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=PATIENCE, trust_env=False) as http:
        for content in contents:
            answer = http.post(f"{url}/v1/logs/{LOG}/events", content=content)
            _remember(answer.status_code, answer.content, told)
            told.retries += 1


def _remember(status: int, body: bytes, told: Told) -> None:
    if status != 200:  # overloaded while it starts; nothing was recorded
        return
    for result in _ANSWER.decode(body).results:
        assert result.problem is None, result
        assert result.position is not None
        known = told.positions.setdefault(result.id, result.position)
        assert known == result.position, f"{result.id} is at {known} and at {result.position}"


def positions_in(url: str, token: str) -> dict[str, list[int]]:
    """Where each event id is in the log, which has no holes."""
    found: dict[str, list[int]] = {}
    position = 0
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=PATIENCE, trust_env=False) as http:
        while lines := _page(http, url, position):
            for line in lines:
                recorded = CODEC.read_record(line)
                position += 1
                assert recorded.position == position
                found.setdefault(recorded.event.id, []).append(position)
    return found


def _page(http: httpx.Client, url: str, after: int) -> list[bytes]:
    answer = http.get(f"{url}/v1/logs/{LOG}/events", params={"after": after, "limit": 5_000})
    assert answer.status_code == 200, answer.text
    return answer.content.splitlines()
