"""PostgreSQL is killed and comes back: servers find it again, no console is left behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.protocol.stream import FrameKind
from tests.crash.pairs import Pair, running_pair
from tests.crash.test_several_rooms import (
    BOTH_WAYS,
    declare,
    deliver,
    let_in,
    onlooker,
    post,
    until_kinds,
)
from tests.log.writing import LOG, Writer
from tests.server.intake.webhooks import alert, webhook
from tests.server.pushing import push_content, register

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@BOTH_WAYS
def test_servers_go_on_once_their_database_is_back(hints: str, tmp_path: Path):
    maria = Writer()

    async def restart(pair: Pair) -> None:
        here, there = pair.servers
        token = await let_in(here)
        await declare(here, maria)
        async with onlooker(here) as at_here, onlooker(there) as at_there:
            await at_here.sees(FrameKind.EVENT)
            await at_there.sees(FrameKind.EVENT)
            for round_number, server in enumerate((here, there)):
                await asyncio.to_thread(pair.cluster.restart)
                text = f"after restart {round_number}"
                content = push_content(maria.note(text))
                answer = await post(server, f"/v1/logs/{LOG}/events", content)
                assert answer.status_code == 200, answer.text
                await at_here.sees(FrameKind.EVENT, text.encode())
                await at_there.sees(FrameKind.EVENT, text.encode())
            await deliver(there, webhook(alert()), token)
            await until_kinds(here, ["note.written", "note.written", "alert.fired"])
            await at_there.sees(FrameKind.EVENT, b"alert.fired")

    with running_pair(hints, tmp_path) as pair:
        register(pair.servers[0].url, pair.servers[0].token, maria.key)
        asyncio.run(restart(pair))
