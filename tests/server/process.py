"""A real server process on loopback, for tests and benchmarks that need one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.protocol.bodies import ReadyLine
from app.server.serve import run_server
from app.server.settings import Limits, Settings
from app.server.telemetry.sources_file import SourcesFile, read_sources_file
from tests.patience import PATIENCE

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


def start_server(
    folder: Path,
    database: str = "",
    port: int = 0,
    sources: str = "",
    prefix: Sequence[str] = (),
) -> ServerProcess:
    """Start a server that keeps everything in `folder`, or in `database` if that is named.

    `sources` is a file of what it asks on a schedule; `prefix` goes before its command.
    """
    module = ["-m", "tests.server.process"]
    command = [*prefix, sys.executable, *module, str(folder), database, str(port), sources]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the server did not start: it ended with {process.wait()}"
    ready = msgspec.json.decode(line, type=ReadyLine)
    return ServerProcess(process, ready.url, Path(ready.token_file).read_text().strip())


def stop(server: ServerProcess) -> None:
    """End the server gracefully."""
    server.process.terminate()
    server.process.wait(PATIENCE)
    if server.process.stdout is not None:
        server.process.stdout.close()


def kill(server: ServerProcess) -> None:
    """End the server as a power cut would end the process."""
    server.process.kill()
    server.process.wait(PATIENCE)
    if server.process.stdout is not None:
        server.process.stdout.close()


@contextmanager
def running_process(
    folder: Path, database: str = "", sources: str = ""
) -> Iterator[ServerProcess]:
    """A server that is stopped in the end."""
    server = start_server(folder, database, sources=sources)
    try:
        yield server
    finally:
        stop(server)


def _serve(folder: Path, database: str, port: int, sources: str) -> None:
    asked = read_sources_file(Path(sources)) if sources else SourcesFile()
    settings = Settings(
        database=database or str(folder / "server.db"),
        key_file=folder / "server.key",
        port=port,
        local_person=OWNER,
        token_file=folder / "local.token",
        limits=Limits(events_per_second=1e6, burst=1_000_000),
        prometheus=asked.prometheus,
        catalogues=asked.catalogues,
    )
    run_server(settings, lambda line: print(line, flush=True))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
