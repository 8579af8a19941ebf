"""A server takes as many consoles as the machine allows, whatever it was started with."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.server.process import start_server, stop

pytestmark = pytest.mark.real

FEW, CONSOLES = 64, 200
WITH_FEW_FILES = ("sh", "-c", f'ulimit -S -n {FEW} && exec "$@"', "sh")


def test_a_low_soft_limit_of_open_files_turns_nobody_away(tmp_path: Path):
    server = start_server(tmp_path, prefix=WITH_FEW_FILES)
    try:
        assert asyncio.run(_answered(server.address, server.token)) == CONSOLES
    finally:
        stop(server)


async def _answered(address: tuple[str, int], token: str) -> int:
    """How many streams begin, all of them open at once."""
    request = (
        f"GET /v1/stream HTTP/1.1\r\nHost: wf\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        open_ones = []
        for _ in range(CONSOLES):
            one = stack.enter_context(socket.socket())
            one.setblocking(False)
            await loop.sock_connect(one, address)
            await loop.sock_sendall(one, request)
            open_ones.append(one)
        async with asyncio.timeout(PATIENCE):
            answers = [await loop.sock_recv(one, 12) for one in open_ones]
    return answers.count(b"HTTP/1.1 200")
