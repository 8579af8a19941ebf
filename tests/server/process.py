"""A real server process on loopback, for tests and benchmarks that need one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.protocol.bodies import ReadyLine
from app.server.serve import run_server
from app.server.settings import Limits, Settings

OWNER = "maria"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServerProcess:
    """A server that runs by itself; `token` is its owner's."""

    process: subprocess.Popen[str]
    url: str
    token: str

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)


def start_server(folder: Path, database: str = "", port: int = 0) -> ServerProcess:
    """Start a server that keeps everything in `folder`, or in `database` if that is named."""
    command = [sys.executable, "-m", "tests.server.process", str(folder), database, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the server did not start: it ended with {process.wait()}"
    ready = msgspec.json.decode(line, type=ReadyLine)
    return ServerProcess(process, ready.url, Path(ready.token_file).read_text().strip())


def stop(server: ServerProcess) -> None:
    """End the server gracefully."""
    server.process.terminate()
    server.process.wait(timeout=20)
    if server.process.stdout is not None:
        server.process.stdout.close()


def kill(server: ServerProcess) -> None:
    """End the server as a power cut would end the process."""
    server.process.kill()
    server.process.wait(timeout=20)
    if server.process.stdout is not None:
        server.process.stdout.close()


@contextmanager
def running_process(folder: Path, database: str = "") -> Iterator[ServerProcess]:
    """A server that is stopped in the end."""
    server = start_server(folder, database)
    try:
        yield server
    finally:
        stop(server)


def _serve(folder: Path, database: str, port: int) -> None:
    settings = Settings(
        database=database or str(folder / "server.db"),
        key_file=folder / "server.key",
        port=port,
        local_person=OWNER,
        token_file=folder / "local.token",
        limits=Limits(events_per_second=1e6, burst=1_000_000),
    )
    run_server(settings, lambda line: print(line, flush=True))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
