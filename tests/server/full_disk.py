"""Fills the disk a server is on, reads and writes there, and says what came of it (a process)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from tests.log.full_disk import _fill
from tests.log.writing import LOG, Writer
from tests.patience import PATIENCE
from tests.server.process import ROOT, start_server, stop
from tests.server.pushing import push_content, register

EVENTS = f"/v1/logs/{LOG}/events"

Told = tuple[int, str]
"""The status and the text of an answer."""


class FullServer(msgspec.Struct):
    """What a server on a full disk did."""

    recorded_before: int
    recorded_on_the_full_disk: int
    refusals: list[Told]
    read_while_full: int
    status_code: int
    status: str
    note_code: int
    note: str
    recorded_after: int


def _command(server_url: str, token_file: Path, *words: str) -> tuple[int, str]:
    command = [
        sys.executable, "main.py", *words, "--server", server_url, "--token-file", str(token_file)
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.returncode, f"{done.stdout}{done.stderr}"


def _push_until_refused(push: Callable[[], Told]) -> tuple[int, list[Told]]:
    """How many were taken in the room the server took when it started, and three refusals."""
    taken, refusals = 0, list[Told]()
    while len(refusals) < 3:
        told = push()
        if told[0] == 200:
            taken += 1
        else:
            refusals.append(told)
    return taken, refusals


def main(disk: Path, home: Path) -> FullServer:
    """Use up the disk, on which only the server is; `home` is on another one."""
    server, maria = start_server(disk), Writer()
    token_file = home / "token"
    token_file.write_text(server.token)
    assert _command(server.url, token_file, "declare", "Checkout failing")[0] == 0
    register(server.url, server.token, maria.key)
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(
        base_url=server.url, headers=headers, timeout=PATIENCE, trust_env=False
    ) as http:

        def push() -> Told:
            answer = http.post(EVENTS, content=push_content(maria.note("x" * 4_000)))
            return answer.status_code, answer.text

        recorded = sum(push()[0] == 200 for _ in range(20))
        _fill(disk / "filling")
        taken, refusals = _push_until_refused(push)
        read = len(http.get(EVENTS, params={"limit": 5_000}).content.splitlines())
        status = _command(server.url, token_file, "status")
        note = _command(server.url, token_file, "note", "pool is full")
        (disk / "filling").unlink()
        recorded_after = sum(push()[0] == 200 for _ in range(5))
    stop(server)
    return FullServer(
        recorded_before=recorded,
        recorded_on_the_full_disk=taken,
        refusals=refusals,
        read_while_full=read,
        status_code=status[0],
        status=status[1],
        note_code=note[0],
        note=note[1],
        recorded_after=recorded_after,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(main(Path(sys.argv[1]), Path(sys.argv[2]))))
